//! Bytes of what travels: the table of the wire format's goals.
use crate::figures::{Figure, Goal};
use crate::peers::{self, Sale, Signer};
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::ident::{DocumentNumber, LotNumber, Operator, Party, Product, Quantity};
use medlot_core::movement::{Amount, Direction, Document, Group, Movement};
use medlot_core::record::{Entry, Witness};
use medlot_core::time::{Date, Expiry};

/// A tree of authorities, each beneath the one before, and a device under the last.
struct Tree {
    above: Vec<Log>,
    device: Log,
}

/// A root, `levels - 1` authorities, a device.
fn tree(suite: Suite, levels: usize) -> Done<Tree> {
    let mut above = vec![Log::root(suite, 1, [7; 32])?];
    for (at, facility) in ["SYT-HN", "TTYT-DD", "PHONG-Y-TE"].iter().take(levels - 1).enumerate() {
        let Some(parent) = above.last_mut() else { break };
        let child = Log::under(parent, suite, 10 + at as u8, facility)?;
        parent.enrol(&child, Grant::over(AUTHORITY, ALL))?;
        above.push(child);
    }
    let Some(parent) = above.last_mut() else { return Err("no root".into()) };
    let device = Log::under(parent, suite, 20, "01C55")?;
    parent.enrol(&device, Grant { valid: Some((2_000, 3_000)), ..Grant::own(MOVE) })?;
    Ok(Tree { above, device })
}

impl Tree {
    /// The path from the root to the device: one enrolment a level.
    fn path(&self) -> Done<Bundle> {
        let mut path = Bundle::new();
        for (at, log) in self.above.iter().enumerate() {
            let enrolment = log.one(1)?;
            path = if at == 0 { path.own(log, &enrolment)? } else { path.under(&enrolment)? };
        }
        Ok(path)
    }
}

/// What one line says: product by registration number, lot, document.
fn texts(n: u32) -> [String; 3] {
    [format!("registration:893110{:04}25", 1_000 + n), format!("A{n:03}24B"), "PX-2026-00400".into()]
}

fn movement(texts: &[String; 3], n: u32, full: bool) -> Done<Movement<'_>> {
    let [product, lot, document] = texts;
    let expiry = Expiry::Day(Date::new(2028, 1 + (n % 12) as u8, 28)?);
    let (product, lot) = (Product::parse(product)?, LotNumber::parse(lot)?);
    let mut m = Movement::new(Direction::Out, 1, product, Some(lot), expiry, Quantity::units(100 + n)?);
    if full {
        m.document = Some(Document { kind: 1, number: DocumentNumber::parse(document)? });
        m.amount = Some(Amount { value: 1_234_500, tax_included: true });
        m.operator = Some(Operator::parse("DS07")?);
    }
    Ok(m)
}

/// A delivery of lines: counterparty and document on the first.
fn deliver(device: &mut Log, lines: u32) -> Done<(usize, usize)> {
    let from = device.len();
    for n in 0..lines {
        let texts = texts(n);
        let mut m = movement(&texts, n, false)?;
        m.sent = true;
        m.group = if n == 0 { Group::Head(u16::try_from(lines)?) } else { Group::Line(n) };
        if n == 0 {
            m.counterparty = Some(Party::parse("facility:01C56")?);
            m.document = Some(Document { kind: 1, number: DocumentNumber::parse("PX-2026-00400")? });
        }
        device.push(Entry::Movement { movement: m, extensions: None })?;
    }
    Ok((from, device.len()))
}

/// A root's object, and a delivery of ten lines with three enrolments under it: what the firmware probe verifies.
///
/// # Errors
/// Never with these records.
pub fn delivery_for_firmware() -> Done<(Vec<u8>, Vec<u8>)> {
    let mut t = tree(Suite::Ed25519, 3)?;
    let (from, to) = deliver(&mut t.device, 10)?;
    let root = t.above.first().ok_or("no root")?.anchor()?;
    Ok((root, t.path()?.under(&t.device.body(from, to)?)?.object()))
}

#[expect(clippy::cast_precision_loss, reason = "thousands of bytes")]
fn figure(name: String, bytes: usize, condition: &'static str, goal: Option<f64>) -> Figure {
    let figure = Figure::new(name, bytes as f64, "bytes", condition);
    match goal {
        Some(goal) => figure.goal(Goal::AtMost(goal)),
        None => figure,
    }
}

/// Characters of the text form: two bytes are three, one is two (RFC 9285).
const fn text_length(bytes: usize) -> usize {
    8 + bytes / 2 * 3 + bytes % 2 * 2
}

