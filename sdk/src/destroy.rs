//! Destroying medicines: the minutes of a destruction, and who stands for it.
use crate::desk::{Desk, encode, encode_later};
use crate::error::{Error, Result};
use crate::fields::{Fields, number_of};
use crate::lang::Lang;
use crate::stock::{movement_entry, one_seals_worth};
use medlot_core::ident::Operator;
use medlot_core::ledger::DESTRUCTION_PEOPLE;
use medlot_core::movement::{Direction, Group, Reference, reasons};
use medlot_core::record::{Attest, Entry};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A destruction.
#[derive(Debug, Clone, Default)]
pub struct DestructionPlan {
    /// The number of its minutes.
    pub minutes: String,
    /// Staff code of who destroys.
    pub operator: String,
    /// Staff codes of those who attest it at once, on this device; others do later.
    pub witnesses: Vec<String>,
    /// What is destroyed; reason, documents and operator are the minutes'.
    pub lines: Vec<Fields>,
}

/// Writes the minutes of a destruction as one group, with what is attested of it at once: all of it or nothing. An
/// attestation of its first record (`record` of the answer) is one of the whole; `missing` says how many more people are to
/// attest.
///
/// # Errors
/// No line, or more than one seal vouches for; no operator; somebody named twice; a field that can't be or a rule of
/// movements, of which line; a disk that is full.
pub fn destroy(desk: &mut Desk, plan: &DestructionPlan, lang: Lang) -> Result<Value> {
    let mut people = BTreeSet::new();
    for who in std::iter::once(&plan.operator).chain(&plan.witnesses) {
        Operator::parse(who)?;
        if !people.insert(who.as_str()) {
            return Err(Error::argument(format!("witnesses: {who} is named twice; each person stands for it once")));
        }
    }
    let count = plan.lines.len();
    let (now, at) = (desk.now(), desk.log().tip().count());
    let record = |at: usize, fields: &Fields| {
        let documents = if at == 0 { vec![format!("destruction_minutes:{}", plan.minutes)] } else { Vec::new() };
        let (reason, operator) = (Some("destroy".to_owned()), Some(plan.operator.clone()));
        let fields = Fields { reason, documents, operator, ..fields.clone() };
        let mut movement = fields.movement(Direction::Out)?;
        movement.group = match (count, at) {
            (1, _) => Group::None,
            (lines, 0) => Group::Head(u16::try_from(lines).unwrap_or(u16::MAX)),
            (_, at) => Group::Line(u32::try_from(at).unwrap_or(u32::MAX)),
        };
        encode_later(now, fields.took_place(now)?, movement_entry(movement))
    };
    let lines = plan.lines.iter().enumerate();
    let mut records: Vec<Vec<u8>> =
        lines.map(|(at, fields)| record(at, fields).map_err(|e| e.of_line(at + 1, lang))).collect::<Result<_>>()?;
    let capacity = number_of(reasons::CAPACITY, "witness_of_destruction", "capacity")?;
    for who in &plan.witnesses {
        let operator = Some(Operator::parse(who)?);
        let record = Reference::Own(at);
        let attest = Attest { record, capacity, refused: false, operator, document: None, extensions: None };
        records.push(encode(now, Entry::Attest(attest))?);
    }
    if count == 0 {
        return Err(Error::argument("lines: none is given; minutes have 1 and more"));
    }
    one_seals_worth("lines", &records)?;
    let first = desk.append(&records)?;
    let (log, unsealed) = (desk.log().id().to_string(), desk.log().tip().unsealed());
    let missing = usize::from(DESTRUCTION_PEOPLE).saturating_sub(people.len());
    Ok(json!({
        "log": log, "first": first, "count": count, "record": first.to_string(), "people": people.len(),
        "missing": missing, "unsealed": unsealed,
    }))
}
