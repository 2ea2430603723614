//! `cargo xtask demo`: the main job on real input, from enrolment to a hand-over that anyone can verify.
//!
//! Facilities and products are real (`tests/data`), and so are the scans; the distributor's code, the authority's code,
//! quantities, documents and lots typed by hand are made up, and said to be.
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page;
use crate::parts;
use crate::sh::{Done, Sh, root};

/// The authority of the province: a code made up for the demo.
const PROVINCE: &str = "DEMO-SYT-01";
/// A real distributor of the sample; its code is made up.
const DISTRIBUTOR: &str = "DEMO-0001";
/// Facilities of the sample whose codes don't repeat.
const STATIONS: [&str; 3] = ["01C55", "01C56", "01C58"];

/// A foreign pack as its scanner sent it, separators and all.
const SPANISH: &str = "\u{1d}01084700069915412110081996195256\u{1d}10DXB2005\u{1d}17280228";
/// A Vietnamese pack: its EAN is real, lot and expiry are typed from the pack, made up here.
const VIETNAMESE: &str = "gtin:8936098966893;NV240118;2028-01-31";
/// By its registration number alone, as most packs in Vietnam are found; lot and expiry made up.
const REGISTERED: &str = "registration:540100430425;A24-117;2027-11";
/// An older lot of the same product that a station has left; made up.
const OLDER: &str = "registration:540100430425;A23-902;2026-12";

struct Demo {
    medlot: PathBuf,
    folder: PathBuf,
    day: u32,
    step: u32,
}

impl Demo {
    fn step(&mut self, title: &str) {
        self.step += 1;
        println!("\n{}", styled("1", &format!("{}. {title}", self.step)));
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Runs the command in somebody's folder; shows it, what it said, and checks how it ended.
    fn run(&self, who: &str, args: &[&str], code: i32) -> Done<String> {
        let shown: Vec<String> = args.iter().map(|a| quoted(a)).collect();
        println!("   {}", styled("2", &format!("{who}$ medlot {}", shown.join(" "))));
        let (ended, out, err) = self.call(who, args, false)?;
        for line in err.lines() {
            println!("     {line}");
        }
        if ended != code {
            return Err(format!("medlot {} ended with {ended}, expected {code}: {err}{out}", args.join(" ")));
        }
        Ok(out)
    }

    /// Runs it and shows what it said.
    fn show(&self, who: &str, args: &[&str], code: i32) -> Done<String> {
        let out = self.run(who, args, code)?;
        for line in out.lines() {
            println!("     {line}");
        }
        Ok(out)
    }

    /// Writes a movement of `product;lot;expiry`.
    fn record(&self, who: &str, direction: &str, what: &str, quantity: &str, more: &[&str]) -> Done<String> {
        let mut parts = what.split(';');
        let mut next = || parts.next().unwrap_or_default();
        let (product, lot, expiry) = (next(), next(), next());
        let pack =
            ["record", direction, "--product", product, "--lot", lot, "--expiry", expiry, "--quantity", quantity];
        self.run(who, &[&pack[..], more].concat(), 0)
    }

    /// The same with its answer as JSON, unshown.
    fn json(&self, who: &str, args: &[&str], code: i32) -> Done<String> {
        let (ended, out, err) = self.call(who, args, true)?;
        if ended != code {
            return Err(format!("medlot {} ended with {ended}, expected {code}: {err}{out}", args.join(" ")));
        }
        Ok(out)
    }

    fn call(&self, who: &str, args: &[&str], json: bool) -> Done<(i32, String, String)> {
        let mut command = Command::new(&self.medlot);
        command.current_dir(&self.folder).args(["--dir", who, "--now", &format!("2026-11-{:02}T08:00:00Z", self.day)]);
        if json {
            command.arg("--json");
        }
        let out = command.args(args).output().map_err(|e| format!("medlot: {e}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr)))
    }

    /// Joins a device or an authority: invitation as a QR code, request, enrolment, acceptance.
    fn join(&self, by: &str, who: &str, facility: &str, roles: &str, scope: &str, suite: &str) -> Done {
        let (invitation, request, enrolment) =
            (format!("{who}-invitation.png"), format!("{who}-request.mlt"), format!("{who}-enrolment.mlt"));
        self.run(by, &["authority", "invite", "--facility", facility, "--roles", roles, "--out", &invitation], 0)?;
        self.run(who, &["device", "init", "--invitation", &invitation, "--suite", suite, "--out", &request], 0)?;
        self.run(by, &["authority", "enrol", &request, "--scope", scope, "--out", &enrolment], 0)?;
        let said = self.run(who, &["device", "accept", &enrolment], 0)?;
        if !said.contains("enrolled: true") {
            return Err(format!("{who} isn't enrolled:\n{said}"));
        }
        println!("     {who} is enrolled: {}", self.log_of(who)?);
        Ok(())
    }

    /// The first digits of the id of somebody's log.
    fn log_of(&self, who: &str) -> Done<String> {
        let said = self.json(who, &["device", "show"], 0)?;
        let log = said.split("\"log\":\"").nth(1).and_then(|rest| rest.get(..16));
        log.map(str::to_owned).ok_or_else(|| format!("no log in {said}"))
    }

    /// Verifies and says the verdict with its reasons.
    fn verify(&self, who: &str, file: &str, code: i32) -> Done {
        let (ended, out, _) = self.call(who, &["verify", file], false)?;
        println!("   {}", styled("2", &format!("{who}$ medlot verify {file}")));
        let mut shown = false;
        let said = |line: &&str| line.trim_start().starts_with("verdict:") || line.trim_start().starts_with("- code");
        for line in out.lines().filter(said) {
            println!("     {}", line.trim());
            shown = true;
        }
        if ended != code || !shown {
            return Err(format!("verify {file} at {who} ended with {ended}, expected {code}:\n{out}"));
        }
        Ok(())
    }
}

/// Bold (1) or dim (2) where a person watches; plain in a file.
fn styled(style: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    let shown = text.replace('\u{1d}', "␝");
    if shown.contains([' ', ';', '(', '␝', '=']) { format!("'{shown}'") } else { shown }
}

fn copy_folder(from: &Path, to: &Path) -> Done {
    fs::create_dir_all(to).map_err(|e| format!("{}: {e}", to.display()))?;
    for entry in fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))? {
        let entry = entry.map_err(|e| e.to_string())?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(|e| format!("{}: {e}", target.display()))?;
        }
    }
    Ok(())
}

