//! `medlot record`, `seal`, `handover`, `receive`, `reverse`, `attest`, `movements`.
use crate::context::{Context, OutArg};
use crate::io;
use crate::table;
use medlot_sdk::authority::Written;
use medlot_sdk::correct::{self, Note};
use medlot_sdk::counter;
use medlot_sdk::desk::Desk;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::fields::{self, Fields};
use medlot_sdk::medlot_core::time::Date;
use medlot_sdk::movements::{self, MovementsQuery};
use medlot_sdk::stock::{self, HandoverPlan, ReceivePlan};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// One pack, from scans or by hand: what a movement and a count line both begin with.
#[derive(clap::Args)]
pub(crate) struct PackArgs {
    /// What the scanner sent; several scans of one pack complete each other.
    #[arg(long)]
    scan: Vec<String>,
    /// Which reading of the scan, where several are possible (from 1).
    #[arg(long)]
    pick: Option<usize>,
    /// scheme:value: gtin, registration, permit, national, local.
    #[arg(long)]
    product: Option<String>,
    /// Lot number; none where none is printed.
    #[arg(long)]
    lot: Option<String>,
    /// YYYY-MM-DD, YYYY-MM or none.
    #[arg(long)]
    expiry: Option<String>,
    /// Serial number.
    #[arg(long)]
    serial: Option<String>,
    /// Smallest dispensing units, or parts such as "31/10 dose".
    #[arg(long)]
    quantity: Option<String>,
    /// Where it stands: available or hold.
    #[arg(long)]
    from: Option<String>,
    /// Whose medicine: programme, insurance, owner.
    #[arg(long)]
    fund: Option<String>,
    /// Vaccine vial monitor, 1 to 4.
    #[arg(long)]
    vvm: Option<u8>,
    /// Staff code; never a name.
    #[arg(long)]
    operator: Option<String>,
    /// Made on, YYYY-MM-DD.
    #[arg(long)]
    made_on: Option<String>,
    /// What the scanner sends for the GS separator; that of medlot.toml otherwise.
    #[arg(long)]
    gs: Option<String>,
}

impl PackArgs {
    /// Adds what the pack says to the other fields given.
    pub(crate) fn fields(self, desk: &Desk, context: &Context, rest: Fields) -> Result<Fields> {
        let mut given = Fields {
            product: self.product,
            lot: self.lot,
            expiry: self.expiry,
            serial: self.serial,
            quantity: self.quantity,
            from: self.from,
            fund: self.fund,
            vvm: self.vvm,
            operator: self.operator,
            made_on: self.made_on,
            ..rest
        };
        let gs = self.gs.or_else(|| desk.folder().config().scanner_gs.clone());
        let today = today(context)?;
        for raw in &self.scan {
            given.scan(raw, gs.as_deref(), today, self.pick)?;
        }
        Ok(given)
    }
}

/// `medlot record …`: one movement, from a scan or from fields.
#[derive(clap::Args)]
pub(crate) struct RecordArgs {
    /// in, out or move.
    direction: String,
    #[command(flatten)]
    pack: PackArgs,
    /// The reason: supplier, retail, hold, … or a number.
    #[arg(long)]
    reason: Option<String>,
    /// Store inside the facility; the main one otherwise.
    #[arg(long)]
    store: Option<String>,
    /// A move's target store; main for the main one.
    #[arg(long)]
    to_store: Option<String>,
    /// A move's target: available or hold.
    #[arg(long)]
    to: Option<String>,
    /// A move's target fund; none for none.
    #[arg(long)]
    to_fund: Option<String>,
    /// A move's target stage; 0 for none.
    #[arg(long)]
    to_vvm: Option<u8>,
    /// The other side: facility:…, gln:…, tax:…, national:…, described:….
    #[arg(long)]
    counterparty: Option<String>,
    /// kind:number, such as invoice:HD-41; up to two.
    #[arg(long = "document")]
    documents: Vec<String>,
    /// Value in the currency's smallest unit, as on the document.
    #[arg(long)]
    amount: Option<u64>,
    /// The amount includes tax.
    #[arg(long)]
    tax_included: bool,
    /// SSCC-18.
    #[arg(long)]
    logistic_unit: Option<String>,
    /// The facility's own reason.
    #[arg(long)]
    local_reason: Option<String>,
    /// When it took place, RFC 3339, where it is written down later.
    #[arg(long)]
    effective_at: Option<String>,
    /// Record that a recalled, expired, held or spoilt pack was given all the same: it is then a finding.
    #[arg(long)]
    anyway: bool,
}

