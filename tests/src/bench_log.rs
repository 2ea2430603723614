//! The own log on a disk: opening it to usable stock, appending, a long receipt.
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medlot_core::crypto::Suite;
use medlot_core::ident::{LotNumber, Product, Quantity};
use medlot_core::ledger::Ledger;
use medlot_core::movement::{Direction, Movement};
use medlot_core::record::{Entry, Roles};
use medlot_core::time::{Date, Expiry, Timestamp};
use medlot_sdk::authority::{self, EnrolPlan, RootPlan, ScopePlan};
use medlot_sdk::desk::{Desk, JoinPlan, encode};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::fields::Fields;
use medlot_sdk::folder::Folder;
use medlot_sdk::stock::{HandoverPlan, ReceivePlan, handover, receive};

use crate::figures::{Figure, Goal};
use crate::measures::took;
use crate::world::{Done, MOVE};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(217_000_000);
/// Records of the log that is opened.
const RECORDS: usize = 100_000;
/// Records between two seals there.
const SEALED: usize = 500;
/// Lots that they are of.
pub(crate) const LOTS: usize = 5_000;
/// Lines of a long delivery.
const LINES: usize = 1_231;

/// Folders of a root and what it enrols, removed at the end.
pub(crate) struct Folders {
    path: PathBuf,
    root: Desk,
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Folders {
    pub(crate) fn new() -> Done<Self> {
        let path = std::env::temp_dir().join(format!("medlot-bench-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        let root = path.join("root");
        fs::create_dir_all(&root)?;
        let plan =
            RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite: Suite::Ed25519, keys: 1 };
        authority::init(&root, &plan, NOW)?;
        Ok(Self { root: Desk::open(&root, NOW)?, path })
    }

    /// A device that is enrolled.
    pub(crate) fn device(&mut self, facility: &str) -> Done<(PathBuf, Desk)> {
        let path = self.path.join(facility);
        let invitation = authority::invite(&self.root, Some(facility), Roles::of(MOVE))?.object;
        let plan = JoinPlan { facility: None, roles: None, label: None, suite: Suite::Ed25519, outside_key: None };
        let (mut desk, request) = Desk::join(&path, &invitation, &plan, NOW)?;
        let plan = EnrolPlan { roles: None, scope: ScopePlan::Own, valid_from: None, valid_until: None, renews: None };
        desk.accept(&[authority::enrol(&mut self.root, &request, &plan)?.object])?;
        Ok((path, desk))
    }
}

/// A sale or a receipt, of 5,000 lots.
pub(crate) fn movement(n: usize) -> Done<Vec<u8>> {
    let (lot, first) = (n * 7_919 % LOTS, n < LOTS);
    let (product, number) = (format!("registration:89311{:07}", 1_000_000 + lot / 3), format!("LOT{lot:05}"));
    let expiry = Expiry::Day(Date::new(2029, 1 + (lot % 12) as u8, 28)?);
    let direction = if first { Direction::In } else { Direction::Out };
    let quantity = Quantity::units(if first { 50_000 } else { 1 + n as u32 % 30 })?;
    let (product, number) = (Product::parse(&product)?, Some(LotNumber::parse(&number)?));
    let movement = Movement::new(direction, 0, product, number, expiry, quantity);
    let at = Timestamp::from_secs(NOW.as_secs() + n as u32 * 60);
    Ok(encode(at, Entry::Movement { movement, extensions: None })?)
}

/// Writes 100,000 records, sealed in pieces.
pub(crate) fn fill(desk: &mut Desk) -> Done<()> {
    for first in (0..RECORDS).step_by(SEALED) {
        let records = (first..first + SEALED).map(movement).collect::<Done<Vec<_>>>()?;
        desk.append(&records)?;
        desk.seal()?;
    }
    Ok(())
}

/// From a file to usable stock, and where the time goes.
fn opening(folders: &mut Folders) -> Done<Vec<Figure>> {
    let (path, mut desk) = folders.device("VN-OPEN")?;
    fill(&mut desk)?;
    drop(desk);
    let mut best: Option<[Duration; 4]> = None;
    for _ in 0..3 {
        let times = open(&path)?;
        if best.is_none_or(|best| times.iter().sum::<Duration>() < best.iter().sum::<Duration>()) {
            best = Some(times);
        }
    }
    let best = best.unwrap_or_default();
    let total = best.iter().sum::<Duration>().as_secs_f64();
    let parts = [
        ("recover", "file read, frames and chain held to it"),
        ("verify", "of it: seals verified"),
        ("judge", "of it: each record decoded and judged"),
        ("ledger", "of it: applied, settled, every lot's stock asked"),
    ];
    let mut figures = vec![
        Figure::new(
            "open.total",
            total,
            "s",
            "a log of 100,000 records, a seal each 500, to usable stock; processor time, file in the cache",
        )
        .goal(Goal::AtMost(0.3)),
    ];
    for ((name, condition), time) in parts.into_iter().zip(best) {
        figures.push(Figure::new(format!("open.{name}"), time.as_secs_f64(), "s", condition));
    }
    Ok(figures)
}

fn open(path: &Path) -> Done<[Duration; 4]> {
    medlot_sdk::forget_seals(); // each opening is a process's first
    let (recovered, library) = took(|| Folder::open(path).and_then(|folder| Library::of_folder(&folder)));
    let library = library?;
    let (verified, evidence) = took(|| Evidence::of(&library));
    let evidence = evidence?;
    let judge = |each: &mut dyn FnMut(&medlot_core::trust::Verified<'_>)| {
        evidence.judge(|evaluation| {
            for part in evidence.parts() {
                part.judge(evaluation, |_, _, judged| {
                    if let Some(verified) = judged.verified() {
                        each(&verified);
                    }
                });
            }
        })
    };
    let (mut records, mut ledger) = (0, Ledger::new());
    let (judged, done) = took(|| judge(&mut |_| records += 1));
    done?;
    let (all, done) = took(|| {
        judge(&mut |verified| {
            ledger.apply(verified);
        })?;
        let settled = ledger.settled();
        Ok::<_, medlot_sdk::error::Error>(settled.lots("VN-OPEN").iter().map(|lot| lot.units(false)).sum::<i64>())
    });
    if done? <= 0 || records < RECORDS {
        return Err(format!("{records} records were opened").into());
    }
    Ok([recovered, verified, judged, all.saturating_sub(judged)])
}

/// One record appended and durable, beside as many bytes written and synchronised.
fn append(folders: &mut Folders) -> Done<Figure> {
    const TURNS: usize = 60;
    let (path, mut desk) = folders.device("VN-APPEND")?;
    let log = desk.log().id().to_string();
    let file = path.join("logs").join(format!("{log}.mlog"));
    let bare_path = path.join("bare");
    let mut bare = OpenOptions::new().create(true).append(true).open(&bare_path)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 0..TURNS {
        let record = [movement(n)?];
        let before = fs::metadata(&file)?.len();
        let from = Instant::now();
        desk.append(&record)?;
        ours.push(from.elapsed());
        let written = usize::try_from(fs::metadata(&file)?.len() - before)?;
        theirs.push(bare_write(&mut bare, &vec![0x5a; written])?);
    }
    ours.sort_unstable();
    theirs.sort_unstable();
    let middle = |times: &[Duration]| times.get(TURNS / 2).map_or(0.0, Duration::as_secs_f64) * 1e3;
    let (ours, theirs) = (middle(&ours), middle(&theirs));
    Ok(Figure::new("log.append", ours, "ms", "one record, durable; the middle of 60, in turn with its peer")
        .beside("write and fsync", theirs)
        .goal(Goal::AtMost(theirs * 1.25 + 0.1)))
}

fn bare_write(file: &mut File, bytes: &[u8]) -> Done<Duration> {
    let from = Instant::now();
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(from.elapsed())
}

/// A delivery of 1,231 lines: its receipt verified and written, and the writing alone.
fn receipt(folders: &mut Folders) -> Done<Vec<Figure>> {
    let (_, mut sender) = folders.device("VN-SENDER")?;
    let lines: Vec<Fields> = (0..LINES)
        .map(|n| Fields {
            product: Some(format!("registration:89311{:07}", 1_000_000 + n / 3)),
            lot: Some(format!("LOT{n:05}")),
            expiry: Some("2029-03-31".into()),
            quantity: Some("100".into()),
            ..Fields::default()
        })
        .collect();
    let plan = HandoverPlan {
        to: "facility:VN-SHOP".into(),
        reason: None,
        documents: vec!["invoice:HD000123".into()],
        lines,
        operator: None,
        show_detail: false,
    };
    let (bundle, _) = handover(&mut sender, &plan)?;
    let plan = ReceivePlan { despite_warnings: true, ..ReceivePlan::default() };
    let (mut whole, mut alone) = (f64::INFINITY, f64::INFINITY);
    for turn in 0..3 {
        let (_, mut shop) =
            folders.device(&format!("VN-SHOP{}", if turn == 0 { String::new() } else { turn.to_string() }))?;
        medlot_sdk::forget_seals();
        let from = Instant::now();
        receive(&mut shop, &bundle, &plan)?;
        whole = whole.min(from.elapsed().as_secs_f64());
        // The same records once more, into a log of their own.
        let records = shop.log().records();
        let receipts: Vec<Vec<u8>> = records.iter().skip(records.len() - LINES).map(<[u8]>::to_vec).collect();
        let (_, mut other) = folders.device(&format!("VN-COPY{turn}"))?;
        let from = Instant::now();
        // As many as one seal takes, and the rest behind it.
        let mut left = receipts.as_slice();
        while !left.is_empty() {
            let mut bytes = 0;
            let fits = |record: &&Vec<u8>| {
                bytes += record.len() + 2;
                bytes < medlot_core::limits::MAX_UNSEALED_BYTES
            };
            let fit = left.iter().take_while(fits).count().min(1_000);
            let (now, later) = left.split_at(fit);
            other.append(now)?;
            left = later;
        }
        alone = alone.min(from.elapsed().as_secs_f64());
    }
    Ok(vec![
        Figure::new("log.receipt", alone * 1e3, "ms", "1,231 lines of a receipt, appended and durable, seals between")
            .goal(Goal::AtMost(50.0)),
        Figure::new(
            "log.receive",
            whole * 1e3,
            "ms",
            "the same from the bundle: everything held verified and judged before",
        ),
    ])
}

/// Every figure of the log.
///
/// # Errors
/// What the core refuses; a disk that is full.
pub fn figures() -> Done<Vec<Figure>> {
    let mut folders = Folders::new()?;
    let mut figures = opening(&mut folders)?;
    figures.push(append(&mut folders)?);
    figures.extend(receipt(&mut folders)?);
    Ok(figures)
}