/// A facility's or product's name in the sample.
fn name_of(file: &str, column: usize, value: &str, name: usize) -> Done<String> {
    let text = fs::read_to_string(root().join("tests/data").join(file)).map_err(|e| format!("{file}: {e}"))?;
    let found = text.lines().find(|line| line.split(',').nth(column) == Some(value));
    let found = found.and_then(|line| line.split(',').nth(name));
    found.map(str::to_owned).ok_or_else(|| format!("{file}: nothing has {value}"))
}

/// Runs it, then shows the page with what a station holds.
pub fn run_and_show(serve: bool) -> Done {
    run()?;
    page::show(&root().join("target/demo/01C56"), "2026-11-07T09:00:00Z", serve)
}

/// Runs it.
fn run() -> Done {
    println!("Building the medlot command…");
    Sh::cargo().args(["build", "--quiet", "--locked", "-p", "medlot-hub", "--bin", "medlot"]).run()?;
    run_with(root().join("target/debug").join(format!("medlot{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs it with the command that the tests have built already.
pub fn test() -> Done {
    run_with(parts::command()?)
}

fn run_with(medlot: PathBuf) -> Done {
    let folder = root().join("target/demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut demo = Demo { medlot, folder, day: 1, step: 0 };
    println!("Everything is written to {}", demo.folder.display());
    enrolment(&mut demo)?;
    deliveries(&mut demo)?;
    receipts(&mut demo)?;
    recall(&mut demo)?;
    stolen(&mut demo)?;
    renewal(&mut demo)?;
    forged(&mut demo)?;
    screen(&mut demo)?;
    println!("\nWhat to look at: {}", demo.folder.display());
    println!("  delivery-*.png     the hand-overs as QR codes: any phone shows their text");
    println!("  {}", demo.medlot.display());
    println!("  … inspect {}", demo.path("delivery-01C55.mlt"));
    println!("  … --dir {} stock              (and findings, card, trace, report turnover)", demo.path("01C56"));
    println!("  … --dir {} --lang vi verify {}", demo.path("01C58"), demo.path("delivery-01C58.png"));
    println!("  … qr {}", demo.path("delivery-01C56.mlt"));
    println!("  … scan --lang vi        (then scan or type)");
    Ok(())
}

fn enrolment(demo: &mut Demo) -> Done {
    demo.step("The ministry begins a root: its key and the next one's are made at one ceremony");
    demo.run(
        "ministry",
        &["authority", "init", "--country", "VN", "--currency", "VND", "--root-keys", "2", "--out", "root.mlt"],
        0,
    )?;
    demo.step(&format!("It enrols Hà Nội's authority (code {PROVINCE} is made up) for the facilities 01… and DEMO-…"));
    demo.join("ministry", "province", PROVINCE, "enrol,regulate,move,attest", "01,DEMO-", "ed25519")?;
    let distributor = "Công ty Cổ phần Dược phẩm thiết bị y tế Hà Nội";
    name_of("facilities.csv", 4, distributor, 3)?;
    demo.step(&format!("The province enrols a distributor: {distributor} (its code {DISTRIBUTOR} is made up)"));
    demo.join("province", "distributor", DISTRIBUTOR, "move", "own", "ed25519")?;
    // What somebody could have copied while the device was new.
    copy_folder(&demo.folder.join("distributor"), &demo.folder.join("copy"))?;
    for (at, station) in STATIONS.iter().enumerate() {
        demo.step(&format!("… and {station}, {}", name_of("facilities.csv", 0, station, 4)?));
        // The last one is a phone: its key store holds P-256 only.
        demo.join("province", station, station, "move", "own", if at == 2 { "p256" } else { "ed25519" })?;
    }
    Ok(())
}

fn deliveries(demo: &mut Demo) -> Done {
    demo.day = 2;
    let (noverxar, algostase) =
        (name_of("products.csv", 11, "08936098966893", 0)?, name_of("products.csv", 1, "540100430425", 0)?);
    demo.step("The distributor takes in three lots: a Spanish pack by its scan, two as they are found in Vietnam");
    println!("   EAN 8936098966893 is {noverxar}; registration number 540100430425 is {algostase}");
    demo.run("distributor", &["record", "in", "--scan", SPANISH, "--quantity", "600"], 0)?;
    for (what, quantity) in [(VIETNAMESE, "1200"), (REGISTERED, "3200")] {
        demo.record("distributor", "in", what, quantity, &[])?;
    }
    demo.step("… and ships to each station: one QR code each, verified without a network");
    for (at, station) in STATIONS.iter().enumerate() {
        let lines = [format!("120={VIETNAMESE}"), format!("160={REGISTERED}"), format!("20={SPANISH}")];
        let (document, to) = (format!("delivery_note:PX-{}", 41 + at), format!("facility:{station}"));
        let (picture, file) = (format!("delivery-{station}.png"), format!("delivery-{station}.mlt"));
        let mut args = vec!["handover", "--to", &to, "--document", &document];
        for line in &lines {
            args.extend(["--line", line]);
        }
        args.extend(["--operator", "TK03", "--out", &picture, "--out", &file]);
        demo.run("distributor", &args, 0)?;
        let size = fs::metadata(demo.folder.join(&file)).map_err(|e| format!("{file}: {e}"))?.len();
        println!("     3 lines with 2 enrolments: {size} bytes, {picture}");
    }
    Ok(())
}

fn receipts(demo: &mut Demo) -> Done {
    demo.day = 3;
    demo.step("Ministry and province publish which logs are cut off: none yet. Stations take that with a network");
    for who in ["ministry", "province"] {
        demo.run(who, &["authority", "state", "--good-for", "30", "--out", &format!("state-{who}.mlt")], 0)?;
    }
    for station in STATIONS {
        let lists = ["state-ministry.mlt", "state-ministry.list.mlt", "state-province.mlt", "state-province.list.mlt"];
        demo.run(station, &[&["device", "accept"], &lists[..]].concat(), 0)?;
    }
    demo.step(
        "Each station verifies its code with no network, and receives; at 01C56 two are missing and one is crushed",
    );
    for station in STATIONS {
        let picture = format!("delivery-{station}.png");
        demo.verify(station, &picture, 0)?;
        let mut args = vec!["receive", &picture, "--operator", "DS01"];
        if station == "01C56" {
            args.extend(["--got", "1=117", "--refuse", "1=1:damaged"]);
        }
        demo.run(station, &args, 0)?;
    }
    println!("   A delivery is received once, and only by whom it is addressed to:");
    demo.run("01C55", &["receive", "delivery-01C55.png"], 4)?;
    demo.run("01C55", &["receive", "delivery-01C56.png"], 4)?;
    demo.step("01C56 has 40 of an older lot left: what is dispensed first?");
    demo.record("01C56", "in", OLDER, "40", &["--reason", "opening_balance"])?;
    let said = demo.show("01C56", &["stock", "--product", "registration:540100430425", "--pick", "60"], 0)?;
    contains(&said, &["40  lot A23-902", "20  lot A24-117"])?;
    demo.step("Stations dispense");
    for (station, quantity) in [("01C55", "15"), ("01C56", "10"), ("01C58", "30")] {
        demo.record(station, "out", VIETNAMESE, quantity, &["--reason", "retail"])?;
    }
    print!("{}", demo.run("01C56", &["movements", "--own"], 0)?);
    shortage(demo)
}

/// Fails where a text lacks one of these.
fn contains(text: &str, wanted: &[&str]) -> Done {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let missing = wanted.iter().find(|w| !flat.contains(&w.split_whitespace().collect::<Vec<_>>().join(" ")));
    missing.map_or(Ok(()), |missing| Err(format!("{missing:?} isn't in:\n{text}")))
}

fn shortage(demo: &mut Demo) -> Done {
    demo.step("What is short is seen from both ends, in units: first where it is missing …");
    let want = ["120 sent, 117 received, 1 refused, 2 missing"];
    contains(&demo.show("01C56", &["findings"], 0)?, &want)?;
    println!("   … and, once the stations' sealed receipts reached the distributor, there too:");
    for station in STATIONS {
        let file = format!("receipts-{station}.mlt");
        demo.run(station, &["seal", "--out", &file], 0)?;
        demo.run("distributor", &["device", "accept", &file], 0)?;
    }
    contains(&demo.show("distributor", &["findings"], 0)?, &want)
}

fn recall(demo: &mut Demo) -> Done {
    demo.day = 4;
    demo.step("The province recalls a lot, class 2; the stations take the notice by QR code");
    let args = [
        "authority",
        "recall",
        "--class",
        "2",
        "--notice",
        "DEMO-TB-118",
        "--product",
        "gtin:8936098966893",
        "--lot",
        "NV240118",
        "--out",
        "recall.png",
    ];
    demo.run("province", &args, 0)?;
    for station in STATIONS {
        demo.run(station, &["device", "accept", "recall.png"], 0)?;
    }
    demo.verify("01C55", "recall.png", 0)?;
    demo.step("From that moment nothing of the lot is usable, and the next scan of it is stopped");
    contains(&demo.show("01C55", &["stock", "--product", "gtin:8936098966893"], 0)?, &["105 0", "RECALLED"])?;
    let scan = ["scan", "--dispense", "(01)08936098966893(17)280131(10)NV240118"];
    contains(&demo.show("01C55", &scan, 4)?, &["RECALLED, class 2, notice DEMO-TB-118"])?;
    demo.step("Where did the lot go? The distributor asks, with the stations' receipts at hand");
    let trace = ["trace", "--product", "gtin:8936098966893", "--lot", "NV240118"];
    contains(&demo.show("distributor", &trace, 0)?, &["DEMO-0001 → 01C55 120 all received", "01C56 120 117 received"])
}

fn stolen(demo: &mut Demo) -> Done {
    demo.day = 5;
    demo.step(
        "The distributor's handheld is stolen. The province holds its log up to its last seal, and cuts it off there",
    );
    demo.run("distributor", &["seal", "--first", "0", "--out", "distributor-log.mlt"], 0)?;
    demo.run("province", &["device", "accept", "distributor-log.mlt"], 0)?;
    // What a thief could restore: the device as it was before its last delivery.
    copy_folder(&demo.folder.join("distributor"), &demo.folder.join("thief"))?;
    let log = demo.log_of("distributor")?;
    demo.run("province", &["authority", "revoke", &log, "--out", "cut.png"], 0)?;
    demo.run("province", &["authority", "state", "--good-for", "7", "--out", "state.mlt"], 0)?;
    for station in STATIONS {
        demo.run(station, &["device", "accept", "cut.png", "state.mlt", "state.list.mlt"], 0)?;
    }
    demo.step("What the thief writes afterwards doesn't count");
    let line = format!("100={REGISTERED}");
    demo.run("thief", &["handover", "--to", "facility:01C55", "--line", &line, "--out", "after-the-cut.mlt"], 0)?;
    demo.verify("01C55", "after-the-cut.mlt", 1)?;
    demo.run("01C55", &["receive", "after-the-cut.mlt"], 1)?;
    demo.step("… nor does a second history behind the cut, written from a copy of the device");
    branch(demo)?;
    demo.step("What the device wrote before the cut still counts, once its authority confirms it");
    demo.verify("01C55", "delivery-01C55.mlt", 2)?;
    println!("   Until then 01C56 is told that its stock isn't whole, and what to ask for:");
    contains(&demo.show("01C56", &["stock", "--product", "gtin:8936098966893"], 0)?, &["Not whole:"])?;
    for station in STATIONS {
        let (delivery, confirm) = (format!("delivery-{station}.mlt"), format!("confirm-{station}.mlt"));
        let end = batch_end(demo, &delivery)?;
        demo.run("province", &["authority", "confirm", &log, "--at", &end, "--out", &confirm], 0)?;
        demo.run(station, &["device", "accept", &confirm], 0)?;
    }
    demo.verify("01C55", "delivery-01C55.mlt", 0)
}

/// Another history of the stolen device below the cut, with its real key: somebody copied the device when it was new.
fn branch(demo: &Demo) -> Done {
    let line = format!("100={REGISTERED}");
    demo.run("copy", &["handover", "--to", "facility:01C55", "--line", &line, "--out", "second-branch.mlt"], 0)?;
    println!("   The province holds the whole log, so it can tell:");
    demo.verify("province", "second-branch.mlt", 1)?;
    println!("   A station that doesn't hold it says what to ask for:");
    demo.verify("01C55", "second-branch.mlt", 2)
}

/// The count at which a delivery's records end.
fn batch_end(demo: &Demo, file: &str) -> Done<String> {
    let said = demo.json("province", &["verify", file], 0)?;
    let last = said.rsplit("\"index\":").find_map(|rest| rest.split([',', '}']).next()?.parse::<u32>().ok());
    last.map(|index| (index + 1).to_string()).ok_or_else(|| format!("no index in {said}"))
}

fn renewal(demo: &mut Demo) -> Done {
    demo.day = 6;
    demo.step("The province renews its key; everyone beneath goes on");
    let log = demo.log_of("province")?;
    demo.run("province", &["authority", "renew", "--out", "renewal-request.mlt"], 0)?;
    let args =
        ["authority", "enrol", "renewal-request.mlt", "--scope", "01,DEMO-", "--renews", &log, "--out", "renewal.mlt"];
    demo.run("ministry", &args, 0)?;
    demo.run("province", &["device", "accept", "renewal.mlt"], 0)?;
    println!("   With its new key it enrols the distributor's new handheld, which ships at once:");
    demo.join("province", "handheld-2", DISTRIBUTOR, "move", "own", "ed25519")?;
    let line = format!("60={REGISTERED}");
    let args = ["handover", "--to", "facility:01C58", "--line", &line, "--out", "delivery-2.png"];
    demo.run("handheld-2", &args, 0)?;
    demo.verify("01C58", "delivery-2.png", 0)?;
    println!("   A station enrolled with the old key hands over as before:");
    let args = [
        "handover",
        "--to",
        "facility:01C55",
        "--reason",
        "transfer",
        "--line",
        "5=registration:540100430425;A24-117;2027-11",
        "--out",
        "transfer.png",
    ];
    demo.run("01C58", &args, 0)?;
    demo.verify("01C55", "transfer.png", 0)
}

/// What the pharmacist of 01C56 sees in the morning.
fn screen(demo: &mut Demo) -> Done {
    demo.day = 7;
    demo.step("The morning after at 01C56: one screen says what is here and what to do (in English: --lang en)");
    for (product, file_column) in [("08936098966893", 11), ("540100430425", 1)] {
        println!("   {product}: {}", name_of("products.csv", file_column, product, 0)?);
    }
    println!();
    let screen = demo.show("01C56", &["--lang", "vi", "stock"], 0)?;
    let whole = !screen.contains("Chưa đầy đủ");
    contains(
        &screen,
        &["THU HỒI mức 2, công văn DEMO-TB-118", "dùng trước", "2 đã gửi đến, chưa nhận", "1 đã từ chối"],
    )?;
    whole.then_some(()).ok_or_else(|| format!("something is missing:\n{screen}"))
}

fn forged(demo: &mut Demo) -> Done {
    demo.step("A forged byte is refused");
    demo.run("01C58", &["qr", "--read", "delivery-2.png", "--out", "delivery-2.mlt"], 0)?;
    let bytes = fs::read(demo.folder.join("delivery-2.mlt")).map_err(|e| e.to_string())?;
    let mut forged = bytes.clone();
    let at = forged.len() - 80;
    if let Some(byte) = forged.get_mut(at) {
        *byte ^= 1;
    }
    fs::write(demo.folder.join("forged.mlt"), &forged).map_err(|e| e.to_string())?;
    demo.verify("01C58", "forged.mlt", 1)
}
