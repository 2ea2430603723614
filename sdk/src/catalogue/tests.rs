#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use super::*;
use crate::simulate::drug_pages;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PRODUCTS: &[u8] = include_bytes!("../../../tests/data/products.csv");
const FACILITIES: &[u8] = include_bytes!("../../../tests/data/facilities.csv");

fn loaded(pages: &[String]) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for page in pages {
        assert_eq!(catalogue.load_json(page.as_bytes()).unwrap().refused, []);
    }
    catalogue
}

fn all(catalogue: &Catalogue) -> Vec<Drug> {
    catalogue.search("", 0, u32::MAX).rows
}

fn words_of(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    fold::words(&fold::folded(text), |word| all.push(word.to_owned()));
    all
}

/// What a search must find, row by row, without any index.
fn scan(drugs: &[Drug], query: &str) -> Vec<String> {
    let query = fold::query(query);
    let mut found: Vec<(usize, bool, String, &str, &str)> = Vec::new();
    for drug in drugs {
        let name = words_of(&drug.name);
        let fields = [&drug.active_ingredient, &drug.strength, &drug.dosage_form, &drug.manufacturer, &drug.registrant];
        let mut every = name.clone();
        fields.into_iter().flatten().for_each(|field| every.extend(words_of(field)));
        let begins = |words: &[String], word: &String| words.iter().any(|held| held.starts_with(word.as_str()));
        if !query.iter().all(|word| begins(&every, word)) {
            continue;
        }
        let in_name = query.iter().filter(|word| begins(&name, word)).count();
        let (level, among) =
            if in_name == query.len() { (0, &name) } else { (if in_name > 0 { 1 } else { 2 }, &every) };
        let whole = query.iter().all(|word| among.contains(word));
        found.push((level, !whole, fold::folded(&drug.name), &drug.name, &drug.id));
    }
    found.sort();
    found.into_iter().map(|(.., id)| id.to_owned()).collect()
}

fn ids(drugs: &[Drug]) -> Vec<String> {
    drugs.iter().map(|drug| drug.id.clone()).collect()
}

fn assert_as_scanned(catalogue: &Catalogue, query: &str) {
    let expected = scan(&all(catalogue), query);
    let page = catalogue.search(query, 0, u32::MAX);
    assert_eq!(page.total as usize, expected.len(), "{query:?}");
    assert_eq!(ids(&page.rows), expected, "{query:?}");
    // Page by page it is the same.
    let mut paged = Vec::new();
    for offset in (0..page.total).step_by(7).take(40) {
        paged.extend(ids(&catalogue.search(query, offset, 7).rows));
    }
    assert_eq!(paged, expected[..paged.len()], "{query:?}");
    assert!(catalogue.search(query, page.total, 7).rows.is_empty());
}

#[test]
fn the_sample_of_published_products_is_loaded_and_its_doubled_number_reported() {
    let mut catalogue = Catalogue::new();
    let first = catalogue.load_csv(PRODUCTS).unwrap();
    assert_eq!((first.added, first.changed, first.unchanged), (168, 0, 0));
    assert_eq!(first.left_out, []);
    let [refused] = first.refused.as_slice() else { panic!("{:?}", first.refused) };
    assert_eq!((refused.row, refused.value.as_str()), (31, "registration:893110495225"));
    assert!(refused.limit.contains("row 30"), "{refused:?}");
    let again = catalogue.load_csv(PRODUCTS).unwrap();
    assert_eq!((again.added, again.changed, again.unchanged, again.refused), (0, 0, 168, first.refused.clone()));

    let found = catalogue.search("paracetamol 500", 0, 3);
    assert_eq!(found.rows[0].name, "PARACETAMOL 500 mg");
    assert_eq!((found.rows[0].prescription_status, found.rows[0].smallest_unit.as_deref()), (Some(1), Some("viên")));
    assert_eq!(catalogue.search("bo gan tieu doc", 0, 9).rows[0].name, "Bổ gan tiêu độc Nhất Nhất");
    assert_eq!(catalogue.search("đường TRẮNG", 0, 9).rows[0].name, "Bổ huyết hoạt huyết-V.A");
    assert_eq!(ids(&catalogue.by_registration("qldb-382-13")), ["registration:QLĐB-382-13"]);
    assert_eq!(catalogue.by_registration("VS-4878-14")[0].name, "Iodine");
    for gtin in ["8936098966893", "08936098966893", "893-6098-966893"] {
        assert_eq!(catalogue.by_gtin(gtin).unwrap()[0].name, "Noverxar");
    }
    assert_eq!(catalogue.search("fentanyl", 0, 9).rows[0].special_control_type, Some(1));
}

