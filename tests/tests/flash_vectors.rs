//! The committed images of logs on flash are opened as they state.
use medlot_core::log::Layout;
use medlot_tests::agree::{agree, differs, vectors};
use medlot_tests::flash_vectors::opened;
use medlot_tests::images::{base, image};

#[test]
fn every_committed_chip_is_opened_as_it_states() {
    let vectors = vectors("flash").expect("the vectors");
    let agreed = agree("rust", "flash", &vectors, |vector| {
        let shape = base(&vectors, vector).expect("a shape");
        let number = |key: &str| shape[key].as_u64().expect("a number");
        let layout = Layout { sector: number("sector") as u32, blob: number("blob_room") as u32 };
        let said = opened(number("word"), layout, &image(&vectors, vector).expect("an image")).expect("read back");
        let said_all = said.as_object().expect("an object").iter();
        differs("error", said.get("error"), vector.get("error"))
            .or_else(|| said_all.into_iter().find_map(|(key, value)| differs(key, Some(value), vector.get(key))))
    });
    assert!(agreed.expect("agreement") > 500);
}
