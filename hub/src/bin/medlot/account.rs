//! `medlot stock`, `card`, `trace`, `findings`, `report`.
use crate::context::Context;
use crate::stock::today;
use crate::table::{lines, wrapped};
use medlot_sdk::account::{
    Account, FindingsQuery, LotQuery, NEAR_EXPIRY_DAYS, Opened, ReportKind, ReportQuery, SentReport, StockAnswer,
    StockQuery, StockRow, control_of, half_of,
};
use medlot_sdk::counter::proposal;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::fields::Fields;
use medlot_sdk::folder::Folder;
use medlot_sdk::lang::Lang;
use medlot_sdk::medlot_core::ledger::report::{Control, Half, Span};
use medlot_sdk::medlot_core::movement::reasons;
use medlot_sdk::medlot_core::time::{Date, Days};
use serde_json::{Value, json};
use std::process::ExitCode;

fn date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).map_err(|e| e.to_string())
}

/// Which product and lot: by hand or by a scan of a pack.
#[derive(clap::Args)]
pub(crate) struct LotArgs {
    /// scheme:value: gtin, registration, permit, national, local.
    #[arg(long)]
    product: Option<String>,
    /// Lot number; none where none is printed.
    #[arg(long)]
    lot: Option<String>,
    /// What the scanner sent; several scans of one pack complete each other.
    #[arg(long)]
    scan: Vec<String>,
    /// Which reading of the scan, where several are possible (from 1).
    #[arg(long)]
    reading: Option<usize>,
    /// What the scanner sends for the GS separator; that of medlot.toml otherwise.
    #[arg(long)]
    gs: Option<String>,
}

impl LotArgs {
    /// Product and lot, as far as they are given.
    fn named(&self, folder: &Folder, context: &Context) -> Result<(Option<String>, Option<String>)> {
        let mut fields = Fields { product: self.product.clone(), lot: self.lot.clone(), ..Fields::default() };
        let gs = self.gs.clone().or_else(|| folder.config().scanner_gs.clone());
        for raw in &self.scan {
            fields.scan(raw, gs.as_deref(), today(context)?, self.reading)?;
        }
        Ok((fields.product, fields.lot))
    }

    fn query(&self, folder: &Folder, context: &Context, facility: Option<String>) -> Result<LotQuery> {
        let (product, lot) = self.named(folder, context)?;
        let product =
            product.ok_or_else(|| Error::argument("product: missing; give --product scheme:value, or --scan"))?;
        Ok(LotQuery { facility, product, lot })
    }
}

/// `medlot stock`: what is here, what of it may be dispensed, and what to do.
#[derive(clap::Args)]
pub(crate) struct StockArgs {
    #[command(flatten)]
    what: LotArgs,
    /// The facility; the own one otherwise.
    #[arg(long)]
    facility: Option<String>,
    /// Only this store; main for the main one.
    #[arg(long)]
    store: Option<String>,
    /// The legal day that decides what is expired; that of now otherwise.
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,
    /// Which lots to dispense so much from, 30 or 7/10 dose: what expires first goes first.
    #[arg(long, value_name = "QUANTITY", conflicts_with = "expiring")]
    pick: Option<String>,
    /// Of --pick: only parts of units that are opened, to throw them away.
    #[arg(long, requires = "pick")]
    opened: bool,
    /// Only what expires within so many days, or by a date; what has expired too.
    #[arg(long, value_name = "DAYS|DATE")]
    expiring: Option<String>,
    /// Also lots of which nothing is left.
    #[arg(long)]
    all: bool,
    /// One JSON object a line.
    #[arg(long)]
    jsonl: bool,
}

/// The day that so many days from today are, or the date given.
fn until(text: &str, today: Date) -> Result<Date> {
    let beyond = || Error::argument(format!("expiring: {text}; give days up to 36500, or YYYY-MM-DD"));
    match text.parse::<u16>() {
        Ok(days) => {
            let from = Days::of(today).ok_or_else(beyond)?;
            from.get().checked_add(days).and_then(|day| Days::new(day).date()).ok_or_else(beyond)
        }
        Err(_) => Date::parse(text).map_err(|_| beyond()),
    }
}