#[test]
fn a_search_equals_a_scan_of_every_row_in_one_block_and_in_two() {
    let pages = drug_pages(1, 4_000, 1_000).unwrap();
    let mut catalogue = loaded(&pages[..3]);
    let few: Vec<String> = drug_pages(1, 3_400, 200).unwrap().split_off(15);
    for page in &few {
        catalogue.load_json(page.as_bytes()).unwrap();
    }
    assert!(catalogue.table.tail.len() > 0 && catalogue.table.base.len() > 0);
    let one = Catalogue::from_bytes(&catalogue.to_bytes().unwrap()).unwrap();
    assert_eq!(one.table.tail.len(), 0);
    assert_eq!(one.len(), 3_400);
    for query in [
        "",
        "c",
        "p",
        "thuoc ho",
        "paracetamol 500",
        "500mg",
        "500 mg",
        "cong ty",
        "a b c",
        "para hau",
        "zzz",
        "m 5 c p",
    ] {
        assert_as_scanned(&catalogue, query);
        assert_as_scanned(&one, query);
    }
}

#[test]
fn numbers_find_their_drugs_in_both_blocks() {
    let catalogue = loaded(&drug_pages(2, 1_500, 1_400).unwrap());
    assert!(catalogue.table.tail.len() > 0 && catalogue.table.base.len() > 0);
    for drug in all(&catalogue) {
        assert_eq!(catalogue.get(&drug.id).as_ref(), Some(&drug));
        for number in [&drug.registration_number, &drug.old_registration_number].into_iter().flatten() {
            assert!(catalogue.by_registration(&number.to_lowercase()).contains(&drug), "{number}");
        }
        for gtin in drug.packagings.iter().filter_map(|packed| packed.gtin.as_deref()) {
            assert_eq!(ids(&catalogue.by_gtin(gtin).unwrap()), [drug.id.as_str()]);
        }
    }
    assert!(catalogue.by_registration("VD-1-10").is_empty() && catalogue.by_registration("").is_empty());
    assert!(catalogue.by_gtin("96385074").unwrap().is_empty());
    assert_eq!(catalogue.by_gtin("8936098966894").unwrap_err().name, "name_check_digit");
}

fn row(id: u32, name: &str, day: u32) -> Value {
    json!({"id": id, "name": name, "last_update_time": format!("2026-01-{day:02}T00:00:00+07:00")})
}

#[test]
fn an_older_page_never_overwrites_a_newer_row() {
    let mut catalogue = Catalogue::new();
    let mut load = |row: Value| {
        let out = catalogue.load_json(json!([row]).to_string().as_bytes()).unwrap();
        ((out.added, out.changed, out.unchanged), all(&catalogue)[0].name.clone())
    };
    assert_eq!(load(row(1, "B", 5)), ((1, 0, 0), "B".into()));
    assert_eq!(load(row(1, "A", 4)), ((0, 0, 1), "B".into()));
    assert_eq!(load(row(1, "B", 5)), ((0, 0, 1), "B".into()));
    assert_eq!(load(json!({"id": "1", "name": "undated"})), ((0, 0, 1), "B".into()));
    assert_eq!(load(row(1, "C", 6)), ((0, 1, 0), "C".into()));
    assert_eq!(catalogue.len(), 1);
}