/// The day around which two-digit years are read.
pub(crate) fn today(context: &Context) -> Result<Date> {
    context.now()?.date_at(420).ok_or_else(|| Error::argument("now: lies beyond the dates that records hold"))
}

pub(crate) fn record(args: RecordArgs, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let rest = Fields {
        reason: args.reason,
        store: args.store,
        to_store: args.to_store,
        to: args.to,
        to_fund: args.to_fund,
        to_vvm: args.to_vvm,
        counterparty: args.counterparty,
        documents: args.documents,
        amount: args.amount,
        tax_included: args.tax_included,
        logistic_unit: args.logistic_unit,
        local_reason: args.local_reason,
        effective_at: args.effective_at,
        ..Fields::default()
    };
    let given = args.pack.fields(&desk, context, rest)?;
    let direction = fields::direction(&args.direction)?;
    let said = counter::record(&mut desk, direction, &given, args.anyway, context.lang.sdk())?;
    context.say("recorded", &said)
}

/// `medlot seal`: seals what stands; with --out gives a bundle of a range.
#[derive(clap::Args)]
pub(crate) struct SealArgs {
    /// Index of the first record to give out.
    #[arg(long, default_value_t = 0)]
    first: u32,
    #[command(flatten)]
    out: OutArg,
}

pub(crate) fn seal(args: &SealArgs, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let (count, head) = desk.seal()?;
    let said = json!({"log": desk.log().id().to_string(), "count": count, "head": head.to_string()});
    if args.out.out.is_empty() {
        return context.say("sealed", &said);
    }
    let object = stock::extract(&desk, args.first)?;
    context.deliver("sealed", &Written { object, list: None, said }, &args.out)
}

/// `medlot handover`: sends lines to somebody as one code.
#[derive(clap::Args)]
pub(crate) struct HandoverArgs {
    /// To whom: facility:CODE, gln:…, tax:…, national:…, described:….
    #[arg(long)]
    to: String,
    /// A line: QUANTITY=SCAN, or QUANTITY=scheme:value;lot;expiry.
    #[arg(long = "line", required = true)]
    lines: Vec<String>,
    /// The value of each line, in the same order, in the currency's smallest unit.
    #[arg(long = "amount")]
    amounts: Vec<u64>,
    /// The amounts include tax.
    #[arg(long)]
    tax_included: bool,
    /// wholesale, transfer, return_to_supplier, … or a number.
    #[arg(long, default_value = "wholesale")]
    reason: String,
    /// kind:number, such as delivery_note:DN-7; up to two.
    #[arg(long = "document")]
    documents: Vec<String>,
    /// Staff code of who hands over.
    #[arg(long)]
    operator: Option<String>,
    /// Put amounts and operator into the code, where whoever sees it can read them.
    #[arg(long)]
    show_detail: bool,
    /// What the scanner sends for the GS separator; that of medlot.toml otherwise.
    #[arg(long)]
    gs: Option<String>,
    /// Hand over a recalled, expired, held or spoilt lot all the same: it is then a finding.
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    out: OutArg,
}

