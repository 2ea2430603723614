//! Long series of codes, from which a camera may miss any: fountain codes (`spec/wire-format.md` section 7).
//!
//! The form is that of BCR-2020-005 (multipart UR, type `medlot`): the first codes are pieces of the object, all further
//! ones mixtures of several. Who misses none of the first has the whole with as many codes as there are pieces; who misses
//! half of all needs about twice as many, whichever they are.

use super::{MAX_CODE_CHARACTERS, QrError};
use medlot_core::record::{QR_PARTS, read_header};
use ur::ur::{Decoder, Encoder};

/// What every code of a series begins with.
pub const SERIES_PREFIX: &str = "UR:MEDLOT/";
/// The type in the UR form.
const KIND: &str = "medlot";
/// Bytes of a code beside its piece: CBOR array, four numbers, length, CRC-32.
const FRONT: usize = 1 + 4 * 5 + 3 + 4;
/// Characters of the two numbers and the slash behind them, for up to 1,024 pieces and a million codes.
const NUMBERS: usize = 7 + 1 + 4 + 1;

/// An endless series of codes of one object: show them one after the other, each a few times a second, until the reader
/// has it.
///
/// ```
/// use medlot_sdk::qr::{CODE_CHARACTERS, Collect, Collected, Series};
/// let object = [b"ML\x01\x06".as_slice(), &[9; 40_000]].concat();
/// let series = Series::new(&object, CODE_CHARACTERS)?;
/// let mut collect = Collect::new();
/// // Every third code is missed.
/// let seen = series.enumerate().filter(|(at, _)| at % 3 != 0).map(|(_, text)| text);
/// let whole = seen.take(200).find_map(|text| match collect.add(&text) {
///     Ok(Collected::Whole(whole)) => Some(whole),
///     _ => None,
/// });
/// assert_eq!(whole, Some(object));
/// # Ok::<(), medlot_sdk::qr::QrError>(())
/// ```
pub struct Series {
    encoder: Encoder<'static>,
}

impl Series {
    /// A series whose codes have at most so many characters.
    ///
    /// # Errors
    /// Bytes that are no object; more than 1,024 pieces: hand over a file.
    pub fn new(object: &[u8], most_characters: usize) -> Result<Self, QrError> {
        read_header(object)?;
        let characters = most_characters.min(MAX_CODE_CHARACTERS).saturating_sub(SERIES_PREFIX.len() + NUMBERS);
        let piece = (characters / 2).saturating_sub(FRONT);
        let most = usize::from(*QR_PARTS.end());
        let too_many = QrError::TooManyCodes { bytes: object.len(), most: piece * most, codes: *QR_PARTS.end() };
        if piece == 0 || object.len() > piece * most {
            return Err(too_many);
        }
        let encoder = Encoder::new(object, piece, KIND).map_err(|_| too_many)?;
        Ok(Self { encoder })
    }

    /// How many pieces the object has: as many codes must be read at least.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.encoder.fragment_count()
    }
}

impl Iterator for Series {
    type Item = String;
    fn next(&mut self) -> Option<String> {
        // Capitals: the alphanumeric mode of QR codes.
        self.encoder.next_part().ok().map(|part| part.to_ascii_uppercase())
    }
}

/// What was read of a series.
#[derive(Default)]
pub(super) struct Reading {
    decoder: Decoder,
    taken: usize,
}

impl core::fmt::Debug for Reading {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Reading({} of {})", self.have(), self.of())
    }
}

impl Reading {
    /// The numbers of a code: its own, and how many pieces there are. Checked before anything is set aside for them.
    pub(super) fn numbers(text: &str) -> Result<(u32, u16), QrError> {
        let numbers = text.get(SERIES_PREFIX.len()..).and_then(|rest| rest.split_once('/'));
        let numbers = numbers.and_then(|(numbers, _)| numbers.split_once('-'));
        let numbers = numbers.and_then(|(own, of)| Some((own.parse().ok()?, of.parse().ok()?)));
        numbers.filter(|(own, of)| *own > 0 && (1..=*QR_PARTS.end()).contains(of)).ok_or(QrError::Series)
    }

    pub(super) fn have(&self) -> u16 {
        u16::try_from(self.decoder.resolved_fragment_count().unwrap_or(0)).unwrap_or(u16::MAX)
    }
    pub(super) fn of(&self) -> u16 {
        u16::try_from(self.decoder.fragment_count()).unwrap_or(u16::MAX)
    }