#[test]
fn a_bad_row_is_refused_with_its_place_field_limit_and_value_and_the_rest_is_taken() {
    let long = "9".repeat(21);
    let page = json!({"data": {"items": [
        {"id": 1, "name": "ok", "unknown": [1], "routes": [{"name": "Uống"}, "Tiêm"], "strength": null},
        {"id": long, "name": "x"},
        {"id": 3, "name": {"vi": "x"}},
        "no row",
        {"id": 5, "name": "x", "manufacturer": {"country": "VIETNAM"}},
        {"id": 6, "name": "x", "packagings": [{"gtin": "123"}, {"unit_name": "hộp", "gtin": 8_936_098_966_893_u64}]},
        {"id": 7, "name": "x", "last_update_time": "soon"},
        {"id": 8, "name": "x", "special_control_type": -1},
        {"id": 9, "name": "x", "packagings": 3},
        {"id": 10, "name": "x", "prescription_status": 256},
        {"name": "x"},
    ]}});
    let mut catalogue = Catalogue::new();
    let out = catalogue.load_json(page.to_string().as_bytes()).unwrap();
    assert_eq!(out.added, 2);
    let refused: Vec<(u32, &str)> = out.refused.iter().map(|row| (row.row, row.field.as_str())).collect();
    assert_eq!(
        refused,
        [
            (2, "id"),
            (3, "name"),
            (4, "row"),
            (5, "manufacturer.country"),
            (7, "last_update_time"),
            (8, "special_control_type"),
            (9, "packagings"),
            (10, "prescription_status"),
            (11, "id"),
        ]
    );
    assert_eq!(
        (out.refused[0].limit.as_str(), out.refused[0].value.as_str()),
        ("at most 20 characters", long.as_str())
    );
    let [left_out] = out.left_out.as_slice() else { panic!("{:?}", out.left_out) };
    assert_eq!((left_out.row, left_out.field.as_str(), left_out.value.as_str()), (6, "packagings[0].gtin", "123"));
    assert_eq!(catalogue.get("1").unwrap().routes, ["Uống", "Tiêm"]);
    let packed = &catalogue.by_gtin("8936098966893").unwrap()[0].packagings;
    assert_eq!((packed[0].gtin.as_deref(), packed[1].unit_name.as_deref()), (None, Some("hộp")));
}

