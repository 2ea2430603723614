//! Backup and restore of a folder (`spec/folder.md` section 4).
//!
//! A backup is a tar archive of the folder's files as they stand, so that it can be looked into without medlot. It holds
//! no private key, and what is restored is read-only: the device may have written and signed more after the backup, and
//! a second history under one key would be a fork. The way on is a new key in the restored folder
//! ([`Desk::join`](crate::desk::Desk::join)): the records stay, and so does the stock.

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Library};
use crate::folder::{Folder, Location, Medium, PARTS, ReadOnly, replace};
use medlot_core::crypto::Hash;
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Folders whose files a backup holds.
const HELD: [&str; 3] = ["logs", "extracts", "aside"];
/// Files beside them.
const FILES: [&str; 2] = ["medlot.toml", "root.mlt"];
/// What is in a backup only where it is asked for: it is erasable.
const PRIVATE: &str = "private";
/// Greatest file of a backup: a log of some ten million records.
const MAX_FILE: u64 = 1 << 30;

/// A backup.
#[derive(Debug, Clone)]
pub struct Backup {
    /// The archive.
    pub archive: Vec<u8>,
    /// How many files are in it.
    pub files: usize,
}

/// The names in a part of a folder, from the folder on.
fn names(folder: &Folder, part: &str) -> Result<Vec<PathBuf>> {
    let mut found = folder.medium().list(&folder.path().join(part))?;
    // What `replace` left unfinished is no file of the folder's.
    found.retain(|path| path.extension().is_none_or(|extension| extension != "new"));
    Ok(found.iter().filter_map(|path| Some(Path::new(part).join(path.file_name()?))).collect())
}

/// Makes a backup. What stands unsealed in the own log is sealed first: without a seal nobody could take it once the key is
/// gone. Private keys stay out. `private` says whether the prescription codes with their salts go into it.
///
/// # Errors
/// Files that can't be read; a log that is damaged (a backup of it would only look like one); 4011 where a key kept outside
/// is to sign first.
pub fn make(desk: &mut Desk, private: bool) -> Result<Backup> {
    if desk.folder().check_writable().is_ok() && desk.log().tip().unsealed() > 0 {
        desk.seal()?;
    }
    let folder = desk.folder();
    Evidence::of(&desk.library()?)?;
    let mut all: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    for part in HELD.iter().copied().chain(private.then_some(PRIVATE)) {
        all.extend(names(folder, part)?);
    }
    let mut archive = tar::Builder::new(Vec::new());
    for name in &all {
        let bytes = folder.medium().read(&folder.path().join(name))?;
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        archive.append_data(&mut header, name, bytes.as_slice()).map_err(|e| Error::file(name, &e))?;
    }
    let archive = archive.into_inner().map_err(|e| Error::refused(format!("the backup can't be written: {e}")))?;
    Ok(Backup { archive, files: all.len() })
}

/// Writes a backup; after a power cut the file is the old one or the new one. Gives the number of files and bytes, and up to
/// which record the own log goes.
///
/// # Errors
/// As [`make`]; a file that can't be written.
pub fn write(desk: &mut Desk, out: &Path, private: bool) -> Result<Value> {
    let Backup { archive, files } = make(desk, private)?;
    replace(out, &archive)?;
    let log = desk.log();
    Ok(json!({
        "file": out.display().to_string(), "files": files, "bytes": archive.len(),
        "log": log.id().to_string(), "records": log.tip().count(),
    }))
}

/// Where a file of a backup goes: nowhere but where a folder has such files.
fn place(name: &Path) -> Option<PathBuf> {
    let parts: Vec<&str> = name
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [file] if FILES.contains(file) => Some(name.to_path_buf()),
        [part, _] if HELD.contains(part) || *part == PRIVATE => Some(name.to_path_buf()),
        _ => None,
    }
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    /// How many files.
    pub files: usize,
    /// The facility.
    pub facility: String,
    /// The log that was the own one.
    pub log: Hash,
    /// How many records it holds.
    pub records: u32,
}

