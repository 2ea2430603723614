//! Backup and restore of a folder (`spec/folder.md` section 4).
//!
//! A backup is a tar archive of the folder's files as they stand, so that it can be looked into without medlot. It holds
//! no private key, and what is restored is read-only: the device may have written and signed more after the backup, and
//! a second history under one key would be a fork. The way on is a new key in the restored folder
//! ([`Desk::join`](crate::desk::Desk::join)): the records stay, and so does the stock.

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Library};
use crate::folder::{Folder, Location, ReadOnly, replace};
use serde_json::{Value, json};
use std::fs::{self, File};
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

fn names(folder: &Path, part: &str) -> Result<Vec<PathBuf>> {
    let path = folder.join(part);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(|e| Error::file(&path, &e))? {
        let entry = entry.map_err(|e| Error::file(&path, &e))?;
        // What `replace` left unfinished is no file of the folder's.
        if entry.path().extension().is_none_or(|extension| extension != "new") {
            names.push(Path::new(part).join(entry.file_name()));
        }
    }
    names.sort();
    Ok(names)
}

/// Writes a backup; after a power cut the file is the old one or the new one. What stands unsealed in the own log is
/// sealed first: without a seal nobody could take it once the key is gone. Private keys stay out. `private` says whether
/// the prescription codes with their salts go into it.
///
/// Gives the number of files and bytes, and up to which record the own log goes.
///
/// # Errors
/// Files that can't be read or written; a log that is damaged (a backup of it would only look like one).
pub fn write(desk: &mut Desk, out: &Path, private: bool) -> Result<Value> {
    if desk.folder().check_writable().is_ok() && desk.log().tip().unsealed() > 0 {
        desk.seal()?;
    }
    let folder = desk.folder();
    let library = Library::of_folder(folder)?;
    Evidence::of(&library)?;
    let mut all: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    for part in HELD.iter().copied().chain(private.then_some(PRIVATE)) {
        all.extend(names(folder.path(), part)?);
    }
    let mut archive = tar::Builder::new(Vec::new());
    for name in &all {
        let path = folder.path().join(name);
        let bytes = fs::read(&path).map_err(|e| Error::file(&path, &e))?;
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        archive.append_data(&mut header, name, bytes.as_slice()).map_err(|e| Error::file(out, &e))?;
    }
    let bytes = archive.into_inner().map_err(|e| Error::file(out, &e))?;
    replace(out, &bytes)?;
    let log = desk.log();
    Ok(json!({
        "file": out.display().to_string(), "files": all.len(), "bytes": bytes.len(),
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

/// Unpacks a backup into a folder that isn't there yet. Everything is read back and verified before the folder gets its
/// name; its own log is read-only from then on.
///
/// # Errors
/// A folder that is there; a file that is no backup of a folder; a backup whose logs or anchor don't verify; another
/// storage key than the backup's.
pub fn restore(file: &Path, at: impl Into<Location>) -> Result<Value> {
    let at = at.into();
    if at.path.exists() && fs::read_dir(&at.path).map_or(true, |mut entries| entries.next().is_some()) {
        return Err(Error::folder(&at.path, "is there already: restore into a new --dir"));
    }
    let beside = at.path.with_extension("restoring");
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(|e| Error::file(&beside, &e))?;
    }
    let unpacked = unpack(file, &beside).and_then(|files| {
        let mut folder =
            Folder::open(Location { path: beside.clone(), key: at.key.clone(), medium: at.medium.clone() })?;
        folder.make_read_only(ReadOnly::Restored)?;
        for path in folder.logs()? {
            let (name, log) = (path.file_name().unwrap_or_default(), folder.open_log(&path)?);
            if log.dropped() > 0 {
                let text = format!("{}: the end of {} is damaged: give another backup", file.display(), name.display());
                return Err(Error::invalid(text));
            }
        }
        let library = Library::of_folder(&folder)?;
        Evidence::of(&library)?;
        let log = folder.open_log(&folder.log_path(&folder.log()?))?;
        Ok((files, log.id(), log.tip().count(), folder.config().facility.clone()))
    });
    let (files, log, records, facility) = match unpacked {
        Ok(said) => said,
        Err(e) => {
            // Nothing was there before, and the backup is as it was.
            let _ = fs::remove_dir_all(&beside);
            return Err(e);
        }
    };
    if at.path.exists() {
        fs::remove_dir(&at.path).map_err(|e| Error::file(&at.path, &e))?;
    }
    fs::rename(&beside, &at.path).map_err(|e| Error::file(&at.path, &e))?;
    Ok(json!({
        "dir": at.path.display().to_string(), "files": files, "facility": facility,
        "log": log.to_string(), "records": records, "read_only": true,
    }))
}

fn unpack(file: &Path, into: &Path) -> Result<usize> {
    for part in crate::folder::PARTS {
        let path = into.join(part);
        fs::create_dir_all(&path).map_err(|e| Error::file(&path, &e))?;
    }
    for part in ["keys", PRIVATE] {
        crate::folder::private(&into.join(part), 0o700)?;
    }
    let no_backup = |e: &dyn std::fmt::Display| Error::invalid(format!("{}: is no backup: {e}", file.display()));
    let open = File::open(file).map_err(|e| Error::file(file, &e))?;
    let mut archive = tar::Archive::new(open);
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
        replace(&into.join(name), &bytes)?;
        files += 1;
    }
    if FILES.iter().any(|name| !into.join(name).is_file()) {
        return Err(no_backup(&"medlot.toml and root.mlt aren't both in it"));
    }
    Ok(files)
}