/// Every size of the table. The goals are for Ed25519 in bytes; P-256 and the text form stand beside them.
///
/// # Errors
/// Never with these records.
pub fn figures() -> Done<Vec<Figure>> {
    let mut all = Vec::new();
    for suite in [Suite::Ed25519, Suite::P256] {
        let (name, ed) = if suite == Suite::Ed25519 { ("ed25519", true) } else { ("p256", false) };
        let mut push = |what: &str, bytes: usize, condition: &'static str, goal: f64| {
            all.push(figure(format!("wire.{what}.{name}"), bytes, condition, ed.then_some(goal)));
            if ed {
                let text = text_length(bytes);
                all.push(figure(format!("wire.{what}.text"), text, "characters of the text form", None));
            }
        };
        for (form, full, goal) in [("bare", false, 150.0), ("full", true, 180.0)] {
            let mut t = tree(suite, 1)?;
            let texts = texts(0);
            let at = t.device.push(Entry::Movement { movement: movement(&texts, 0, full)?, extensions: None })?;
            let bytes = Bundle::new().one(&t.device, at)?.object().len();
            push(
                &format!("record.{form}"),
                bytes,
                "one sealed record as an object of its own; full = document, amount, operator",
                goal,
            );
        }
        for (levels, goal) in [(1, 340.0), (2, 515.0), (3, 690.0)] {
            let mut t = tree(suite, levels)?;
            let texts = texts(0);
            let at = t.device.push(Entry::Movement { movement: movement(&texts, 0, true)?, extensions: None })?;
            let bytes = t.path()?.under(&t.device.one(at)?)?.object().len();
            let condition = "one full record with every enrolment from the root down: a stranger verifies it";
            push(&format!("enrolled.{levels}"), bytes, condition, goal);
        }
        for (lines, goal) in [(10, 950.0), (40, 1_850.0)] {
            let mut t = tree(suite, 3)?;
            let (from, to) = deliver(&mut t.device, lines)?;
            let bytes = t.path()?.under(&t.device.body(from, to)?)?.object().len();
            push(&format!("delivery.{lines}"), bytes, "so many lines of other lots, with 3 enrolments", goal);
        }
        let mut t = tree(suite, 1)?;
        t.device.sell(3)?;
        let mut other = t.device.branch(2);
        other.sell(5)?;
        let seals = t.device.fork(&other, 3)?.len();
        push("fork.seals", seals, "proof of a fork by two seals", 210.0);
        let (head, seal, body) = (t.device.head(3)?, t.device.seal(3)?, other.body(3, 4)?);
        let witnesses = [Witness::Seal { head, signature: &seal }, Witness::Segment(&body)];
        push("fork.segment", t.device.proof(3, witnesses)?.len(), "proof of a fork by a seal and a segment", 280.0);
    }
    all.extend(beside_peers(&all)?);
    Ok(all)
}

/// The full record and the full retail day beside the same facts in other forms, each signed and chained.
#[expect(clippy::cast_precision_loss, reason = "thousands of bytes")]
fn beside_peers(ours: &[Figure]) -> Done<Vec<Figure>> {
    let (sale, signer) = (Sale::sample()?, Signer::new()?);
    let peers = [
        ("cose", "COSE_Sign1", peers::cose(&sale, &signer).len()),
        ("protobuf", "protobuf and a signature", peers::protobuf(&sale, &signer).len()),
        ("epcis", "EPCIS 2.0 as JWS", peers::epcis(&sale, &signer).len()),
    ];
    let record = ours.iter().find(|f| f.name == "wire.record.full.ed25519").map(|f| f.value).ok_or("no record")?;
    let day = crate::shapes::sales(Suite::Ed25519, 300, 120, true)?.body.len() as f64 / 300.0;
    let mut all = Vec::new();
    for (name, peer, bytes) in peers {
        let condition = "one full record, sealed, beside one of the peer's; each names its key and the record before";
        let figure = Figure::new(format!("wire.record.full.beside_{name}"), record, "bytes", condition);
        all.push(figure.beside(peer, bytes as f64));
        let condition = "one full record of a retail day of 300, all included, beside one of the peer's";
        let figure = Figure::new(format!("wire.day.full.beside_{name}"), day, "bytes", condition);
        all.push(figure.beside(peer, bytes as f64));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_of_the_table_is_within_its_goal() {
        let figures = figures().unwrap_or_default();
        assert_eq!(figures.len(), 9 * 3 + 6);
        let over: Vec<String> = figures.iter().filter(|f| f.met() == Some(false)).map(Figure::line).collect();
        assert!(over.is_empty(), "{over:#?}");
        let beside: Vec<f64> = figures.iter().filter_map(Figure::ratio).collect();
        assert!(beside.len() == 6 && beside.iter().all(|ratio| *ratio > 1.0), "{beside:?}");
    }

    #[test]
    fn the_text_form_is_as_long_as_it_is_said_to_be() {
        for bytes in [0, 1, 2, 151, 1_000] {
            assert_eq!(medlot_sdk::qr::to_text(&vec![0x4d; bytes]).len(), text_length(bytes));
        }
    }
}
