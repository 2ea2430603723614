//! What corrects or confirms what is written: reversals and attestations.
use crate::desk::{Desk, encode};
use crate::error::{Error, Result};
use crate::evidence::Evidence;
use crate::fields::{document, number_of, reference};
use crate::stock::{apart, detail, written};
use medlot_core::ident::{LocalReason, Operator};
use medlot_core::movement::{Reference, reasons};
use medlot_core::record::{Attest, Entry, LineAmount, Record, Reversal, Reversed};
use serde_json::Value;

/// What stands beside a correction; what stays `None` is absent in the record.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// Staff code.
    pub operator: Option<String>,
    /// `kind:number`.
    pub document: Option<String>,
    /// The facility's own reason.
    pub local_reason: Option<String>,
}

/// A record that is named: the index in the own log, or `log:index:id` as movements show it.
struct Named {
    reference: Reference,
    bytes: Vec<u8>,
    facility: Option<String>,
}

fn named(desk: &Desk, text: &str) -> Result<Named> {
    if let Ok(index) = text.parse::<u32>() {
        return own(desk, index);
    }
    let reference = reference(text)?;
    match reference {
        Reference::Own(index) => own(desk, index),
        // One's own record has one form, its index; what stands there must be what was named.
        Reference::Other { log, index, identity } if log == desk.log().id().log_id() => {
            let named = own(desk, index)?;
            if desk.log().value_at(index.saturating_add(1))?.log16() == identity {
                Ok(named)
            } else {
                Err(Error::invalid(format!("record {text}: the own log says another id")))
            }
        }
        Reference::Other { log, index, identity } => {
            let library = desk.library()?;
            let evidence = Evidence::of(&library)?;
            let found = evidence.record(&log, index, &identity)?;
            let (bytes, facility) = found.ok_or_else(|| {
                Error::unknown(format!("record {text}: isn't here: take its log first (device accept)"))
            })?;
            Ok(Named { reference, bytes, facility })
        }
    }
}

fn own(desk: &Desk, index: u32) -> Result<Named> {
    let records = desk.log().records();
    let bytes = records.get(index).ok_or_else(|| {
        Error::argument(format!("record {index}: the own log has records 0 to {}", records.len().saturating_sub(1)))
    })?;
    let facility = Some(desk.folder().config().facility.clone());
    Ok(Named { reference: Reference::Own(index), bytes: bytes.to_vec(), facility })
}

/// Takes back a movement or a refusal that was written wrongly, wholly or up to a total: of several reversals of one
/// record the largest total holds, so two phones that reverse one mistake take it back once. It corrects what was
/// written; goods that come back are a movement of their own.
///
/// # Errors
/// A record that isn't here, is another facility's, or is neither movement nor refusal; a total over its quantity.
pub fn reverse(desk: &mut Desk, record: &str, total: Option<u32>, note: &Note) -> Result<Value> {
    let target = named(desk, record)?;
    if target.facility.as_deref() != Some(desk.folder().config().facility.as_str()) {
        return Err(Error::refused(format!(
            "record {record}: is another facility's: only devices of the same facility reverse it"
        )));
    }
    let operator = note.operator.as_deref().map(Operator::parse).transpose()?;
    let own_document = note.document.as_deref().map(document).transpose()?;
    let local_reason = note.local_reason.as_deref().map(LocalReason::parse).transpose()?;
    let (quantity, mut of) = match Record::decode(&target.bytes)?.entry {
        Entry::Movement { mut movement, .. } => {
            (movement.operator, movement.document, movement.second_document) = (operator, own_document, None);
            movement.local_reason = local_reason;
            (movement.quantity, Reversed::Movement(movement))
        }
        Entry::Refuse(mut refuse) => {
            (refuse.operator, refuse.document, refuse.local_reason) = (operator, own_document, local_reason);
            refuse.extensions = None; // those of a reversal are its own
            (refuse.quantity, Reversed::Refuse(refuse))
        }
        Entry::Reversal(_) => {
            return Err(Error::refused(format!(
                "record {record}: is a reversal and can't be reversed: write the movement anew"
            )));
        }
        Entry::CountBegin(_) | Entry::CountLine(_) | Entry::CountEnd(_) => {
            return Err(Error::refused(format!(
                "record {record}: belongs to a count and can't be reversed: count again"
            )));
        }
        _ => return Err(Error::refused(format!("record {record}: moves nothing: there is nothing to reverse"))),
    };
    let most = quantity.count();
    let total = total.unwrap_or(most);
    if !(1..=most).contains(&total) {
        return Err(Error::argument(format!("total: {total}; the record moved {most}, so give 1 to {most}")));
    }
    // What was sent or answers another facility's record concerns that one, and so does taking it back: it travels, and
    // who of the staff took it back stays here.
    let elsewhere = |reference: &Reference| matches!(reference, Reference::Other { .. });
    let concerns = match &of {
        Reversed::Movement(movement) => movement.sent || movement.answers.as_ref().is_some_and(elsewhere),
        Reversed::Refuse(refuse) => elsewhere(&refuse.shipment),
    };
    if !concerns {
        let first = desk.write(Entry::Reversal(Reversal { target: target.reference, total, of, extensions: None }))?;
        return written(desk, first, 1);
    }
    match &mut of {
        Reversed::Movement(movement) => movement.operator = None,
        Reversed::Refuse(refuse) => refuse.operator = None,
    }
    let reversal = Reversal { target: target.reference, total, of, extensions: None };
    let first = apart(desk, vec![encode(desk.now(), Entry::Reversal(reversal))?])?;
    detail(desk, operator, &[LineAmount(None)])?;
    written(desk, first, 1)
}

/// Attests a record of any log in a capacity: as witness of its destruction, pharmacist in charge, receiver, inspector,
/// or that its loss was reported.
///
/// # Errors
/// A record that isn't here; a capacity without a number.
pub fn attest(desk: &mut Desk, record: &str, capacity: &str, refused: bool, note: &Note) -> Result<Value> {
    let target = named(desk, record)?;
    if note.local_reason.is_some() {
        return Err(Error::argument("local reason: an attestation has none; give --document"));
    }
    let attest = Attest {
        record: target.reference,
        capacity: number_of(reasons::CAPACITY, capacity, "capacity")?,
        refused,
        operator: note.operator.as_deref().map(Operator::parse).transpose()?,
        document: note.document.as_deref().map(document).transpose()?,
        extensions: None,
    };
    let first = desk.write(Entry::Attest(attest))?;
    written(desk, first, 1)
}