    /// Takes a code; the object once it is whole.
    pub(super) fn take(&mut self, text: &str) -> Result<Option<Vec<u8>>, QrError> {
        // Far more codes than any camera needs: they contradict each other.
        self.taken += 1;
        if self.taken > 4 * usize::from(*QR_PARTS.end()) {
            return Err(QrError::Mismatch);
        }
        match self.decoder.receive(text) {
            Ok(()) => self.decoder.message().map_err(|_| QrError::Mismatch),
            Err(ur::ur::Error::Fountain(_)) if self.decoder.fragment_count() > 0 => {
                Err(QrError::OtherObject { have: self.have(), of: self.of() })
            }
            Err(_) => Err(QrError::Series),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::super::{CODE_CHARACTERS, Collect, Collected, codes, texts};
    use super::*;
    use proptest::prelude::*;

    fn object(seed: u8, length: usize) -> Vec<u8> {
        let body = (4..length).map(|i| (i * i / 7 + i * 31) as u8 ^ seed);
        [b"ML\x01\x06".as_slice(), &body.collect::<Vec<u8>>()].concat()
    }

    /// How many codes were read until the object was whole.
    fn read(texts: impl Iterator<Item = String>, object: &[u8]) -> usize {
        let mut collect = Collect::new();
        for (count, text) in (1..).zip(texts.take(10_000)) {
            if let Collected::Whole(whole) = collect.add(&text).unwrap() {
                assert_eq!(whole, object);
                return count;
            }
        }
        panic!("never whole: {:?}", collect.progress());
    }

    #[test]
    fn more_than_twenty_codes_become_a_series_and_every_code_keeps_to_the_limit() {
        let object = object(1, 40_000);
        let all = texts(&object, CODE_CHARACTERS).unwrap();
        assert!(all.iter().all(|text| text.len() <= CODE_CHARACTERS && text.starts_with(SERIES_PREFIX)));
        assert_eq!(read(all.into_iter(), &object), Series::new(&object, CODE_CHARACTERS).unwrap().pieces());
        assert!(texts(&object[..5_000], CODE_CHARACTERS).unwrap()[0].starts_with("MEDLOT1:"));
    }

    #[test]
    fn a_camera_that_misses_half_the_codes_or_more_still_comes_to_an_end() {
        let object = object(2, 60_000);
        let pieces = Series::new(&object, CODE_CHARACTERS).unwrap().pieces();
        for (step, offset) in [(2, 0), (3, 1), (5, 4)] {
            let seen = Series::new(&object, CODE_CHARACTERS).unwrap().skip(offset).step_by(step);
            let needed = read(seen, &object);
            assert!(needed * 2 <= pieces * 5, "{needed} codes for {pieces} pieces, one of {step} seen");
        }
    }

    #[test]
    fn codes_of_two_series_are_told_apart_and_nothing_is_lost() {
        let (a, b) = (object(3, 40_000), object(4, 40_000));
        let (first, other) = (texts(&a, CODE_CHARACTERS).unwrap(), texts(&b, CODE_CHARACTERS).unwrap());
        let mut collect = Collect::new();
        collect.add(&first[0]).unwrap();
        let progress = collect.progress();
        assert!(matches!(collect.add(&other[1]), Err(QrError::OtherObject { have: 1, .. })));
        let loop_of_codes = codes(&a[..5_000], CODE_CHARACTERS).unwrap();
        assert!(matches!(collect.add(&loop_of_codes[0]), Err(QrError::OtherObject { have: 1, .. })));
        assert_eq!(collect.progress(), progress);
        assert_eq!(
            first[1..].iter().find_map(|text| match collect.add(text) {
                Ok(Collected::Whole(whole)) => Some(whole),
                _ => None,
            }),
            Some(a)
        );
    }

    #[test]
    fn numbers_that_ask_for_too_much_are_refused_before_anything_is_set_aside() {
        let mut collect = Collect::new();
        for numbers in ["0-30", "1-1", "1-4000000000", "1-1025", "x-3", "1-", "99999999999-3"] {
            assert_eq!(collect.add(&format!("UR:MEDLOT/{numbers}/LPAD")), Err(QrError::Series), "{numbers}");
        }
        assert_eq!(collect.progress(), None);
        let object = object(5, 2_000_000);
        assert!(matches!(Series::new(&object, CODE_CHARACTERS), Err(QrError::TooManyCodes { codes: 1_024, .. })));
        assert!(matches!(Series::new(&object, 40), Err(QrError::TooManyCodes { most: 0, .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_loss_and_any_order_give_the_object(
            length in 300usize..20_000, most in 200usize..1_000, keep in proptest::collection::vec(any::<bool>(), 400), order in any::<u64>()
        ) {
            let object = object(6, length);
            let mut seen: Vec<String> = Series::new(&object, most).unwrap().zip(keep).filter(|(_, k)| *k).map(|(t, _)| t).collect();
            let by = seen.len().max(1);
            seen.rotate_left(order as usize % by);
            let rest = Series::new(&object, most).unwrap().skip(400);
            read(seen.into_iter().chain(rest), &object);
        }

        #[test]
        fn a_damaged_code_never_panics_and_never_gives_another_object(at in 0usize..1_800, to in "[0-9A-Z/-]", code in 0usize..30) {
            let object = object(7, 40_000);
            let all = texts(&object, CODE_CHARACTERS).unwrap();
            let mut collect = Collect::new();
            let mut damaged = all[code].clone();
            let at = at.min(damaged.len() - 1);
            damaged.replace_range(at..=at, &to);
            if let Ok(Collected::Whole(whole)) = collect.add(&damaged) {
                prop_assert_eq!(&whole, &object);
            }
            collect.start_again();
            for text in &all {
                if let Ok(Collected::Whole(whole)) = collect.add(text) {
                    prop_assert_eq!(whole, object);
                    return Ok(());
                }
            }
            prop_assert!(false, "not whole");
        }
    }
}
