//! How an answer crosses into JavaScript: in one piece, as a text of JSON that the engine's own parser reads.
//!
//! Handing a row over field by field takes several calls for each field. In the text an object is a list of its values and
//! the number of its shape, so that no key is written or read twice:
//!
//! ```text
//! answer = [value, steps]
//! value  = null (absent) │ true │ 1 │ "text" │ object │ list │ bytes │ {key: value, …}
//! object = [value, …, n]   n > 0: the step at which its last key stands
//! list   = [value, …, -1]
//! bytes  = [place, -2]     handed over beside the text
//! steps  = [[before, key], …]   the step before, 0 for none, and a key; counted from 1
//! ```
//!
//! `unpack.js` reads it.
use serde::ser::{self, Serialize};
use std::fmt::{self, Display};

/// What no JavaScript value is made of; answers hold nothing of the kind, or the engine's limit was passed.
#[derive(Debug)]
pub(super) struct Unfit(String);

impl Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Result<T = ()> = std::result::Result<T, Unfit>;

/// The greatest whole number that JavaScript's numbers are exact up to.
const MOST: u64 = (1 << 53) - 1;

/// A key, and how to go on from it: a tree of the keys in the order in which objects have them.
#[derive(Default)]
struct Step {
    before: usize,
    key: &'static str,
    /// The first that follows it, and another that follows the same; 0 for none.
    child: usize,
    sibling: usize,
}

/// Writes one answer.
pub(super) struct Packer<'k> {
    /// UTF-8.
    text: Vec<u8>,
    /// The first stands for none.
    steps: Vec<Step>,
    kept: u32,
    keep: &'k mut dyn FnMut(&[u8]),
}

/// The text of an answer; `keep` takes what it holds of bytes, in order.
pub(super) fn pack(answer: &impl Serialize, keep: &mut dyn FnMut(&[u8])) -> Result<Vec<u8>> {
    let mut packer = Packer { text: vec![b'['], steps: vec![Step::default()], kept: 0, keep };
    answer.serialize(&mut packer)?;
    packer.put(",[");
    for (at, step) in std::mem::take(&mut packer.steps).into_iter().enumerate().skip(1) {
        packer.put(if at > 1 { ",[" } else { "[" });
        packer.digits(step.before as u64);
        packer.byte(b',');
        packer.string(step.key);
        packer.byte(b']');
    }
    packer.put("]]");
    Ok(packer.text)
}

impl Packer<'_> {
    fn byte(&mut self, byte: u8) {
        self.text.push(byte);
    }

    fn put(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: i64) -> Result {
        if number.unsigned_abs() > MOST {
            return Err(Unfit(format!("{number} is beyond the whole numbers of JavaScript")));
        }
        if number < 0 {
            self.byte(b'-');
        }
        self.digits(number.unsigned_abs());
        Ok(())
    }

    fn digits(&mut self, number: u64) {
        if number >= 10 {
            self.digits(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    fn string(&mut self, said: &str) {
        self.byte(b'"');
        // What is plain goes over in one piece.
        let bytes = said.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(byte) = bytes.get(at).copied() {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                self.text.extend_from_slice(bytes.get(from..at).unwrap_or_default());
                self.put("\\u00");
                for half in [byte >> 4, byte & 15] {
                    self.byte(if half < 10 { b'0' + half } else { b'a' - 10 + half });
                }
                from = at + 1;
            }
            at += 1;
        }
        self.text.extend_from_slice(bytes.get(from..).unwrap_or_default());
        self.byte(b'"');
    }

    /// The step from another by a key.
    fn step(&mut self, before: usize, key: &'static str) -> usize {
        let first = self.steps.get(before).map_or(0, |step| step.child);
        let mut at = first;
        while let Some(step) = self.steps.get(at).filter(|_| at > 0) {
            // The same text elsewhere is another step with the same key.
            if std::ptr::eq(step.key, key) {
                return at;
            }
            at = step.sibling;
        }
        let new = self.steps.len();
        self.steps.push(Step { before, key, child: 0, sibling: first });
        if let Some(step) = self.steps.get_mut(before) {
            step.child = new;
        }
        new
    }
}

/// An object with known keys.
pub(super) struct Fields<'p, 'k> {
    packer: &'p mut Packer<'k>,
    at: usize,
}

impl ser::SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result {
        self.at = self.packer.step(self.at, key);
        value.serialize(&mut *self.packer)?;
        self.packer.byte(b',');
        Ok(())
    }

    fn end(self) -> Result {
        let at = i64::try_from(self.at).map_err(|_| Unfit("too many shapes".to_owned()))?;
        self.packer.number(at)?;
        self.packer.byte(b']');
        Ok(())
    }
}

/// A list.
pub(super) struct Items<'p, 'k>(&'p mut Packer<'k>);

impl ser::SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self.0)?;
        self.0.byte(b',');
        Ok(())
    }

    fn end(self) -> Result {
        self.0.put("-1]");
        Ok(())
    }
}

impl ser::SerializeTuple for Items<'_, '_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result {
        ser::SerializeSeq::end(self)
    }
}

/// An object with keys of its own.
pub(super) struct Entries<'p, 'k>(&'p mut Packer<'k>);

impl ser::SerializeMap for Entries<'_, '_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result {
        if !self.0.text.ends_with(b"{") {
            self.0.byte(b',');
        }
        let from = self.0.text.len();
        key.serialize(&mut *self.0)?;
        if self.0.text.get(from) != Some(&b'"') {
            return Err(Unfit("a key that is no text".to_owned()));
        }
        self.0.byte(b':');
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self.0)
    }

    fn end(self) -> Result {
        self.0.byte(b'}');
        Ok(())
    }
}

