use super::fountain::{Reading, SERIES_PREFIX};
use super::{QrError, from_text};
use medlot_core::record::{Elements, ObjectType, QrPart, QrPartError, read_header};

/// What a scanned text led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collected {
    /// The whole object. Its bytes came through undamaged; whether they are to be trusted is still open.
    Whole(Vec<u8>),
    /// A part; more are needed.
    Part {
        /// The part just read, from 1.
        part: u16,
        /// Whether it told nothing new: it was read before, or is a mixture that doesn't help yet.
        again: bool,
        /// How many different parts are read.
        have: u16,
        /// How many there are.
        of: u16,
    },
}

/// Puts the codes of an object together, scanned in any order and as often as they come.
///
/// A whole object passes straight through and leaves a series under way as it was. Once a series is complete,
/// each of its codes gives the whole again, and a code of another series begins that one.
///
/// ```
/// use medlot_sdk::qr::{CODE_CHARACTERS, Collect, Collected, codes};
/// let object = [b"ML\x01\x06".as_slice(), &[9; 3_000]].concat();
/// let mut collect = Collect::new();
/// let mut last = None;
/// for text in codes(&object, CODE_CHARACTERS)?.iter().rev() {
///     last = Some(collect.add(text)?);
/// }
/// assert_eq!(last, Some(Collected::Whole(object)));
/// # Ok::<(), medlot_sdk::qr::QrError>(())
/// ```
#[derive(Debug, Default)]
pub struct Collect {
    front: [u8; 4],
    /// Empty until the first part.
    parts: Vec<Option<Vec<u8>>>,
    /// A long series under way.
    series: Option<Reading>,
}

impl Collect {
    /// Nothing read yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { front: [0; 4], parts: Vec::new(), series: None }
    }

    /// Different parts read, and how many there are; `None` before the first part.
    #[must_use]
    pub fn progress(&self) -> Option<(u16, u16)> {
        if let Some(series) = &self.series {
            return Some((series.have(), series.of()));
        }
        let of = u16::try_from(self.parts.len()).ok().filter(|n| *n > 0)?;
        let have = u16::try_from(self.parts.iter().flatten().count()).ok()?;
        Some((have, of))
    }

    /// The places, from 1, of the parts still to be scanned; nothing before the first part, and of a long series, any of
    /// whose further codes will do.
    pub fn missing(&self) -> impl Iterator<Item = u16> {
        (1..).zip(&self.parts).filter(|(_, part)| part.is_none()).map(|(place, _)| place)
    }

    /// Forgets the parts read.
    pub fn start_again(&mut self) {
        *self = Self::new();
    }

    /// Takes one scanned text.
    ///
    /// # Errors
    /// What isn't medlot's or is cut off; a part of another object while this one is incomplete; other content
    /// for a part already read; a whole that isn't what its parts announced (then everything is forgotten).
    /// After any other error the series goes on as if the text had not been scanned.
    pub fn add(&mut self, text: &str) -> Result<Collected, QrError> {
        let trimmed = text.trim_ascii();
        if trimmed.get(..SERIES_PREFIX.len()).is_some_and(|front| front.eq_ignore_ascii_case(SERIES_PREFIX)) {
            return self.add_of_series(trimmed);
        }
        let object = from_text(text)?;
        let part = match QrPart::read(&object) {
            Ok(_) if self.series.is_some() => {
                let (have, of) = self.progress().unwrap_or_default();
                return Err(QrError::OtherObject { have, of });
            }
            Ok(part) => part,
            Err(QrPartError::Another(_)) => {
                check_whole(&object)?;
                return Ok(Collected::Whole(object));
            }
            Err(e) => return Err(e.into()),
        };
        if let Some((have, of)) = self.progress()
            && (self.front != part.front || of != part.parts)
        {
            if have < of {
                return Err(QrError::OtherObject { have, of });
            }
            self.start_again();
        }
        if self.parts.is_empty() {
            self.front = part.front;
            self.parts.resize(part.parts.into(), None);
        }
        let place = part.part + 1;
        // A part's place is below the number of parts, which is the length.
        let slot = self.parts.get_mut(usize::from(part.part)).ok_or(QrError::Conflict { part: place })?;
        let again = match slot {
            Some(before) if before.as_slice() == part.bytes => true,
            Some(_) => return Err(QrError::Conflict { part: place }),
            None => {
                *slot = Some(part.bytes.to_vec());
                false
            }
        };
        match self.progress() {
            Some((have, of)) if have < of => Ok(Collected::Part { part: place, again, have, of }),
            _ => self.whole().map(Collected::Whole),
        }
    }

    fn add_of_series(&mut self, text: &str) -> Result<Collected, QrError> {
        let (part, of) = Reading::numbers(text)?;
        if let Some((have, parts)) = self.progress().filter(|_| self.series.is_none()) {
            if have < parts {
                return Err(QrError::OtherObject { have, of: parts });
            }
            self.start_again();
        }
        let series = self.series.get_or_insert_default();
        let before = series.have();
        match series.take(text) {
            Ok(Some(whole)) => {
                self.start_again();
                check_whole(&whole)?;
                Ok(Collected::Whole(whole))
            }
            Ok(None) => {
                let have = series.have();
                let part = u16::try_from(part).unwrap_or(u16::MAX);
                Ok(Collected::Part { part, again: have == before, have, of })
            }
            Err(e) => {
                if matches!(e, QrError::Mismatch) || series.of() == 0 {
                    self.series = None;
                }
                Err(e)
            }
        }
    }

    fn whole(&mut self) -> Result<Vec<u8>, QrError> {
        let whole: Vec<u8> = self.parts.iter().flatten().flatten().copied().collect();
        if QrPart::front_of(&whole) != self.front {
            self.start_again();
            return Err(QrError::Mismatch);
        }
        if let Err(e) = check_whole(&whole) {
            self.start_again();
            return Err(e);
        }
        Ok(whole)
    }
}