/// Unpacks a backup to a place where nothing is. Everything is read back and verified; its own log is read-only from then
/// on.
///
/// # Errors
/// No backup of a folder; logs or an anchor that don't verify; another storage key than the backup's.
pub fn unpack(backup: impl Read, at: &Location) -> Result<Restored> {
    let Location { path, medium, .. } = at;
    medium.make(path, &PARTS)?;
    let no_backup = |e: &dyn std::fmt::Display| Error::invalid(format!("backup: this is none: {e}"));
    let mut archive = tar::Archive::new(backup);
    let mut files = 0;
    for entry in archive.entries().map_err(|e| no_backup(&e))? {
        let entry = entry.map_err(|e| no_backup(&e))?;
        let name = entry.path().map_err(|e| no_backup(&e))?.into_owned();
        let Some(name) = place(&name).filter(|_| entry.header().entry_type().is_file()) else {
            return Err(no_backup(&format!("{} is no file of a folder's", name.display())));
        };
        if entry.size() > MAX_FILE {
            return Err(no_backup(&format!("{}: {} bytes; at most {MAX_FILE}", name.display(), entry.size())));
        }
        let size = entry.size();
        let mut bytes = Vec::new();
        entry.take(MAX_FILE).read_to_end(&mut bytes).map_err(|e| no_backup(&e))?;
        if bytes.len() as u64 != size {
            return Err(no_backup(&format!("{}: cut off after {} of {size} bytes", name.display(), bytes.len())));
        }
        medium.replace(&path.join(name), &bytes)?;
        files += 1;
    }
    if FILES.iter().any(|name| !medium.has(&path.join(name))) {
        return Err(no_backup(&"medlot.toml and root.mlt aren't both in it"));
    }
    let mut folder = Folder::open(at.clone())?;
    folder.make_read_only(ReadOnly::Restored)?;
    for path in folder.logs()? {
        let (name, log) = (path.file_name().unwrap_or_default(), folder.open_log(&path)?);
        if log.dropped() > 0 {
            return Err(no_backup(&format!("the end of {} is damaged: give another", name.display())));
        }
    }
    Evidence::of(&Library::of_folder(&folder)?)?;
    let log = folder.open_log(&folder.log_path(&folder.log()?))?;
    Ok(Restored { files, facility: folder.config().facility.clone(), log: log.id(), records: log.tip().count() })
}

/// Restores a backup into a folder of a disk that isn't there yet: it gets its name once everything in it is verified.
///
/// # Errors
/// As [`unpack`]; a folder that is there; files that can't be written.
pub fn restore(backup: impl Read, at: impl Into<Location>) -> Result<Restored> {
    let at = at.into();
    if at.medium.is_used(&at.path) {
        return Err(Error::folder(&at.path, "is there already: restore into a new --dir"));
    }
    if matches!(at.medium, Medium::Memory(_)) {
        return unpack(backup, &at);
    }
    let beside = Location { path: at.path.with_extension("restoring"), ..at.clone() };
    at.medium.clear(&beside.path)?;
    let restored = unpack(backup, &beside);
    if restored.is_err() {
        // Nothing was there before, and the backup is as it was.
        let _ = at.medium.clear(&beside.path);
    } else {
        at.medium.put_in_place(&beside.path, &at.path)?;
    }
    restored
}

/// Restores a backup that is a file.
///
/// # Errors
/// As [`restore`]; a file that can't be read.
pub fn restore_file(file: &Path, at: impl Into<Location>) -> Result<Value> {
    let at = at.into();
    let open = std::fs::File::open(file).map_err(|e| Error::file(file, &e))?;
    let Restored { files, facility, log, records } =
        restore(open, at.clone()).map_err(|e| Error { message: format!("{}: {}", file.display(), e.message), ..e })?;
    Ok(json!({
        "dir": at.path.display().to_string(), "files": files, "facility": facility,
        "log": log.to_string(), "records": records, "read_only": true,
    }))
}
