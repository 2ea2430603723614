//! The committed segments give the records that they state, or are refused as they state.
use medlot_core::crypto::{Hash, Suite, log_identity};
use medlot_core::record::{LogKey, Segment};
use medlot_tests::agree::{agree, differs_in, vectors};
use medlot_tests::images::bytes_of;
use medlot_tests::world::Done;
use serde_json::{Value, json};

fn said(vector: &Value) -> Done<Value> {
    let (key, body) = (bytes_of(&vector["key"])?, bytes_of(&vector["body"])?);
    let parent = <[u8; 32]>::try_from(bytes_of(&vector["parent"])?).map_err(|_| "no line")?;
    let number = u8::try_from(vector["suite"].as_u64().ok_or("no suite")?)?;
    let suite = Suite::of_number(number).ok_or("another suite")?;
    let facility = vector["facility"].as_str().ok_or("no facility")?;
    let id = log_identity(&Hash(parent), number, &key, facility).ok_or("no such log")?;
    let segment = Segment::parse(&body, suite.signature_length());
    Ok(match segment.and_then(|segment| segment.verify(&LogKey { id, suite, key: &key })) {
        Ok(authentic) => {
            let (mut rows, mut records) = (authentic.records(), Vec::new());
            while let Some(record) = rows.next() {
                records.push(data_encoding::HEXLOWER.encode(record.bytes()));
            }
            // Of a long one the vector states the head alone, which the records lead to.
            let states = vector["records"].as_array().is_some_and(|stated| !stated.is_empty());
            json!({
                "log": id.to_string(), "verdict": "valid", "index": authentic.index(),
                "head": authentic.head().to_string(), "records": if states { records } else { Vec::new() },
            })
        }
        Err(e) => json!({"log": id.to_string(), "verdict": "refused", "error": format!("{e:?}")}),
    })
}

#[test]
fn every_committed_segment_gives_the_records_that_it_states_or_is_refused() {
    let vectors = vectors("segments").expect("the vectors");
    let keys = ["log", "verdict", "error", "index", "head", "records"];
    let agreed = agree("rust", "segments", &vectors, |vector| match said(vector) {
        Ok(said) => differs_in(&keys, &said, vector),
        Err(e) => Some(e.to_string()),
    });
    assert!(agreed.expect("agreement") > 500);
}
