//! What a record says about its own log must lie before it (`spec/wire-format.md` sections 5.1–5.4).

use super::codec::{Entry, Record};
use super::entries::Reversed;
use super::wire::RecordError;
use crate::movement::{Group, Reference};

impl Record<'_> {
    /// Whether it may stand at this index: references to its own log name an earlier record, distances don't reach
    /// before the log's beginning.
    ///
    /// # Errors
    /// [`RecordError::Place`] with the field.
    pub fn check_place(&self, index: u32) -> Result<(), RecordError> {
        match &self.entry {
            Entry::Movement { movement: m, .. } => {
                answer(m.answers.as_ref(), index).and_then(|()| group(m.group, index))
            }
            Entry::Reversal(r) => {
                reference(&r.target, index, "record reversed")?;
                // What is repeated speaks from its target's place, in its target's log: another device's log may be
                // longer than this one.
                let (Reference::Own(at) | Reference::Other { index: at, .. }) = r.target;
                match &r.of {
                    Reversed::Movement(m) => answer(m.answers.as_ref(), at).and_then(|()| group(m.group, at)),
                    Reversed::Refuse(r) => reference(&r.shipment, at, "shipment").and_then(|()| group(r.group, at)),
                }
            }
            Entry::Refuse(r) => reference(&r.shipment, index, "shipment").and_then(|()| group(r.group, index)),
            Entry::CountLine(c) => distance(c.begin, index, "count"),
            Entry::CountEnd(c) => distance(c.begin, index, "count"),
            Entry::Attest(a) => reference(&a.record, index, "record attested"),
            Entry::Detail(d) => distance(d.first, index, "first line"),
            Entry::EndRecall(e) => reference(&e.recall, index, "recall"),
            _ => Ok(()),
        }
    }
}

fn answer(answers: Option<&Reference>, index: u32) -> Result<(), RecordError> {
    answers.map_or(Ok(()), |r| reference(r, index, "record answered"))
}

fn reference(reference: &Reference, index: u32, field: &'static str) -> Result<(), RecordError> {
    match reference {
        Reference::Own(own) if *own >= index => Err(RecordError::Place(field)),
        _ => Ok(()),
    }
}

fn distance(back: u32, index: u32, field: &'static str) -> Result<(), RecordError> {
    if back > index { Err(RecordError::Place(field)) } else { Ok(()) }
}

fn group(group: Group, index: u32) -> Result<(), RecordError> {
    match group {
        Group::Line(back) => distance(back, index, "group"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ident::{Product, Quantity};
    use crate::movement::{Direction, Movement};
    use crate::record::{CountEnd, EndRecall, Reversal};
    use crate::time::{Expiry, Timestamp};

    fn at(entry: Entry<'_>, index: u32) -> Result<(), RecordError> {
        Record::new(Timestamp::from_secs(1), entry).check_place(index)
    }

    #[test]
    fn a_record_names_earlier_ones_of_its_log_only() {
        let product = Product::parse("registration:VD-22739-15").unwrap();
        let sale = Movement::new(Direction::In, 0, product, None, Expiry::NotRead, Quantity::units(5).unwrap());
        let entry = |movement| Entry::Movement { movement, extensions: None };
        let answers = |own| entry(Movement { answers: Some(Reference::Own(own)), ..sale });
        assert_eq!(at(answers(6), 7), Ok(()));
        assert_eq!(at(answers(7), 7), Err(RecordError::Place("record answered")));
        let line = |back| entry(Movement { group: Group::Line(back), ..sale });
        assert_eq!(at(line(7), 7), Ok(()));
        assert_eq!(at(line(8), 7), Err(RecordError::Place("group")));
        let end = |begin| {
            Entry::CountEnd(CountEnd { begin, lines: 0, rest_is_zero: false, operator: None, extensions: None })
        };
        assert_eq!(at(end(3), 3), Ok(()));
        assert_eq!(at(end(4), 3), Err(RecordError::Place("count")));
        let taken_back = |target, back| {
            let of = Reversed::Movement(Movement { group: Group::Line(back), ..sale });
            Entry::Reversal(Reversal { target, total: 5, of, extensions: None })
        };
        let far = Reference::Other { log: [1; 8], index: 900, identity: [2; 16] };
        assert_eq!(at(taken_back(far, 900), 3), Ok(()));
        assert_eq!(at(taken_back(far, 901), 3), Err(RecordError::Place("group")));
        assert_eq!(at(taken_back(Reference::Own(2), 2), 7), Ok(()));
        assert_eq!(at(taken_back(Reference::Own(2), 3), 7), Err(RecordError::Place("group")));
        assert_eq!(at(taken_back(Reference::Own(7), 2), 7), Err(RecordError::Place("record reversed")));
        let recall = |own| Entry::EndRecall(EndRecall { recall: Reference::Own(own), notice: None, extensions: None });
        assert_eq!(at(recall(1), 1), Err(RecordError::Place("recall")));
        let other = Reference::Other { log: [1; 8], index: 900, identity: [2; 16] };
        assert_eq!(at(entry(Movement { answers: Some(other), ..sale }), 0), Ok(()));
    }
}
