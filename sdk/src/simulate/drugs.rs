//! A national catalogue as large as the real one, grown from the sample of published products: names, makers and
//! numbers are generated, the shares of what is missing are the sample's.

use super::dice::Dice;
use crate::catalogue::{Catalogue, Drug};
use crate::error::Result;
use medlot_core::ident::check_digit;
use serde_json::{Value, json};

const SAMPLE: &[u8] = include_bytes!("../../../tests/data/products.csv");
/// Of names that nobody holds.
const SYLLABLES: &[&str] = &[
    "pa", "ra", "ce", "ta", "mol", "lo", "xa", "zi", "tri", "ne", "vi", "co", "do", "pro", "me", "ti", "ro", "fe",
    "na", "ka", "li", "su", "bi", "gen", "dex", "flu", "clo", "amo", "axi", "pred", "hep", "tam", "vas", "car", "oxi",
    "lan", "mex", "tor", "zol", "pim", "ba", "ho", "thu", "quy", "gia", "ngo", "cu", "sa", "ri", "ven", "ul", "es",
    "in",
];
const PLACES: &[&str] = &[
    "Hà",
    "Tây",
    "Hậu",
    "Giang",
    "Đông",
    "Nam",
    "Bình",
    "Định",
    "Phú",
    "Thọ",
    "Quảng",
    "Lâm",
    "Đồng",
    "An",
    "Khánh",
    "Hòa",
    "Thanh",
    "Minh",
    "Sơn",
    "Hải",
    "Long",
    "Việt",
    "Mỹ",
    "Ánh",
    "Dương",
    "Phúc",
    "Tiến",
    "Thành",
    "Trường",
    "Ước",
];
const KINDS: &[&str] = &[
    "Công ty Cổ phần Dược phẩm",
    "Công ty TNHH Dược phẩm",
    "Công ty Cổ phần Dược - Vật tư y tế",
    "Công ty TNHH MTV Dược",
    "Chi nhánh Công ty Cổ phần Dược phẩm",
];
/// Makers in all.
const MAKERS: u32 = 1_500;

fn brand(dice: &mut Dice) -> String {
    let syllables = dice.between(2, 4);
    let mut name: String = (0..syllables).filter_map(|_| dice.pick(SYLLABLES)).collect();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// The maker of a number, always the same.
fn maker(seed: u64, number: u32) -> Value {
    let mut dice = Dice::new(seed, 1 << 40 | u64::from(number));
    let mut word = |of: &[&'static str]| dice.pick(of).unwrap_or_default();
    let name = format!("{} {} {} {}", word(KINDS), word(PLACES), word(PLACES), word(PLACES));
    let address = format!("Lô {number}, KCN {} {}", word(PLACES), word(PLACES));
    json!({"id": number.to_string(), "name": name, "country": "VN", "address": address})
}

fn gtin(number: u32) -> String {
    let digits = format!("893{number:09}");
    let values: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
    let check = check_digit(&values);
    format!("{digits}{check}")
}

fn amount(dice: &mut Dice) -> u32 {
    let amounts = [1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 80, 100, 120, 150, 200, 250, 300, 400, 500, 650, 1_000];
    dice.pick(&amounts).unwrap_or(500)
}

/// Active ingredients: those of one product of the sample, or of several with their amounts, as long ones are written.
fn ingredients(dice: &mut Dice, like: &Drug, sample: &[Drug]) -> String {
    let own = like.active_ingredient.clone().unwrap_or_default();
    if dice.chance(500) {
        return own;
    }
    let mut all = vec![own];
    for _ in 0..dice.between(0, 3) {
        let at = dice.below(u32::try_from(sample.len()).unwrap_or(u32::MAX));
        all.extend(sample.get(at as usize).and_then(|drug| drug.active_ingredient.clone()));
    }
    let with_amount = |name: String| format!("{name} {}mg", amount(dice));
    all.into_iter().filter(|name| !name.is_empty()).map(with_amount).collect::<Vec<_>>().join("; ")
}

fn drug(seed: u64, number: u32, like: &Drug, sample: &[Drug]) -> Value {
    let mut dice = Dice::new(seed, u64::from(number));
    let amount = amount(&mut dice);
    let ingredient = ingredients(&mut dice, like, sample);
    let first = ingredient.split([' ', ';']).next().unwrap_or_default();
    let name = match dice.below(20) {
        0..3 => format!("{} {amount}", like.name),
        3..8 if !first.is_empty() => format!("{first} {amount}mg {}", brand(&mut dice)),
        8..14 => format!("{} {amount}", brand(&mut dice)),
        14 => format!("Thuốc ho {}", brand(&mut dice)),
        _ => brand(&mut dice),
    };
    let strength = if dice.chance(700) { format!("{amount}mg") } else { like.strength.clone().unwrap_or_default() };
    let year = 22 + number / 10_000;
    let prescription = dice.below(2);
    let old = dice.chance(700).then(|| format!("VD-{}-{}", 10_000 + number, dice.between(10, 21)));
    let route = dice.pick(&["Uống", "Tiêm", "Tiêm truyền", "Dùng ngoài", "Nhỏ mắt", "Hít"]);
    let mut packagings = vec![json!({"unit_id": "1", "unit_name": like.smallest_unit.as_deref().unwrap_or("viên")})];
    for (unit, name) in [("2", "vỉ"), ("3", "hộp")].into_iter().skip(dice.below(2) as usize) {
        let gtin = dice.chance(600).then(|| gtin(number * 2 + u32::from(unit == "3")));
        packagings.push(json!({"unit_id": unit, "unit_name": name, "gtin": gtin}));
    }
    let (month, day, hour) = (dice.between(1, 10), dice.between(1, 28), dice.between(0, 23));
    let changed = format!("2026-{month:02}-{day:02}T{hour:02}:{:02}:00+07:00", dice.between(0, 59));
    json!({
        "id": (100_000 + number).to_string(),
        "name": name,
        "drug_group_id": dice.between(1, 30).to_string(),
        "registration_number": format!("8931{prescription}0{:04}{year}", number % 10_000),
        "old_registration_number": old,
        "active_pharmaceutical_ingredient": ingredient,
        "strength": strength,
        "routes": route.into_iter().collect::<Vec<_>>(),
        "prescription_status": prescription,
        "special_control_type": if dice.chance(20) { dice.between(1, 3) } else { 0 },
        "packagings": packagings,
        "manufacturer": maker(seed, dice.below(MAKERS)),
        "approval_date": format!("20{year}-{:02}-01", dice.between(1, 12)),
        "expiry_date": format!("20{}-{:02}-01", year + 5, dice.between(1, 12)),
        "last_update_time": changed,
    })
}

/// Pages of `/master/drugs` with so many generated drugs, at most so many a page. The same seed gives the same pages.
///
/// # Errors
/// The sample can't be read.
pub fn drug_pages(seed: u64, drugs: u32, page: u32) -> Result<Vec<String>> {
    let mut sample = Catalogue::new();
    sample.load_csv(SAMPLE)?;
    let sample = sample.search("", 0, u32::MAX).rows;
    let likes = (0..drugs).zip(sample.iter().cycle());
    let all: Vec<Value> = likes.map(|(number, like)| drug(seed, number, like, &sample)).collect();
    Ok(all.chunks(page.max(1) as usize).map(|rows| json!({"data": rows}).to_string()).collect())
}
