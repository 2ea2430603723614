//! Words and numbers of reports.

use super::super::card::put_amount;
use medlot_core::ident::Measure;
use medlot_core::ledger::report::{Column, Control, Exact, Fraction, InGroup, OutGroup, Turnover, Value as Worth};
use serde_json::{Map, Value, json};

/// A number with how many parts make a unit, and what one is.
pub(super) type Amount = (i64, Option<(u16, Measure)>);

pub(super) fn amounts_of(exact: &Exact) -> Vec<Amount> {
    let parts = exact.parts().into_iter().map(|parts| (parts.count, Some((parts.per_unit, parts.measure))));
    std::iter::once((exact.units(), None)).chain(parts).collect()
}

/// A number that every reader of JSON keeps exactly, else its digits as text.
pub(super) fn number(n: i128) -> Value {
    i64::try_from(n).map_or_else(|_| n.to_string().into(), Value::from)
}

/// A fraction as people read it, in so many decimals: to the nearest, halves away from 0.
pub(super) fn decimal(of: Fraction, decimals: u32) -> Option<String> {
    let rounded = of.rounded(decimals)?;
    let (sign, decimals) = (if rounded < 0 { "-" } else { "" }, decimals as usize);
    let digits = format!("{:0>width$}", rounded.unsigned_abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at_checked(digits.len().checked_sub(decimals)?)?;
    Some(if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
}

/// A sum of amounts.
pub(super) fn worth(of: &Worth) -> Value {
    let number = |n: u128| u64::try_from(n).map_or_else(|_| n.to_string().into(), Value::from);
    json!({"with_tax": number(of.with_tax), "without_tax": number(of.without_tax), "unvalued": of.unvalued})
}

/// The national form's numbers; those by reason where there are any. One line a measure.
pub(super) fn put_turnover(out: &mut Map<String, Value>, lines: &[(Option<(u16, Measure)>, &Turnover)]) {
    let amounts = |of: &dyn Fn(&Turnover) -> i64| -> Vec<Amount> {
        lines.iter().map(|(parts, turnover)| (of(turnover), *parts)).collect()
    };
    put_amount(out, "opening", &amounts(&|t| t.opening));
    put_amount(out, "in", &amounts(&|t| t.came));
    put_amount(out, "out", &amounts(&|t| t.went));
    put_amount(out, "counted", &amounts(&|t| t.counted));
    put_amount(out, "closing", &amounts(&|t| t.closing));
    let mut by = |key: &str, groups: Vec<(&str, Vec<Amount>)>| {
        let mut split = Map::new();
        for (name, amounts) in groups.iter().filter(|(_, amounts)| amounts.iter().any(|(n, _)| *n != 0)) {
            put_amount(&mut split, name, amounts);
        }
        out.insert(key.into(), split.into());
    };
    by("in_by", InGroup::ALL.iter().map(|g| (g.name(), amounts(&|t| t.came_for(*g)))).collect());
    by("out_by", OutGroup::ALL.iter().map(|g| (g.name(), amounts(&|t| t.went_for(*g)))).collect());
    put_amount(out, "lost", &amounts(&|t| t.lost));
    let sum = |of: &dyn Fn(&Turnover) -> Worth| worth(&lines.iter().map(|(_, turnover)| of(turnover)).sum());
    out.insert("value_in".into(), sum(&|t| t.value_came));
    out.insert("value_out".into(), sum(&|t| t.value_went));
}

/// The name of a control type in answers.
pub(super) fn control_name(control: Control) -> String {
    control.name().map_or_else(|| format!("other-{}", control.number()), str::to_owned)
}

/// The column of a report: `in:supplier`.
pub(super) fn column_name(column: Column) -> String {
    match column {
        Column::Opening => "opening".into(),
        Column::Counted => "counted".into(),
        Column::Came(group) => format!("in:{}", group.name()),
        Column::Went(group) => format!("out:{}", group.name()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn decimals_are_those_of_the_fraction() {
        let of = |n, d, decimals| decimal(Fraction::new(n, d).unwrap(), decimals).unwrap();
        assert_eq!(
            (of(9, 40, 3), of(1, 3, 2), of(-5, 2, 0), of(-1, 40, 2)),
            ("0.225".into(), "0.33".into(), "-3".into(), "-0.03".into())
        );
        assert_eq!((of(15, 40, 1), of(120, 1, 2), of(5, 1, 0)), ("0.4".into(), "120.00".into(), "5".into()));
        assert_eq!(number(i128::from(i64::MAX) + 1), Value::from("9223372036854775808"));
    }
}