/// Whether an object is whole as far as its frame tells; a text has no check sum of its own.
fn check_whole(object: &[u8]) -> Result<(), QrError> {
    match read_header(object)? {
        (ObjectType::QrPart, _) => Err(QrError::Nested),
        (ObjectType::Root | ObjectType::Bundle, []) => Err(QrError::Empty),
        (ObjectType::Root | ObjectType::Bundle, elements) => {
            Elements::new(elements).try_for_each(|e| e.map(drop)).map_err(QrError::Object)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::{CODE_CHARACTERS, codes, to_text};
    use super::*;
    use medlot_core::record::{Element, ObjectError, write_element};
    use proptest::prelude::*;

    fn bundle(body: &[u8]) -> Vec<u8> {
        let mut object = b"ML\x01\x04".to_vec();
        let mut element = vec![0; body.len() + 20];
        let n = write_element(&Element::OwnId { log: [7; 8], suite: 0, body }, &mut element).unwrap();
        object.extend(&element[..n]);
        object
    }

    fn bytes(seed: u8, length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * i / 7 + i * 31) as u8 ^ seed).collect()
    }

    fn part_text(front: [u8; 4], part: u16, parts: u16, bytes: &[u8]) -> String {
        let mut out = vec![0; bytes.len() + 12];
        let n = QrPart { front, part, parts, bytes }.write(&mut out).unwrap();
        to_text(&out[..n])
    }

    #[test]
    fn a_whole_object_passes_straight_through_and_disturbs_no_series() {
        let (small, large) = (bundle(b"small"), bundle(&bytes(1, 2_000)));
        let series = codes(&large, CODE_CHARACTERS).unwrap();
        let mut collect = Collect::new();
        assert_eq!(collect.progress(), None);
        assert_eq!(collect.add(&series[1]), Ok(Collected::Part { part: 2, again: false, have: 1, of: 2 }));
        assert_eq!(collect.add(&series[1]), Ok(Collected::Part { part: 2, again: true, have: 1, of: 2 }));
        assert_eq!(collect.add(&to_text(&small)), Ok(Collected::Whole(small)));
        assert_eq!((collect.progress(), collect.missing().collect()), (Some((1, 2)), vec![1]));
        assert_eq!(collect.add(&series[0]), Ok(Collected::Whole(large.clone())));
        assert_eq!(collect.add(&series[1]), Ok(Collected::Whole(large)), "the camera still sees the code");
    }

    #[test]
    fn every_truncation_of_a_bundles_text_is_refused() {
        let text = to_text(&bundle(&bytes(3, 120)));
        for cut in 0..text.len() {
            assert!(Collect::new().add(&text[..cut]).is_err(), "{cut}");
        }
        assert!(matches!(Collect::new().add(&text), Ok(Collected::Whole(_))));
        assert_eq!(Collect::new().add(&to_text(b"ML\x01\x04")), Err(QrError::Empty));
    }

    #[test]
    fn no_truncation_of_a_parts_text_ends_in_a_whole() {
        let object = bundle(&bytes(4, 250));
        let series = codes(&object, 300).unwrap();
        assert_eq!(series.len(), 2);
        for cut in 0..series[1].len() {
            let mut collect = Collect::new();
            collect.add(&series[0]).unwrap();
            assert!(collect.add(&series[1][..cut]).is_err(), "{cut}");
            let then = collect.add(&series[1]);
            assert!(
                then == Ok(Collected::Whole(object.clone())) || matches!(then, Ok(Collected::Part { .. })),
                "{cut}: {then:?}"
            );
        }
    }

    #[test]
    fn a_code_of_another_object_is_refused_until_the_first_is_whole() {
        let (a, b) = (bundle(&bytes(1, 2_000)), bundle(&bytes(2, 2_000)));
        let (of_a, of_b) = (codes(&a, CODE_CHARACTERS).unwrap(), codes(&b, CODE_CHARACTERS).unwrap());
        let mut collect = Collect::new();
        collect.add(&of_a[0]).unwrap();
        assert_eq!(collect.add(&of_b[1]), Err(QrError::OtherObject { have: 1, of: 2 }));
        let in_three = part_text(QrPart::front_of(&a), 0, 3, b"x");
        assert_eq!(collect.add(&in_three), Err(QrError::OtherObject { have: 1, of: 2 }));
        assert_eq!(collect.add(&of_a[1]), Ok(Collected::Whole(a)));
        assert_eq!(collect.add(&of_b[1]), Ok(Collected::Part { part: 2, again: false, have: 1, of: 2 }));
        collect.start_again();
        assert_eq!(collect.progress(), None);
    }

    #[test]
    fn other_content_for_a_part_and_a_whole_that_was_not_announced_are_refused() {
        let object = bundle(&bytes(5, 300));
        let front = QrPart::front_of(&object);
        let mut collect = Collect::new();
        collect.add(&part_text(front, 0, 2, &object[..150])).unwrap();
        assert_eq!(collect.add(&part_text(front, 0, 2, &object[..149])), Err(QrError::Conflict { part: 1 }));
        assert_eq!(collect.add(&part_text(front, 1, 2, &object[151..])), Err(QrError::Mismatch));
        assert_eq!(collect.progress(), None, "it starts again by itself");
        collect.add(&part_text(front, 0, 2, &object[..150])).unwrap();
        assert_eq!(collect.add(&part_text(front, 1, 2, &object[150..])), Ok(Collected::Whole(object)));
    }

    #[test]
    fn parts_of_what_is_no_object_or_of_a_part_are_refused() {
        for (whole, error) in [
            (&b"PK\x03\x04"[..], QrError::Object(ObjectError::NotMedlot)),
            (b"ML\x01\x05abcd\x00\x02x", QrError::Nested),
            (b"ML\x01\x04\xff", QrError::Object(ObjectError::Truncated)),
        ] {
            let front = QrPart::front_of(whole);
            let mut collect = Collect::new();
            collect.add(&part_text(front, 1, 2, &whole[1..])).unwrap();
            assert_eq!(collect.add(&part_text(front, 0, 2, &whole[..1])), Err(error));
            assert_eq!(collect.progress(), None);
        }
        let unknown = to_text(b"ML\x01\x05abcd\x02\x02");
        assert_eq!(Collect::new().add(&unknown), Err(QrError::Part(QrPartError::Place { part: 2, parts: 2 })));
    }

    proptest! {
        #[test]
        fn parts_in_any_order_and_repeated_give_the_whole_exactly_when_all_are_there(
            body in proptest::collection::vec(any::<u8>(), 200..2_000),
            order in proptest::collection::vec(any::<proptest::sample::Index>(), 1..80),
            most in 200usize..400,
        ) {
            let object = bundle(&body);
            let Ok(series) = codes(&object, most) else { return Ok(()) };
            prop_assume!(series.len() > 1);
            let mut seen = std::collections::BTreeSet::new();
            let mut collect = Collect::new();
            for i in order {
                let i = i.index(series.len());
                let again = !seen.insert(i);
                let (have, of) = (seen.len() as u16, series.len() as u16);
                let expected = if have == of {
                    Collected::Whole(object.clone())
                } else {
                    Collected::Part { part: i as u16 + 1, again, have, of }
                };
                prop_assert_eq!(collect.add(&series[i]), Ok(expected));
                prop_assert_eq!(collect.missing().count(), series.len() - seen.len());
            }
        }
        #[test]
        fn no_texts_panic_or_give_a_whole_that_is_no_object(
            objects in proptest::collection::vec(
                (any::<[u8; 1]>(), 0u8..4, 0u8..4, proptest::collection::vec(any::<u8>(), 0..4)), 0..20),
        ) {
            let mut collect = Collect::new();
            for (front, part, parts, bytes) in objects {
                let object = [b"ML\x01\x05aaa", &front[..], &[part, parts], &bytes].concat();
                if let Ok(Collected::Whole(whole)) = collect.add(&to_text(&object)) {
                    prop_assert!(read_header(&whole).is_ok());
                }
            }
        }
    }
}
