//! What of a log concerns another facility: what is addressed to it, and what answers its records.
use medlot_core::ident::Party;
use medlot_core::movement::{Group, Movement, Reference};
use medlot_core::record::{Authentic, Entry, Record, Refuse, Reversed};

/// Goes over a log's segments in the order of their indexes.
pub(super) struct Concern<'c> {
    facilities: &'c [String],
    /// The facility of a log, by the first 8 bytes of its h₀.
    facility_of: &'c dyn Fn(&[u8; 8]) -> Vec<String>,
    /// The last group's first record: its index, counterparty and what it answers.
    head: Option<(u32, Option<String>, Option<Reference>)>,
}

impl<'c> Concern<'c> {
    pub(super) const fn new(facilities: &'c [String], facility_of: &'c dyn Fn(&[u8; 8]) -> Vec<String>) -> Self {
        Self { facilities, facility_of, head: None }
    }

    /// The index from which on every record of this segment concerns the facilities; `None` where its last doesn't.
    pub(super) fn run(&mut self, authentic: &Authentic<'_>) -> Option<u32> {
        let (mut from, mut records) = (None, authentic.records());
        while let Some(record) = records.next() {
            let index = record.index();
            let concerns = Record::decode(record.bytes()).is_ok_and(|read| self.entry(index, &read.entry));
            from = if concerns { from.or(Some(index)) } else { None };
        }
        from
    }

    fn is_one(&self, facility: &str) -> bool {
        self.facilities.iter().any(|f| f == facility)
    }
    fn answers(&self, reference: Option<&Reference>) -> bool {
        match reference {
            Some(Reference::Other { log, .. }) => (self.facility_of)(log).iter().any(|f| self.is_one(f)),
            _ => false,
        }
    }

    fn entry(&mut self, index: u32, entry: &Entry<'_>) -> bool {
        match entry {
            Entry::Movement { movement, .. } => self.movement(index, movement),
            Entry::Refuse(refuse) => self.refuse(index, refuse),
            Entry::Reversal(reversal) => {
                self.answers(Some(&reversal.target))
                    || match &reversal.of {
                        Reversed::Movement(movement) => self.alone(movement),
                        Reversed::Refuse(refuse) => self.answers(Some(&refuse.shipment)),
                    }
            }
            Entry::Attest(attest) => self.answers(Some(&attest.record)),
            _ => false,
        }
    }

    /// By what it says itself.
    fn alone(&self, movement: &Movement<'_>) -> bool {
        let to = matches!(movement.counterparty, Some(Party::Facility(code)) if self.is_one(code.as_str()));
        (movement.sent && to) || self.answers(movement.answers.as_ref())
    }

    fn movement(&mut self, index: u32, movement: &Movement<'_>) -> bool {
        let named = match movement.counterparty {
            Some(Party::Facility(code)) => Some(code.as_str().to_owned()),
            _ => None,
        };
        if matches!(movement.group, Group::Head(_)) {
            self.head = Some((index, named, movement.answers));
        }
        if self.alone(movement) {
            return true;
        }
        // A group's lines take counterparty and reference from its first record.
        let (Group::Line(back), Some((at, party, answered))) = (movement.group, &self.head) else { return false };
        index.checked_sub(back) == Some(*at)
            && ((movement.sent
                && movement.counterparty.is_none()
                && party.as_ref().is_some_and(|party| self.is_one(party)))
                || (movement.answers.is_none() && self.answers(answered.as_ref())))
    }

    fn refuse(&mut self, index: u32, refuse: &Refuse<'_>) -> bool {
        if matches!(refuse.group, Group::Head(_)) {
            self.head = Some((index, None, Some(refuse.shipment)));
        }
        self.answers(Some(&refuse.shipment))
    }
}