fn no<T>(what: &str) -> Result<T> {
    Err(Unfit(format!("no answer holds {what}")))
}

macro_rules! numbers {
    ($($name:ident($type:ty);)*) => { $(
        fn $name(self, value: $type) -> Result {
            self.number(value.into())
        }
    )* };
}

impl<'p, 'k> ser::Serializer for &'p mut Packer<'k> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Items<'p, 'k>;
    type SerializeTuple = Items<'p, 'k>;
    type SerializeTupleStruct = ser::Impossible<(), Unfit>;
    type SerializeTupleVariant = ser::Impossible<(), Unfit>;
    type SerializeMap = Entries<'p, 'k>;
    type SerializeStruct = Fields<'p, 'k>;
    type SerializeStructVariant = ser::Impossible<(), Unfit>;

    numbers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
    }
    fn serialize_u64(self, value: u64) -> Result {
        self.number(i64::try_from(value).unwrap_or(i64::MAX))
    }
    fn serialize_f32(self, _: f32) -> Result {
        no("fractions")
    }
    fn serialize_f64(self, _: f64) -> Result {
        no("fractions")
    }
    fn serialize_bool(self, value: bool) -> Result {
        self.put(if value { "true" } else { "false" });
        Ok(())
    }
    fn serialize_char(self, value: char) -> Result {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }
    fn serialize_str(self, value: &str) -> Result {
        self.string(value);
        Ok(())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result {
        self.byte(b'[');
        self.number(self.kept.into())?;
        self.kept += 1;
        (self.keep)(value);
        self.put(",-2]");
        Ok(())
    }
    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result {
        self.put("null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result {
        no("variants without a field for their kind")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'p, 'k>> {
        self.byte(b'[');
        Ok(Items(self))
    }
    fn serialize_tuple(self, _: usize) -> Result<Items<'p, 'k>> {
        self.byte(b'[');
        Ok(Items(self))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct> {
        no("tuples with a name")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        no("variants without a field for their kind")
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'p, 'k>> {
        self.byte(b'{');
        Ok(Entries(self))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'p, 'k>> {
        self.byte(b'[');
        Ok(Fields { packer: self, at: 0 })
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        no("variants without a field for their kind")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(serde::Serialize)]
    struct Row {
        lot: Option<&'static str>,
        units: i64,
        parts: Vec<Part>,
        whole: bool,
    }
    #[derive(serde::Serialize)]
    struct Part {
        of: char,
        count: u8,
    }

    fn text(answer: &impl Serialize) -> Value {
        serde_json::from_slice(&pack(answer, &mut |_| ()).unwrap()).unwrap()
    }

    #[test]
    fn an_object_is_its_values_and_its_shape_and_each_shape_is_said_once() {
        let part = || vec![Part { of: 'x', count: 3 }];
        let rows = [
            Row { lot: Some("A"), units: -5, parts: part(), whole: true },
            Row { lot: None, units: 0, parts: vec![], whole: false },
        ];
        let steps = json!([[0, "lot"], [1, "units"], [2, "parts"], [0, "of"], [4, "count"], [3, "whole"]]);
        let of_parts = json!([["x", 3, 5], -1]);
        assert_eq!(text(&rows), json!([[["A", -5, of_parts, true, 6], [null, 0, [-1], false, 6], -1], steps]));
    }

    #[test]
    fn every_text_comes_back_as_it_was() {
        for said in ["", "Hà Nội", "a\"b\\c", "\0\n\u{1f}\u{7f}\u{2028}", "\"", "\\u0041", "👍"] {
            assert_eq!(text(&said), json!([said, []]), "{said:?}");
        }
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        for number in [0, 7, -1, 1_234_567_890, MOST as i64, -(MOST as i64)] {
            assert_eq!(text(&number), json!([number, []]));
        }
        for number in [MOST as i64 + 1, -(MOST as i64) - 1, i64::MIN, i64::MAX] {
            let refused = pack(&number, &mut |_| ()).unwrap_err();
            assert!(refused.to_string().contains(&number.to_string()), "{refused}");
        }
        assert!(pack(&u64::MAX, &mut |_| ()).is_err());
        assert!(pack(&0.5, &mut |_| ()).is_err());
    }

    #[test]
    fn bytes_stand_beside_the_text_in_their_order() {
        struct Raw(&'static [u8]);
        impl Serialize for Raw {
            fn serialize<S: ser::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_bytes(self.0)
            }
        }
        let mut kept = Vec::new();
        let said = pack(&[Raw(&[1, 2]), Raw(&[])], &mut |bytes| kept.push(bytes.to_vec())).unwrap();
        assert_eq!(said, b"[[[0,-2],[1,-2],-1],[]]");
        assert_eq!(kept, [vec![1, 2], vec![]]);
    }

    #[test]
    fn an_object_with_keys_of_its_own_keeps_them() {
        let of = BTreeMap::from([("a\"", Some(1)), ("b", None)]);
        assert_eq!(text(&of), json!([{"a\"": 1, "b": null}, []]));
        assert_eq!(text(&BTreeMap::<&str, u8>::new()), json!([{}, []]));
        assert!(pack(&BTreeMap::from([(1, 2)]), &mut |_| ()).is_err());
    }
}
