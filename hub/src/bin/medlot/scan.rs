//! `medlot scan`: what a scanner sent, read for a person or as JSON.
use crate::context::Context;
use crate::table::wrapped;
use crate::words::Lang;
use medlot_sdk::counter::{self, proposal};
use medlot_sdk::error::Error;
use medlot_sdk::fields::Fields;
use medlot_sdk::medlot_core::time::Date;
use medlot_sdk::scan::{scan_json, scan_json_line};
use serde_json::{Map, Value};
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

/// Arguments of `medlot scan`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The scans; without any, lines are read from standard input.
    code: Vec<String>,
    /// Lines {"raw", "today"?, "gs"?} in, one JSON object a line out.
    #[arg(long, conflicts_with = "code")]
    jsonl: bool,
    /// The date that two-digit years are read around, YYYY-MM-DD; today where it is not given.
    #[arg(long, value_name = "DATE", value_parser = |t: &str| Date::parse(t).map_err(|e| e.to_string()))]
    today: Option<Date>,
    /// What the scanner sends for the GS separator, where its profile is known.
    #[arg(long, value_name = "TEXT")]
    gs: Option<String>,
    /// Say whether the pack may be dispensed from this folder's stock, and what to take instead.
    #[arg(long, conflicts_with = "jsonl")]
    dispense: bool,
}

/// The legal day in Vietnam, minutes from UTC: only the century of two-digit years hangs on it.
const UTC_OFFSET: i16 = 420;

pub(crate) fn run(args: &Args, lang: Lang, context: &Context) -> Result<ExitCode, Error> {
    if args.dispense {
        return dispense(args, context);
    }
    read(args, lang, context.json).map_err(Error::argument)
}

/// What is known here of packs that are about to be dispensed: each is read, and checked against the stock.
fn dispense(args: &Args, context: &Context) -> Result<ExitCode, Error> {
    let mut desk = context.desk()?;
    let default_gs = desk.folder().config().scanner_gs.clone();
    let account = desk.account()?;
    let day = args.today.map_or_else(|| account.today(), Ok)?;
    let (gs, lang) = (args.gs.clone().or(default_gs), context.lang.sdk());
    let mut stopped = false;
    for raw in &args.code {
        let mut fields = Fields::default();
        fields.scan(raw, gs.as_deref(), day, None)?;
        let check = counter::check_pack(account, &fields, Some(day), lang)?;
        let mut said = scan_json(raw, gs.as_deref(), day);
        if let Some(map) = said.as_object_mut() {
            map.insert("dispense".into(), check.json());
        }
        stopped |= !check.stops.is_empty();
        let file = |e: String| Error::argument(e);
        let mut out = std::io::stdout().lock();
        if context.json {
            line(&mut out, &said.to_string()).map_err(file)?;
            continue;
        }
        show(&mut out, raw, &said, context.lang).map_err(file)?;
        for (_, text) in &check.stops {
            line(&mut out, &wrapped("  ! ", text)).map_err(file)?;
        }
        if check.stops.is_empty() {
            let day = check.last_usable.map_or_else(|| "–".to_owned(), |day| day.to_string());
            let by = check.expiry_notice.as_deref().map_or_else(String::new, |notice| {
                lang.pick(format!(" (theo công văn {notice})"), format!(" (by notice {notice})"))
            });
            let text = lang.pick(format!("Dùng được đến hết {day}{by}"), format!("Usable through {day}{by}"));
            line(&mut out, &wrapped("  ", &text)).map_err(file)?;
        }
        let first = check.propose.first().map(|first| proposal(first, lang));
        if let Some(first) = first {
            let text = lang.pick(format!("Cấp phát trước: {first}"), format!("Dispense first: {first}"));
            line(&mut out, &wrapped("  ", &text)).map_err(file)?;
        }
    }
    Ok(ExitCode::from(if stopped { 4 } else { 0 }))
}

fn read(args: &Args, lang: Lang, json: bool) -> Result<ExitCode, String> {
    let today = args.today.or_else(|| medlot_sdk::today::today_at(UTC_OFFSET));
    let today = today.ok_or("the clock was never set: give --today YYYY-MM-DD")?;
    let mut out = std::io::stdout().lock();
    let mut worst = 0;
    let mut one = |raw: &str| -> Result<(), String> {
        let answer = if args.jsonl {
            // What is asked a line at a time is answered a line at a time; the outcome stands in the answer.
            return line(&mut out, &scan_json_line(raw, today).map_err(|e| format!("standard input: {e}"))?);
        } else {
            scan_json(raw, args.gs.as_deref(), today)
        };
        worst = worst.max(gravity(&answer));
        if json {
            return line(&mut out, &answer.to_string());
        }
        show(&mut out, raw, &answer, lang)
    };
    if args.code.is_empty() {
        let input = std::io::stdin();
        if input.is_terminal() {
            eprintln!(
                "{}",
                if lang == Lang::Vi {
                    "Quét hoặc gõ, mỗi dòng một mã (Ctrl-D để kết thúc)"
                } else {
                    "Scan or type, one code a line (Ctrl-D ends)"
                }
            );
        }
        for raw in input.lock().lines() {
            let raw = raw.map_err(|e| format!("standard input: {e}"))?;
            if !raw.is_empty() {
                one(&raw)?;
            }
        }
    }
    for raw in &args.code {
        one(raw)?;
    }
    // The order of gravity is not that of the codes: refused is worse than undecided.
    Ok(ExitCode::from([0, 2, 1].get(worst).copied().unwrap_or(3)))
}

/// 0 read, 1 a person decides or not GS1, 2 refused.
fn gravity(answer: &Value) -> usize {
    match answer.get("outcome").and_then(Value::as_str) {
        Some("read") => 0,
        Some("refused") => 2,
        _ => 1,
    }
}

fn line(out: &mut impl Write, text: &str) -> Result<(), String> {
    writeln!(out, "{text}").map_err(|e| format!("standard output: {e}"))
}

fn show(out: &mut impl Write, raw: &str, answer: &Value, lang: Lang) -> Result<(), String> {
    let outcome = answer.get("outcome").and_then(Value::as_str).unwrap_or_default();
    line(out, &format!("{}: {}", lang.word(outcome), raw.escape_debug()))?;
    if let Some(item) = answer.as_object() {
        fields(out, item, lang, "  ")?;
    }
    for (key, word) in [("candidates", "candidate"), ("alternatives", "alternative")] {
        for (i, candidate) in answer.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            line(out, &format!("  {} {}", lang.word(word), i + 1))?;
            if let Some(item) = candidate.as_object() {
                fields(out, item, lang, "    ")?;
            }
        }
    }
    Ok(())
}

fn fields(out: &mut impl Write, item: &Map<String, Value>, lang: Lang, indent: &str) -> Result<(), String> {
    for key in [
        "gtin",
        "product",
        "lot",
        "expiry",
        "serial",
        "system",
        "text",
        "repairs",
        "warnings",
        "unchecked",
        "incomplete",
    ] {
        let text = match item.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) if !list.is_empty() => {
                list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            _ => continue,
        };
        let month = key == "expiry" && item.get("expiry_whole_month") == Some(&Value::Bool(true));
        let month = if month { format!(" ({})", lang.word("whole_month")) } else { String::new() };
        line(out, &format!("{indent}{}: {text}{month}", lang.word(key)))?;
    }
    if let Some(message) = item.get("error").and_then(|e| e.get("message")).and_then(Value::as_str) {
        line(out, &format!("{indent}{}: {message}", lang.word("error")))?;
    }
    Ok(())
}