pub(crate) fn handover(args: HandoverArgs, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let gs = args.gs.or_else(|| desk.folder().config().scanner_gs.clone());
    let today = today(context)?;
    if args.amounts.len() > args.lines.len() {
        return Err(Error::argument("amount: more amounts than lines"));
    }
    let mut lines = Vec::new();
    for (at, text) in args.lines.iter().enumerate() {
        let mut line =
            fields::line(text, gs.as_deref(), today).map_err(|error| error.of_line(at + 1, context.lang.sdk()))?;
        line.amount = args.amounts.get(at).copied();
        line.tax_included = args.tax_included;
        lines.push(line);
    }
    if !args.anyway {
        counter::stop_lines(&mut desk, &args.reason, &lines, context.lang.sdk())?;
    }
    let plan = HandoverPlan {
        to: args.to,
        reason: Some(args.reason),
        documents: args.documents,
        lines,
        operator: args.operator,
        show_detail: args.show_detail,
    };
    let (object, said) = stock::handover(&mut desk, &plan)?;
    context.deliver("handed_over", &Written { object, list: None, said }, &args.out)
}

/// `medlot receive`: takes a hand-over into stock, line by line.
#[derive(clap::Args)]
pub(crate) struct ReceiveArgs {
    /// The hand-over: a file, -, or QR pictures.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What came of a line where it isn't what was sent: LINE=QUANTITY, lines from 1. What is short stays in transit.
    #[arg(long = "got", value_name = "LINE=QUANTITY")]
    got: Vec<String>,
    /// What is refused of a line: LINE=QUANTITY:REASON, such as 1=100:damaged.
    #[arg(long = "refuse", value_name = "LINE=QUANTITY:REASON")]
    refuse: Vec<String>,
    /// The stage that the vaccine vial monitor of a line shows, where it isn't what the sender wrote; 0 for none.
    #[arg(long = "vvm", value_name = "LINE=STAGE")]
    vvm: Vec<String>,
    /// supplier, transfer, donation, … or a number.
    #[arg(long, default_value = "supplier")]
    reason: String,
    /// The facility's own document, kind:number; the sender's otherwise.
    #[arg(long)]
    document: Option<String>,
    /// Staff code of who receives.
    #[arg(long)]
    operator: Option<String>,
    /// Record what came although something can't be checked here, or a warning stands.
    #[arg(long)]
    despite_warnings: bool,
}

fn line_of(text: &str, form: &str) -> Result<(usize, String)> {
    let bad = || Error::argument(format!("{text:?}: give {form}"));
    let (line, rest) = text.split_once('=').ok_or_else(bad)?;
    Ok((line.parse().map_err(|_| bad())?, rest.to_owned()))
}

pub(crate) fn receive(args: ReceiveArgs, context: &Context) -> Result<ExitCode> {
    let objects = io::read_all(&args.files)?;
    let got = args.got.iter().map(|t| line_of(t, "LINE=QUANTITY")).collect::<Result<Vec<_>>>()?;
    let refuse = args.refuse.iter().map(|text| {
        let (line, rest) = line_of(text, "LINE=QUANTITY:REASON")?;
        let (quantity, reason) = rest.split_once(':').unwrap_or((&rest, "other"));
        Ok((line, quantity.to_owned(), reason.to_owned()))
    });
    let vvm = args.vvm.iter().map(|text| {
        let (line, stage) = line_of(text, "LINE=STAGE")?;
        Ok((line, stage.parse().map_err(|_| Error::argument(format!("vvm: {stage:?}; give 0 to 4")))?))
    });
    let plan = ReceivePlan {
        got,
        vvm: vvm.collect::<Result<Vec<_>>>()?,
        refuse: refuse.collect::<Result<Vec<_>>>()?,
        reason: Some(args.reason),
        document: args.document,
        operator: args.operator,
        despite_warnings: args.despite_warnings,
    };
    let mut desk = context.desk()?;
    let mut said = Value::Null;
    for object in &objects {
        said = stock::receive(&mut desk, object, &plan)?;
    }
    context.say("received", &said)
}

/// `medlot reverse`: takes back what was written wrongly.
#[derive(clap::Args)]
pub(crate) struct ReverseArgs {
    /// The record: its index in the own log, or log:index:id of another device of the facility.
    record: String,
    /// How much of it is taken back in all, earlier reversals included; the whole otherwise.
    #[arg(long)]
    total: Option<u32>,
    #[command(flatten)]
    note: NoteArgs,
}

