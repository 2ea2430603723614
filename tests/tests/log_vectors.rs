//! The committed images of logs are recovered as they state.
use medlot_tests::agree::{agree, differs, vectors};
use medlot_tests::log_said::recovered;
use medlot_tests::log_vectors::image;

#[test]
fn every_committed_image_is_recovered_as_it_states() {
    let vectors = vectors("log").expect("the vectors");
    let agreed = agree("rust", "log", &vectors, |vector| {
        let said = recovered(&image(&vectors, vector).expect("an image"));
        let said_all = said.as_object().expect("an object").iter();
        differs("error", said.get("error"), vector.get("error"))
            .or_else(|| said_all.into_iter().find_map(|(key, value)| differs(key, Some(value), vector.get(key))))
    });
    assert!(agreed.expect("agreement") > 1_000);
}