pub(crate) fn stock(args: &StockArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    let mut account = Account::of_folder(&folder, Some(context.now()?))?;
    let (product, lot) = args.what.named(&folder, context)?;
    let today = args.today.map_or_else(|| account.today(), Ok)?;
    let query = StockQuery {
        facility: args.facility.clone(),
        store: args.store.clone(),
        product,
        lot,
        today: Some(today),
        until: args.expiring.as_deref().map(|text| until(text, today)).transpose()?,
        empty_too: args.all,
    };
    let lang = context.lang.sdk();
    if let Some(quantity) = &args.pick {
        let picked = if args.opened { account.pick_opened(&query, quantity) } else { account.pick(&query, quantity) }?;
        let said = json!({"product": query.product, "wanted": quantity, "pick": picked.lines, "missing": picked.missing.count()});
        if context.json || args.jsonl {
            return context.say("pick", &said);
        }
        let rows: Vec<Vec<String>> = picked
            .lines
            .iter()
            .map(|line| {
                vec![line.get("take").and_then(Value::as_str).unwrap_or_default().to_owned(), proposal(line, lang)]
            })
            .collect();
        print(&lines(&rows, &[0]))?;
        if picked.missing.count() > 0 {
            let n = picked.missing;
            print(&[lang.pick(format!("Còn thiếu {n}"), format!("{n} missing"))])?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let answer = account.stock(&query, lang)?;
    if args.jsonl {
        return print(&answer.rows_json().iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if context.json {
        let said = json!({"facility": answer.facility, "today": answer.today.to_string(), "stock": answer.rows_json()});
        return context.say("stock", &said);
    }
    let soon = args.expiring.as_deref().and_then(|text| text.parse().ok()).unwrap_or(NEAR_EXPIRY_DAYS);
    print(&stock_table(&answer, soon, lang))
}

/// Lines to standard output.
fn print(lines: &[String]) -> Result<ExitCode> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}").map_err(|e| Error::file(std::path::Path::new("standard output"), &e))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whole units and what is left of an opened one: 38 1/2.
fn amount(units: i64, parts: &[Opened]) -> String {
    let open: Vec<String> = parts.iter().map(|parts| format!("{}/{}", parts.left.count, parts.left.per_unit)).collect();
    match (units, open.is_empty()) {
        (units, true) => units.to_string(),
        (0, false) => open.join(" + "),
        (units, false) => format!("{units} {}", open.join(" + ")),
    }
}

/// Stock as a person reads it: by product, what is to be dispensed first on top, and under each lot what to do.
fn stock_table(answer: &StockAnswer, soon: u16, lang: Lang) -> Vec<String> {
    let mut out = vec![lang.pick(
        format!("Tồn kho của {}, ngày {}", answer.facility, answer.today),
        format!("Stock of {}, {}", answer.facility, answer.today),
    )];
    if answer.rows.is_empty() {
        out.push(lang.pick("  không có gì", "  nothing").to_owned());
    }
    let any = |has: fn(&StockRow) -> bool| answer.rows.iter().any(has);
    let shown = [any(|r| r.store.is_some()), any(|r| r.fund.is_some()), any(|r| r.vvm.is_some())];
    let mut head = vec![String::new(), lang.pick("Lô", "Lot").into(), lang.pick("Hạn dùng", "Expiry").into()];
    let optional = [lang.pick("Kho", "Store"), lang.pick("Nguồn", "Fund"), "VVM"];
    head.extend(optional.iter().zip(shown).filter(|(_, shown)| *shown).map(|(name, _)| (*name).to_owned()));
    let right = [head.len(), head.len() + 1];
    head.extend([lang.pick("Tồn", "On hand").into(), lang.pick("Dùng được", "Usable").into()]);
    let mut rows = vec![head];
    for row in &answer.rows {
        let main = || lang.pick("chính", "main").to_owned();
        let optional = [
            row.store.clone().unwrap_or_else(main),
            row.fund.clone().unwrap_or_default(),
            row.vvm.map_or_else(String::new, |stage| stage.to_string()),
        ];
        let expiry = row.expiry.last_usable().map_or_else(|| "–".to_owned(), |day| day.to_string());
        let mut cells = vec![String::new(), row.lot.clone().unwrap_or_else(|| "–".into()), expiry];
        cells.extend(optional.into_iter().zip(shown).filter(|(_, shown)| *shown).map(|(cell, _)| cell));
        cells.extend([amount(row.on_hand, &row.parts), row.available.to_string()]);
        rows.push(cells);
    }
    let mut text = lines(&rows, &right).into_iter();
    out.extend(text.next().filter(|_| !answer.rows.is_empty()));
    let mut product = "";
    for (line, row) in text.zip(&answer.rows) {
        if row.product != product {
            product = &row.product;
            out.push(product.to_owned());
        }
        out.push(line);
        out.extend(row.advice(answer.today, soon, lang).iter().map(|advice| wrapped("     ! ", advice)));
    }
    out.extend(incomplete(&answer.incomplete, lang));
    out
}

/// What is missing for an answer to be whole.
fn incomplete(missing: &[Value], lang: Lang) -> Vec<String> {
    let text = |missing: &Value| missing.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    let first = lang.pick("Chưa đầy đủ: ", "Not whole: ");
    missing.iter().map(|missing| wrapped(first, &text(missing))).collect()
}

/// `medlot card`: the stock card of a lot.
#[derive(clap::Args)]
pub(crate) struct CardArgs {
    #[command(flatten)]
    what: LotArgs,
    /// The facility; the own one otherwise.
    #[arg(long)]
    facility: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    jsonl: bool,
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// An amount of a JSON row: units, and `key_parts`.
fn amount_of(row: &Value, key: &str) -> String {
    let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_i64).unwrap_or(0);
    let parts = row.get(format!("{key}_parts")).and_then(Value::as_array);
    let open =
        parts.into_iter().flatten().map(|parts| format!("{}/{}", number(parts, "count"), number(parts, "per_unit")));
    let open: Vec<String> = open.collect();
    match (number(row, key), open.is_empty()) {
        (units, true) => units.to_string(),
        (0, false) => open.join(" + "),
        (units, false) => format!("{units} {}", open.join(" + ")),
    }
}

fn product_text(row: &Value) -> String {
    let product = row.get("product").and_then(Value::as_object).into_iter().flatten().next();
    product.map_or_else(String::new, |(scheme, value)| format!("{scheme}:{}", value.as_str().unwrap_or_default()))
}

pub(crate) fn card(args: &CardArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    let query = args.what.query(&folder, context, args.facility.clone())?;
    let card = Account::of_folder(&folder, Some(context.now()?))?.card(&query)?;
    if args.jsonl {
        return print(&card.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if context.json {
        return context.say("card", &json!({ "card": card }));
    }
    let lang = context.lang.sdk();
    let mut out = Vec::new();
    for lot in card.chunk_by(|a, b| a.get("lot") == b.get("lot") && a.get("product") == b.get("product")) {
        let Some(first) = lot.first() else { continue };
        out.push(lang.pick(
            format!("Thẻ kho {} lô {}", product_text(first), text(first, "lot")),
            format!("Stock card of {} lot {}", product_text(first), text(first, "lot")),
        ));
        let heads = lang.pick(
            ["Lúc (UTC)", "Diễn giải", "Kho", "Chứng từ", "Thay đổi", "Tồn"],
            ["Time (UTC)", "What", "Store", "Document", "Change", "Balance"],
        );
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(lot.iter().map(|row| {
            let what = if row.get("counted").is_some() {
                lang.pick("kiểm kê", "count").to_owned()
            } else {
                let reason = context.lang.word(text(row, "reason"));
                format!("{} {reason}", context.lang.word(text(row, "direction")))
            };
            let document = row.pointer("/documents/0/number").and_then(Value::as_str).unwrap_or_default();
            let hold = if text(row, "bucket") == "hold" { lang.pick(" (giữ)", " (hold)") } else { "" };
            let change = amount_of(row, "change");
            let plus = if change.starts_with('-') || change == "0" { "" } else { "+" };
            let time = text(row, "time").get(..16).unwrap_or_default().replace('T', " ");
            let store = format!("{}{hold}", text(row, "store"));
            vec![time, what, store, document.to_owned(), format!("{plus}{change}"), amount_of(row, "balance")]
        }));
        out.extend(lines(&rows, &[4, 5]));
    }
    print(&out)
}

/// `medlot trace`: where a lot went and where it came from.
#[derive(clap::Args)]
pub(crate) struct TraceArgs {
    #[command(flatten)]
    what: LotArgs,
}

pub(crate) fn trace(args: &TraceArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    let query = args.what.query(&folder, context, None)?;
    let lang = context.lang.sdk();
    let trace = Account::of_folder(&folder, Some(context.now()?))?.trace(&query, lang)?;
    if context.json {
        return context.say("trace", &trace);
    }
    let lot = text(&trace, "lot");
    let mut out =
        vec![lang.pick(
            format!("Đường đi của {} lô {lot}", query.product),
            format!("The way of {} lot {lot}", query.product),
        )];
    let list = |key: &str| trace.get(key).and_then(Value::as_array).into_iter().flatten();
    let number = |row: &Value, key: &str| row.get(key).and_then(Value::as_u64).unwrap_or(0);
    let mut rows = Vec::new();
    for edge in list("edges") {
        let (quantity, received) = (number(edge, "quantity"), number(edge, "received"));
        let from = context.lang.word(text(edge, "from"));
        let route = match edge.get("made_from") {
            Some(made) => lang.pick(
                format!("{from}: làm từ {} lô {}", product_text(made), text(made, "lot")),
                format!("{from}: made from {} lot {}", product_text(made), text(made, "lot")),
            ),
            None => format!("{from} → {}", text(edge, "to")),
        };
        let came = if received == quantity {
            lang.pick("nhận đủ", "all received").to_owned()
        } else {
            lang.pick(format!("nhận {received}"), format!("{received} received"))
        };
        rows.push(vec![String::new(), route, quantity.to_string(), came]);
    }
    if rows.is_empty() {
        out.push(lang.pick("  chưa thấy bản ghi nào của lô này", "  no record of this lot is here").to_owned());
    }
    out.extend(lines(&rows, &[2]));
    for node in list("nodes").filter(|node| node.get("known") == Some(&json!(false))) {
        let name = text(node, "facility");
        // Where goods came into being (manufactured, an opening balance) there is nothing before.
        if reasons::IN.number(name).is_none() {
            out.push(lang.pick(
                format!("  {name}: ở đây không có bản ghi, đường đi dừng tại đó"),
                format!("  {name}: no record of it is here, the trace ends there"),
            ));
        }
    }
    let missing: Vec<Value> = list("incomplete").cloned().collect();
    out.extend(incomplete(&missing, lang));
    print(&out)
}

/// `medlot findings`: what records disagree in, and what doesn't count.
#[derive(clap::Args)]
pub(crate) struct FindingsArgs {
    /// The facility, as sender or receiver; the own one otherwise.
    #[arg(long)]
    facility: Option<String>,
    /// Those of every facility here.
    #[arg(long, conflicts_with = "facility")]
    all: bool,
    /// After how many days without an answer a shipment is a finding.
    #[arg(long, default_value_t = 14)]
    answer_days: u16,
    /// A product that is a controlled medicine, scheme:value: its losses must be reported.
    #[arg(long = "controlled")]
    controlled: Vec<String>,
    /// One JSON object a line.
    #[arg(long)]
    jsonl: bool,
}

pub(crate) fn findings(args: FindingsArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    let lang = context.lang.sdk();
    let query = FindingsQuery {
        facility: args.facility,
        all: args.all,
        answer_days: args.answer_days,
        controlled: args.controlled,
    };
    let found = Account::of_folder(&folder, Some(context.now()?))?.findings(&query, lang)?;
    if args.jsonl {
        return print(&found.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if context.json {
        return context.say("findings", &json!({ "findings": found }));
    }
    if found.is_empty() {
        return print(&[lang.pick("Không phát hiện gì", "Nothing found").to_owned()]);
    }
    let mut out = Vec::new();
    for finding in &found {
        let code = finding.get("code").map_or_else(String::new, Value::to_string);
        out.push(wrapped(&format!("{code}  "), text(finding, "message")));
        let records = finding.get("records").and_then(Value::as_array).into_iter().flatten();
        let named = records.map(|record| {
            let log: String = text(record, "log").chars().take(8).collect();
            format!("{log}:{}", record.get("index").map_or_else(String::new, Value::to_string))
        });
        let named: Vec<String> = named.collect();
        if !named.is_empty() {
            let count = named.len();
            let mut shown = named.into_iter().take(6).collect::<Vec<_>>().join(", ");
            if count > 6 {
                shown += &format!(", … ({count})");
            }
            out.push(wrapped(&format!("      {} ", context.lang.word("records")), &shown));
        }
    }
    print(&out)
}

/// `medlot report KIND`: what is handed in or planned by.
#[derive(clap::Args)]
pub(crate) struct ReportArgs {
    /// Which: turnover (opening, in, out, closing of each lot: the national form), products (the same of each product),
    /// register and half-year (specially controlled medicines), correction (of a report that was sent), usage (consumption,
    /// months of stock, open-vial wastage), stock-outs, at-risk (expires soon, and its value), deliveries (from both ends).
    #[arg(value_parser = kind)]
    kind: ReportKind,
    /// The facility; the own one otherwise.
    #[arg(long)]
    facility: Option<String>,
    /// The month, YYYY-MM; instead of --from and --until.
    #[arg(long, value_parser = month, conflicts_with_all = ["from", "until", "half"])]
    month: Option<(Date, Date)>,
    /// So many whole months before this one; instead of --from and --until.
    #[arg(long, value_name = "N", conflicts_with_all = ["month", "from", "until", "half"])]
    months: Option<u16>,
    /// Half a year, 2026-1 or 2026-2.
    #[arg(long, value_parser = half, conflicts_with_all = ["from", "until"])]
    half: Option<(u16, Half)>,
    /// The first legal day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<Date>,
    /// The last legal day; today otherwise.
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,
    /// Only this store; main for the main one.
    #[arg(long)]
    store: Option<String>,
    /// Only this fund; own for the facility's own.
    #[arg(long)]
    fund: Option<String>,
    /// Only this product, scheme:value; may be given several times.
    #[arg(long = "product")]
    products: Vec<String>,
    /// A product that is specially controlled, scheme:value or narcotic=scheme:value (psychotropic, precursor, poison, banned,
    /// radioactive); may be given several times.
    #[arg(long, value_parser = controlled)]
    controlled: Vec<(String, Control)>,
    /// Of at-risk: within how many days from today.
    #[arg(long, value_name = "DAYS", default_value_t = NEAR_EXPIRY_DAYS)]
    within: u16,
    /// Of a correction: the report that was sent, as --json wrote it.
    #[arg(long, value_name = "FILE")]
    sent: Option<std::path::PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    jsonl: bool,
}

fn kind(text: &str) -> std::result::Result<ReportKind, String> {
    let names = || ReportKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    ReportKind::ALL.iter().copied().find(|kind| kind.name() == text).ok_or_else(|| format!("give one of {}", names()))
}

fn half(text: &str) -> std::result::Result<(u16, Half), String> {
    half_of(text).map_err(|e| e.message)
}

fn controlled(text: &str) -> std::result::Result<(String, Control), String> {
    control_of(text).map_err(|e| e.message)
}

fn month(text: &str) -> std::result::Result<(Date, Date), String> {
    let first = Date::parse(&format!("{text}-01")).map_err(|_| format!("{text:?}: give YYYY-MM"))?;
    let last = Date::last_of_month(first.year(), first.month()).map_err(|e| e.to_string())?;
    Ok((first, last))
}

pub(crate) fn report(args: &ReportArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    let lang = context.lang.sdk();
    let days = match args.months {
        Some(months) => {
            let span = Span::months_before(today(context)?, months)?;
            Some((span.from(), span.to()))
        }
        None => args.month,
    };
    let read = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file).map_err(|e| Error::file(file, &e))?;
        SentReport::parse(&text)
    };
    let unless = |text: &Option<String>, none: &str| text.clone().map(|text| Some(text).filter(|text| text != none));
    let query = ReportQuery {
        facility: args.facility.clone(),
        from: days.map(|days| days.0).or(args.from),
        until: days.map(|days| days.1).or(args.until),
        half: args.half,
        store: unless(&args.store, "main"),
        fund: unless(&args.fund, "own"),
        products: args.products.clone(),
        controlled: args.controlled.clone(),
        within: args.within,
        sent: args.sent.as_ref().map(read).transpose()?,
    };
    let report = Account::of_folder(&folder, Some(context.now()?))?.report(args.kind, &query, lang)?;
    if args.jsonl {
        return print(&report.rows.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if context.json {
        return context.say("report", &report.json());
    }
    let title = context.lang.word(report.kind.name());
    let mut out = vec![lang.pick(
        format!("{title}, {}, từ {} đến {}", report.facility, report.from, report.until),
        format!("{title}, {}, {} to {}", report.facility, report.from, report.until),
    )];
    let columns = report.kind.columns();
    let mut rows = vec![columns.iter().map(|column| context.lang.word(column).to_owned()).collect::<Vec<_>>()];
    for row in &report.rows {
        let cell = |key: &&str| match row.get(*key) {
            Some(Value::Number(_)) => amount_of(row, key),
            Some(Value::Object(_)) => product_text(row),
            Some(Value::String(of)) if *key == "reason" => context.lang.word(of).to_owned(),
            Some(Value::String(of)) if *key == "time" => of.get(..16).unwrap_or_default().replace('T', " "),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(spans)) if *key == "spans" => {
                let span = |of: &Value| format!("{} – {}", text(of, "from"), text(of, "until"));
                spans.iter().map(span).collect::<Vec<_>>().join(", ")
            }
            Some(Value::Array(causes)) if *key == "causes" => {
                let mut words: Vec<&str> = causes.iter().map(|of| context.lang.word(text(of, "why"))).collect();
                words.dedup();
                words.join(", ")
            }
            _ => String::new(),
        };
        rows.push(columns.iter().map(cell).collect());
    }
    let numbers: Vec<usize> = (0..columns.len())
        .filter(|at| {
            columns.get(*at).is_some_and(|key| report.rows.iter().any(|r| r.get(*key).is_some_and(Value::is_number)))
        })
        .collect();
    out.extend(lines(&rows, &numbers));
    if report.kind == ReportKind::HalfYear
        && let Some(due) = report.more.get("due").and_then(Value::as_str)
    {
        out.push(lang.pick(format!("Nộp trước hết ngày {due}"), format!("To be handed in by {due}")));
    }
    if report.provisional {
        out.push(
            lang.pick(
                "Tạm thời: còn thiết bị của cơ sở chưa đồng bộ đến hết kỳ",
                "Provisional: not every device of the facility is held past the last day",
            )
            .to_owned(),
        );
    }
    out.extend(incomplete(&report.incomplete, lang));
    print(&out)
}
