//! The own log in a session: what no seal covers, and that it is offered once it is sealed.
use super::held::Seg;
use super::holdings::{Holdings, Keeper};
use crate::error::Result;
use crate::seals;
use medlot_core::crypto::Hash;
use medlot_core::record::Segment;

impl<K: Keeper> Holdings<K> {
    /// The own log's values beyond its last seal: at that seal's count, and after each record behind it.
    pub fn set_own_tail(&mut self, values: Vec<Hash>) {
        self.own_tail = values;
    }
    /// Doesn't offer the own log before [`Holdings::release_own`].
    pub const fn hold_own(&mut self) {
        self.own_held = true;
    }
    /// Offers the own log from now on, with what was sealed of it meanwhile: a segment's body.
    ///
    /// # Errors
    /// A segment that doesn't verify.
    pub fn release_own(&mut self, sealed: Option<&[u8]>) -> Result<()> {
        let own = self.own.and_then(|own| self.keys.get(&own.log16()));
        if let (Some(body), Some(own)) = (sealed, own) {
            let authentic = seals::verify(Segment::parse(body, own.head.suite.signature_length())?, &own.key())?;
            self.logs.entry(own.id.log16()).or_default().main.push(Seg::of(&authentic));
            self.own_tail.clear();
        }
        self.own_held = false;
        Ok(())
    }
    /// How many records of the own log no seal covers, here or in what others hold of it.
    pub fn own_unsealed(&self) -> usize {
        let Some(own) = self.own.and_then(|own| self.keys.get(&own.log16())) else { return 0 };
        let held = self.logs.get(&own.id.log16());
        let (sealed, _) = held.map_or((0, own.id), |held| held.tip(own.id));
        let known = |count: u32, value: &Hash| {
            held.is_some_and(|held| held.extras.iter().any(|seg| seg.value(&own.key(), count).as_ref() == Some(value)))
        };
        (sealed..).zip(&self.own_tail).skip(1).filter(|(count, value)| !known(*count, value)).count()
    }
}