#[test]
fn a_page_of_which_nothing_can_be_read_changes_nothing() {
    let mut catalogue = Catalogue::new();
    catalogue.load_json(br#"{"id": "7", "name": "one drug"}"#).unwrap();
    for page in [
        "",
        "[",
        "{}",
        r#"{"data": 3}"#,
        r#"{"error": "no token"}"#,
        r#"{"data": {"data": {"data": []}}}"#,
        "7",
        "[1,]",
    ] {
        assert_eq!(catalogue.load_json(page.as_bytes()).unwrap_err().code, 4020, "{page}");
    }
    assert_eq!(catalogue.load_json(b"[\"\xff\"]").unwrap_err().name, "catalogue_page");
    for list in ["", "id,strength\n1,2\n"] {
        assert_eq!(catalogue.load_csv(list.as_bytes()).unwrap_err().code, 4020, "{list}");
    }
    let big = vec![b' '; MAX_PAGE_BYTES + 1];
    assert!(catalogue.load_json(&big).unwrap_err().message.contains("67108865 bytes"));
    assert_eq!((catalogue.len(), all(&catalogue)[0].id.as_str()), (1, "7"));
}

#[test]
fn a_corrected_list_replaces_its_rows_and_ragged_lines_are_refused() {
    let mut catalogue = Catalogue::new();
    let list =
        "\u{feff}Registration_Number,NAME\nVD-1-10,Old name\nVD-2-10\nVD-3-10,\"a,\nb\"\n\n,nothing to know it by\n";
    for list in [list.to_owned(), list.replace('\n', "\r\n")] {
        let out = catalogue.load_csv(list.as_bytes()).unwrap();
        assert_eq!((out.added + out.changed + out.unchanged, out.refused.len()), (2, 2));
        assert_eq!(out.refused.iter().map(|row| row.row).collect::<Vec<_>>(), [3, 7]);
    }
    assert_eq!(catalogue.search("a b", 0, 9).rows[0].name, "a, b");
    let out = catalogue.load_csv(b"name,registration_number\nNew name,VD-1-10\n").unwrap();
    assert_eq!((out.added, out.changed), (0, 1));
    assert_eq!((catalogue.search("old", 0, 9).total, catalogue.search("new", 0, 9).total), (0, 1));
}

#[test]
fn the_sample_of_facilities_is_loaded_and_its_doubled_codes_reported() {
    let mut directory = Facilities::new();
    let out = directory.load_csv(FACILITIES).unwrap();
    assert_eq!(
        out.refused.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(),
        ["code:01821", "code:01821", "code:01822"]
    );
    assert_eq!((out.added, directory.len()), (62, 62));
    let found = directory.search("tram y te o cho dua", 0, 9);
    assert_eq!((found.total, found.rows[0].code.as_deref()), (1, Some("01C55")));
    assert_eq!(found.rows[0].code_type.as_deref(), Some("CSKCB"));
    assert_eq!(directory.by_code("01c55"), found.rows);
    assert_eq!(directory.search("cho ray", 0, 9).rows[0].province.as_deref(), Some("TP. Hồ Chí Minh"));
    let list = "code,gln,name\n,8936098966893,With a GLN\n,8936098966894,Bad GLN\n01 02,,Bad code\n";
    let out = directory.load_csv(list.as_bytes()).unwrap();
    assert_eq!(out.refused.iter().map(|row| row.field.as_str()).collect::<Vec<_>>(), ["gln", "code"]);
    assert_eq!(directory.by_gln("8936098966893").unwrap()[0].gln.as_deref(), Some("8936098966893"));
    let kept = directory.to_bytes().unwrap();
    assert_eq!(Facilities::from_bytes(&kept).unwrap().search("", 0, 99), directory.search("", 0, 99));
    assert_eq!(Catalogue::from_bytes(&kept).unwrap_err().code, 4021);
}

#[test]
fn what_is_kept_opens_the_same_and_every_damage_is_refused() {
    let catalogue = loaded(&drug_pages(3, 300, 100).unwrap());
    let kept = catalogue.to_bytes().unwrap();
    let opened = Catalogue::from_bytes(&kept).unwrap();
    assert_eq!(all(&opened), all(&catalogue));
    assert_eq!(opened.to_bytes().unwrap(), kept);
    assert!(Catalogue::from_bytes(&Catalogue::new().to_bytes().unwrap()).unwrap().is_empty());
    for at in (0..kept.len()).step_by(97).chain(0..8) {
        let mut damaged = kept.clone();
        damaged[at] ^= 0x10;
        assert_eq!(Catalogue::from_bytes(&damaged).unwrap_err().code, 4021, "{at}");
        assert_eq!(Catalogue::from_bytes(&kept[..at]).unwrap_err().code, 4021, "{at}");
    }
    let mut newer = kept.clone();
    newer[4] = 2;
    assert!(Catalogue::from_bytes(&newer).unwrap_err().message.contains("version 2"));
}

#[test]
fn a_catalogue_as_large_as_the_nations_is_searched_as_scanned() {
    let catalogue = loaded(&drug_pages(4, 54_500, 10_000).unwrap());
    assert_eq!(catalogue.len(), 54_500);
    let drugs = all(&catalogue);
    for query in ["c", "thuoc ho pa", "cong ty duoc 500", "paracetamol 500"] {
        let page = catalogue.search(query, 0, 50);
        let expected = scan(&drugs, query);
        assert_eq!(page.total as usize, expected.len(), "{query}");
        assert!(page.total > 50, "{query}");
        assert_eq!(ids(&page.rows), expected[..50], "{query}");
    }
}

/// With the sum that belongs to the bytes, so that what is behind it is reached.
fn with_sum(mut body: Vec<u8>) -> Vec<u8> {
    let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&body);
    body.extend(sum.to_le_bytes());
    body
}

