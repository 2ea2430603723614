//! The façade, by itself and beside its bindings: the same files, the same calls, the same line of JSON from each language
//! (`cargo xtask bench bindings`).
use std::fs;
use std::path::Path;
use std::time::Instant;

use medlot_sdk::api::{Device, Language, StockInput, StoredFile, Verifier, scan};
use serde_json::json;

use crate::bench_log::{Folders, LOTS, NOW, fill};
use crate::world::Done;

/// How often each call is made; the least time counts.
const TURNS: usize = 5;
/// A pack as a handheld sends it.
const PACK: &str = "0108934567000017172806301012345A";

/// Writes what every language measures: `device/` (the files of a device with 100,000 records of 5,000 lots), `root.mlt`
/// and `segment.mlt` (1,000 records that another verifies).
///
/// # Errors
/// A disk that is full.
pub fn fixture(out: &Path) -> Done<()> {
    let mut folders = Folders::new()?;
    let _ = fs::remove_dir_all(out);
    fs::create_dir_all(out)?;
    let (path, mut desk) = folders.device("VN-FACADE")?;
    fill(&mut desk)?;
    fs::write(out.join("root.mlt"), desk.folder().root()?)?;
    drop(desk);
    let (_, mut sender) = folders.device("VN-SENDER")?;
    sender.append(&(0..1_000).map(crate::bench_log::movement).collect::<Done<Vec<_>>>()?)?;
    sender.seal()?;
    fs::write(out.join("segment.mlt"), medlot_sdk::stock::extract(&sender, 1)?)?;
    copy(&path, &out.join("device"))
}

fn copy(from: &Path, to: &Path) -> Done<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, target) = (entry.as_ref().map_err(ToString::to_string)?.path(), to.join(entry?.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.file_name().is_some_and(|name| name != "LOCK") {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

fn files(folder: &Path, base: &Path, found: &mut Vec<StoredFile>) -> Done<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, base, found)?;
        } else {
            let name = path.strip_prefix(base)?.to_string_lossy().into_owned();
            found.push(StoredFile { name, bytes: fs::read(&path)? });
        }
    }
    Ok(())
}

fn least(mut work: impl FnMut() -> Done<()>) -> Done<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let from = Instant::now();
        work()?;
        best = best.min(from.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// Measures in Rust, as one line of JSON: seconds of each call.
///
/// # Errors
/// No fixture.
pub fn measure(from: &Path) -> Done<String> {
    let base = from.join("device");
    let mut stored = Vec::new();
    files(&base, &base, &mut stored)?;
    let now = NOW.to_unix() + 100_000 * 60;
    let all = StockInput::default;
    let open = least(|| {
        let device = Device::open(stored.clone(), None, now)?;
        device.stock(all(), 0, 0, Language::En, now)?;
        Ok(())
    })?;
    let device = Device::open(stored.clone(), None, now)?;
    let total = device.stock(all(), 0, 0, Language::En, now)?.total;
    if total as usize != LOTS {
        return Err(format!("{total} lots stand there").into());
    }
    // Another question each time: the answer to the last one is kept.
    let of = |empty_too| StockInput { empty_too, ..StockInput::default() };
    let new = least(|| {
        [true, false]
            .into_iter()
            .try_for_each(|e| device.stock(of(e), 0, 0, Language::En, now).map(drop).map_err(Into::into))
    })?;
    let rows = least(|| device.stock(all(), 0, total, Language::En, now).map(drop).map_err(Into::into))?;
    let (root, segment) = (fs::read(from.join("root.mlt"))?, fs::read(from.join("segment.mlt"))?);
    let verify = least(|| {
        Verifier::new(root.clone())?.verify(segment.clone(), Some(now), None)?;
        Ok(())
    })?;
    let scans = least(|| (0..1_000).try_for_each(|_| scan(PACK, None, "2026-11-28").map(drop).map_err(Into::into)))?;
    let said = json!({
        "open": open, "stock_new": new, "stock_rows": rows, "verify_1000": verify, "scan_1000": scans,
    });
    Ok(said.to_string())
}
