//! Words as they are compared: without diacritics, lower case, `đ` as `d`.
use alloc::string::String;
use alloc::vec::Vec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Most bytes of a word that are compared: two longer words with this beginning are one.
const MAX_WORD: usize = 48;
/// Most words of a query that count.
pub(super) const MAX_QUERY_WORDS: usize = 16;
/// Most characters of a query that count.
pub(super) const MAX_QUERY_CHARS: usize = 400;
/// Most bytes of a unit that is read together with the number before it: `mg`, `mcg`, `ml`.
const MAX_UNIT: usize = 3;

/// A text as it is compared: NFD without its marks, lower case, `đ` as `d`.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare = text.nfd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// A registration number as it is compared: folded, without blanks.
pub(super) fn code(text: &str) -> String {
    let mut code = folded(text);
    code.retain(|c| !c.is_whitespace());
    code
}

fn is_between(c: char) -> bool {
    !c.is_alphanumeric()
}

/// As much of a word as is compared.
fn cut(word: &str) -> &str {
    let fits = word.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_WORD).last();
    if word.len() <= MAX_WORD { word } else { word.get(..fits.unwrap_or(0)).unwrap_or(word) }
}

/// The words of a folded text that a query may begin with: what stands between characters that are neither letter nor
/// digit. An amount and its unit are found however they are written: `500mg` is also `mg`, `500 mg` is also `500mg`.
pub(super) fn words(folded: &str, mut each: impl FnMut(&str)) {
    let mut number: Option<&str> = None;
    let mut joined = String::new();
    for chunk in folded.split(char::is_whitespace).filter(|chunk| !chunk.is_empty()) {
        let mut before = number.take();
        for token in chunk.split(is_between) {
            let before = before.take();
            number = None;
            if token.is_empty() {
                continue;
            }
            if let Some(number) = before
                && token.len() <= MAX_UNIT
                && token.chars().all(char::is_alphabetic)
            {
                joined.clear();
                joined.push_str(number);
                joined.push_str(token);
                each(cut(&joined));
            }
            each(cut(token));
            let unit = token.trim_start_matches(|c: char| c.is_ascii_digit());
            if unit.is_empty() {
                number = Some(token);
            } else if unit.len() < token.len() {
                each(cut(unit));
            }
        }
    }
}

/// The words that a query gives, each once.
pub(super) fn query(text: &str) -> Vec<String> {
    let end = text.char_indices().nth(MAX_QUERY_CHARS).map_or(text.len(), |(at, _)| at);
    let text = folded(text.get(..end).unwrap_or(text));
    let mut words: Vec<String> = Vec::new();
    for word in text.split(is_between).filter(|word| !word.is_empty()) {
        let word = cut(word);
        if words.len() < MAX_QUERY_WORDS && !words.iter().any(|held| held == word) {
            words.push(word.into());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        words(&folded(text), |word| all.push(word.into()));
        all
    }

    #[test]
    fn vietnamese_is_folded_whether_composed_or_not() {
        assert_eq!(folded("Thuốc ho Đỗ Tất Lợi"), "thuoc ho do tat loi");
        let decomposed: String = "Thuốc ho Đỗ Tất Lợi".nfd().collect();
        assert_eq!(folded(&decomposed), "thuoc ho do tat loi");
        assert_eq!(folded("İLAÇ ŞAN Türkiye"), "ilac san turkiye");
        assert_eq!(code(" qlđb-382 -13"), "qldb-382-13");
    }

    #[test]
    fn an_amount_and_its_unit_are_found_apart_and_together() {
        assert_eq!(of("500mg"), vec!["500mg", "mg"]);
        assert_eq!(of("Para 500 mg"), vec!["para", "500", "500mg", "mg"]);
        assert_eq!(of("0,5 g/5ml"), vec!["0", "5", "5g", "g", "5ml", "ml"]);
        assert_eq!(of("500 (mg) 3 viên, B12"), vec!["500", "mg", "3", "vien", "b12"]);
        assert_eq!(of("500, mg"), vec!["500", "mg"]);
    }

    #[test]
    fn a_query_keeps_each_word_once_and_no_more_than_its_limits() {
        assert_eq!(query(" Ho, thuốc HO "), vec!["ho", "thuoc"]);
        let many: String = (0..40).map(|n| alloc::format!("w{n} ")).collect();
        assert_eq!(query(&many).len(), MAX_QUERY_WORDS);
        assert_eq!(query(&"đ".repeat(1_000)), vec!["d".repeat(MAX_WORD)]);
    }

    proptest! {
        #[test]
        fn what_is_folded_folds_to_itself(text in "\\PC{0,40}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
        #[test]
        fn every_word_of_a_query_of_its_own_text_is_a_word_of_it(text in "\\PC{0,40}") {
            let all = of(&text);
            for word in query(&text) { prop_assert!(all.contains(&word), "{word} {all:?}"); }
        }
    }
}