fn use_all(catalogue: &Catalogue) {
    let _ = (catalogue.search("", 0, 99), catalogue.search("pa 5", 3, 9), catalogue.by_registration("vd-10007-15"));
    let _ = (catalogue.by_gtin("8936098966893"), catalogue.get("100007"), catalogue.to_bytes(), catalogue.memory());
    let mut catalogue = catalogue.clone();
    let _ = catalogue.load_json(br#"[{"id": "100007", "name": "new"}]"#);
}

fn few_rows() -> impl Strategy<Value = Vec<(u32, String, u32)>> {
    let name = "(Thuốc|thuốc|ho|HO|Đỗ|do|Para|paracetamol|500|mg|500mg| |-|,){1,6}";
    prop::collection::vec((0..12u32, name, 1..5u32), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn shuffled_pages_give_the_same_catalogue(rows in few_rows(), page in 1..9usize, order in any::<prop::sample::Index>()) {
        // The newest of each id, the greatest name of those with one time.
        let mut expected: BTreeMap<u32, (u32, String)> = BTreeMap::new();
        let rows: Vec<_> = rows.into_iter().filter(|(_, name, _)| !name.trim().is_empty()).collect();
        for (id, name, day) in &rows {
            let new = (*day, name.trim().to_owned());
            let held = expected.entry(*id).or_insert_with(|| new.clone());
            if new > *held { *held = new; }
        }
        let mut pages: Vec<Value> =
            rows.chunks(page).map(|rows| rows.iter().map(|(id, name, day)| row(*id, name, *day)).collect()).collect();
        let mut kept = Vec::new();
        for _ in 0..2 {
            let mut catalogue = Catalogue::new();
            for page in &pages {
                let out = catalogue.load_json(page.to_string().as_bytes()).unwrap();
                prop_assert_eq!(out.refused, []);
            }
            let held: BTreeMap<u32, String> = all(&catalogue).into_iter().map(|d| (d.id.parse().unwrap(), d.name)).collect();
            let expected: BTreeMap<u32, String> = expected.iter().map(|(id, (_, name))| (*id, name.clone())).collect();
            prop_assert_eq!(held, expected);
            kept.push(catalogue.to_bytes().unwrap());
            if !pages.is_empty() {
                let middle = order.index(pages.len());
                pages.rotate_left(middle);
                pages.reverse();
            }
        }
        prop_assert_eq!(&kept[0], &kept[1]);
    }

    #[test]
    fn any_search_equals_a_scan(rows in few_rows(), query in "(thuoc|ho|đo|p|para|5|500|m|mg|500mg|d| ){0,5}", seed in 0..9u64) {
        let mut catalogue = loaded(&drug_pages(seed, 40, 40).unwrap());
        let page: Value = rows.iter().map(|(id, name, day)| row(*id, name, *day)).collect();
        catalogue.load_json(page.to_string().as_bytes()).unwrap();
        let expected = scan(&all(&catalogue), &query);
        let found = catalogue.search(&query, 0, 1_000);
        prop_assert_eq!(ids(&found.rows), expected);
        prop_assert_eq!(found.total as usize, found.rows.len());
    }

    #[test]
    fn no_bytes_make_anything_panic(bytes: Vec<u8>, text in "\\PC{0,60}", json in "[\\[\\]{},:\"a-z0-9 \\\\]{0,60}") {
        let mut catalogue = Catalogue::new();
        let mut directory = Facilities::new();
        for bytes in [bytes.as_slice(), text.as_bytes(), json.as_bytes()] {
            let _ = (catalogue.load_json(bytes), catalogue.load_csv(bytes), directory.load_csv(bytes));
            let list = [b"name,gtin,code,gln,registration_number\n", bytes].concat();
            let _ = (catalogue.load_csv(&list), directory.load_csv(&list), Catalogue::from_bytes(bytes));
        }
        let _ = (catalogue.search(&text, 0, 9), catalogue.by_gtin(&text), catalogue.by_registration(&text));
    }

    #[test]
    fn damaged_bytes_with_a_right_sum_never_panic(at: prop::sample::Index, with: u8, more in 0..4usize) {
        let kept = loaded(&drug_pages(3, 60, 60).unwrap()).to_bytes().unwrap();
        let mut body = kept[..kept.len() - 4].to_vec();
        for step in 0..=more {
            let at = (at.index(body.len()) + step * 101) % body.len();
            body[at] = with;
        }
        if let Ok(catalogue) = Catalogue::from_bytes(&with_sum(body)) { use_all(&catalogue); }
    }
}
