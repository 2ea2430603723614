//! Counting what stands on the shelf.

use crate::base::{Handheld, number};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::ident::{Product, Quantity};
use medlot_core::movement::Bucket;
use medlot_core::record::{CountBegin, CountEnd, CountLine, Entry};
use medlot_core::scan::Merged;

/// A count that was begun. After a restart its lines stand and it isn't ended: begin another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counting {
    /// Index of its beginning.
    begin: u32,
    lines: u32,
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// `count begin`, `count N`, `count end`, `count end zero`.
    #[inline(never)]
    pub(crate) fn count(&mut self, what: &str, more: Option<&str>, out: &mut dyn Out) -> Result<(), Refusal> {
        match (what, more) {
            ("begin", None) => {
                let entry = CountBegin {
                    operator: None,
                    store: None,
                    funds: None,
                    products: None,
                    blind: false,
                    document: None,
                    extensions: None,
                };
                let begin = self.append(Entry::CountBegin(entry))?;
                self.counting = Some(Counting { begin, lines: 0 });
            }
            ("end", more @ (None | Some("zero"))) => {
                let (begin, lines) = self.place()?;
                let rest_is_zero = more.is_some();
                let entry = CountEnd { begin, lines, rest_is_zero, operator: None, extensions: None };
                self.append(Entry::CountEnd(entry))?;
                self.counting = None;
                let mut say = Say(out);
                say.text("lines").number(lines.into()).end();
            }
            (quantity, None) => self.count_line(quantity)?,
            _ => return Err(Refusal::own("word_left_over")),
        }
        Ok(())
    }
    /// Distance back to the count's beginning, and its lines.
    fn place(&mut self) -> Result<(u32, u32), Refusal> {
        let counting = self.counting.ok_or(Refusal::own("count_not_begun"))?;
        Ok((self.log_mut()?.tip().count() - counting.begin, counting.lines))
    }
    #[inline(never)]
    fn count_line(&mut self, quantity: &str) -> Result<(), Refusal> {
        let quantity = Quantity::Units(number(quantity)?);
        let (begin, lines) = self.place()?;
        let (now, shown) = (self.time()?, self.shown());
        let mut bytes = [0; crate::base::MAX_OWN_RECORD];
        let item = self.item.as_ref().and_then(Merged::item).ok_or(Refusal::own("no_item"))?;
        let product = Product::Gtin(item.gtin().ok_or(Refusal::own("product_missing"))?);
        let entry = Entry::CountLine(CountLine {
            begin,
            product,
            lot: item.lot(),
            expiry: item.expiry(),
            quantity,
            shown,
            operator: None,
            bucket: Bucket::Available,
            fund: None,
            vvm: None,
            made_on: None,
            serial: None,
            extensions: None,
        });
        let length = medlot_core::record::Record::new(now, entry).encode(&mut bytes)?;
        self.append_bytes(bytes.get(..length).unwrap_or_default())?;
        self.counting = self.counting.map(|c| Counting { lines: lines + 1, ..c });
        Ok(())
    }
}