#[derive(clap::Args)]
struct NoteArgs {
    /// Staff code; never a name.
    #[arg(long)]
    operator: Option<String>,
    /// kind:number, such as complaint:K-3.
    #[arg(long)]
    document: Option<String>,
    /// The facility's own reason.
    #[arg(long)]
    local_reason: Option<String>,
}

impl From<NoteArgs> for Note {
    fn from(args: NoteArgs) -> Self {
        Self { operator: args.operator, document: args.document, local_reason: args.local_reason }
    }
}

pub(crate) fn reverse(args: ReverseArgs, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let lang = context.lang.sdk();
    context.say("recorded", &counter::reverse(&mut desk, &args.record, args.total, &args.note.into(), lang)?)
}

/// `medlot attest`: says something of a record, in a capacity.
#[derive(clap::Args)]
pub(crate) struct AttestArgs {
    /// The record: its index in the own log, or log:index:id of another.
    record: String,
    /// witness_of_destruction, pharmacist_in_charge, receiver, inspector, loss_reported, or a number.
    #[arg(long)]
    capacity: String,
    /// It is refused, not confirmed.
    #[arg(long)]
    refused: bool,
    #[command(flatten)]
    note: NoteArgs,
}

pub(crate) fn attest(args: AttestArgs, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let said = correct::attest(&mut desk, &args.record, &args.capacity, args.refused, &args.note.into())?;
    context.say("recorded", &said)
}

/// `medlot movements`.
#[derive(clap::Args)]
pub(crate) struct MovementsArgs {
    /// One JSON object a line.
    #[arg(long)]
    jsonl: bool,
    /// Only the own facility's.
    #[arg(long)]
    own: bool,
    /// movement, reversal, refuse, attest; without it all but attestations.
    #[arg(long = "kind", value_name = "KIND", value_parser = movements::KINDS)]
    kinds: Vec<String>,
}

pub(crate) fn movements(args: &MovementsArgs, context: &Context) -> Result<ExitCode> {
    let folder = context.folder()?;
    // A hub writes no log of its own; what a device wrote and didn't seal yet is in its library.
    let library = Library::of_folder(&folder)?;
    let evidence = Evidence::of(&library)?;
    let kinds = if args.kinds.is_empty() {
        vec!["movement", "reversal", "refuse"]
    } else {
        args.kinds.iter().map(String::as_str).collect()
    };
    let query = MovementsQuery {
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        facility: args.own.then(|| folder.config().facility.clone()),
        ..MovementsQuery::default()
    };
    let rows = movements::movements(&evidence, &query)?;
    if args.jsonl {
        for row in &rows {
            println!("{row}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    if context.json {
        return context.say("movements", &json!({ "movements": rows }));
    }
    show(&rows, context);
    Ok(ExitCode::SUCCESS)
}

/// A table for people.
fn show(rows: &[Value], context: &Context) {
    const COLUMNS: [&str; 9] =
        ["recorded_at", "facility", "direction", "reason", "quantity", "product", "lot", "expiry", "counts"];
    let cell = |row: &Value, key: &str| match row.get(key) {
        Some(Value::String(text)) => context.lang.word(text).to_owned(),
        Some(Value::Object(map)) => {
            map.iter().map(|(k, v)| format!("{k}:{}", v.as_str().unwrap_or_default())).collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
        None if key == "direction" => {
            row.get("kind").and_then(Value::as_str).map_or_else(String::new, |k| context.lang.word(k).to_owned())
        }
        None if key == "counts" => context.lang.word("unsealed").to_owned(),
        None if key == "quantity" => row.get("parts").map_or_else(String::new, |p| {
            format!("{p}/{}", row.get("parts_per_unit").map_or_else(String::new, ToString::to_string))
        }),
        None => String::new(),
    };
    let mut lines = vec![COLUMNS.map(|c| context.lang.word(c).to_owned()).to_vec()];
    lines.extend(rows.iter().map(|row| COLUMNS.map(|key| cell(row, key)).to_vec()));
    for line in table::lines(&lines, &[]) {
        println!("{line}");
    }
}
