//! Where a folder's files stand: on a disk, or in memory for a platform that keeps them itself.
//!
//! In memory each write is noted as a [`Change`], in order. The platform makes the changes durable, all of a call's in one
//! transaction, and then says so; until then nothing further is written.
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Largest object that is read from a file: 16 elements of the longest form, and a list of a million cuts.
pub(super) const MAX_OBJECT: u64 = 64 << 20;

/// What the platform is to make durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A whole file: it is these bytes, whatever it was.
    Write {
        /// Its name in the folder, for example `logs/….mlog`.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// More at the end of a file. What stands from `at` on, if anything does, goes first.
    Append {
        /// Its name.
        name: String,
        /// How long it was before.
        at: u64,
        /// What is added.
        bytes: Vec<u8>,
    },
    /// A file goes.
    Remove {
        /// Its name.
        name: String,
    },
}

/// A folder's files in memory, with what isn't durable yet.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Files>>);

#[derive(Debug, Default)]
struct Files {
    files: BTreeMap<PathBuf, Vec<u8>>,
    changes: Vec<Change>,
    is_held: bool,
}

fn name_of(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

impl Memory {
    /// Of files as they were made durable, each with its name in the folder.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (PathBuf::from(name), bytes)).collect();
        Self(Arc::new(Mutex::new(Files { files, ..Files::default() })))
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What isn't durable yet, in order.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        self.files().changes.clone()
    }

    /// Whether something isn't durable yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.files().changes.is_empty()
    }

    /// All of it is durable now.
    pub fn confirm(&self) {
        self.files().changes.clear();
    }
}

/// Where a folder's files stand.
#[derive(Debug, Clone, Default)]
pub enum Medium {
    /// On a disk: durable when a call returns.
    #[default]
    Disk,
    /// In memory.
    Memory(Memory),
}

/// Held while a folder is open.
#[derive(Debug)]
pub(super) enum Hold {
    /// By the file's lock.
    Disk { lock: File },
    /// By a flag.
    Memory(Memory),
}

impl Drop for Hold {
    fn drop(&mut self) {
        match self {
            // Closing the file isn't enough: a program that is being started has it too for a moment.
            Self::Disk { lock } => drop(lock.unlock()),
            Self::Memory(memory) => memory.files().is_held = false,
        }
    }
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Medium {
    /// Whether a file is there.
    pub(crate) fn has(&self, path: &Path) -> bool {
        match self {
            Self::Disk => path.is_file(),
            Self::Memory(memory) => memory.files().files.contains_key(path),
        }
    }

    /// Whether something is there: a folder with anything in it, or any other file.
    pub(crate) fn is_used(&self, path: &Path) -> bool {
        match self {
            Self::Disk => path.exists() && fs::read_dir(path).map_or(true, |mut entries| entries.next().is_some()),
            Self::Memory(memory) => !memory.files().files.is_empty(),
        }
    }

    /// Removes a folder of a disk with all that is in it, where there is one.
    pub(crate) fn clear(&self, path: &Path) -> Result<()> {
        match self {
            Self::Disk if path.exists() => fs::remove_dir_all(path).map_err(|e| Error::file(path, &e)),
            _ => Ok(()),
        }
    }

    /// Gives a folder of a disk its name, in place of an empty one.
    pub(crate) fn put_in_place(&self, from: &Path, to: &Path) -> Result<()> {
        if let Self::Disk = self {
            if to.exists() {
                fs::remove_dir(to).map_err(|e| Error::file(to, &e))?;
            }
            fs::rename(from, to).map_err(|e| Error::file(to, &e))?;
        }
        Ok(())
    }

    /// Makes the folders of a new folder.
    pub(crate) fn make(&self, path: &Path, parts: &[&str]) -> Result<()> {
        if let Self::Disk = self {
            for name in parts {
                let made = path.join(name);
                fs::create_dir_all(&made).map_err(|e| Error::file(&made, &e))?;
            }
            private(&path.join("keys"), 0o700)?;
            private(&path.join("private"), 0o700)?;
        }
        Ok(())
    }

    /// Keeps others out while a folder is open.
    pub(super) fn hold(&self, path: &Path) -> Result<Hold> {
        let held = || Error::folder(path, "is held by another medlot command: wait until it ends");
        match self {
            Self::Disk => {
                let file = path.join("LOCK");
                let lock = OpenOptions::new().create(true).write(true).truncate(false).open(&file);
                let lock = lock.map_err(|e| Error::file(&file, &e))?;
                match lock.try_lock() {
                    Ok(()) => Ok(Hold::Disk { lock }),
                    Err(fs::TryLockError::WouldBlock) => Err(held()),
                    Err(fs::TryLockError::Error(e)) => Err(Error::file(&file, &e)),
                }
            }
            Self::Memory(memory) => {
                if std::mem::replace(&mut memory.files().is_held, true) {
                    return Err(held());
                }
                Ok(Hold::Memory(memory.clone()))
            }
        }
    }

    /// Reads a whole file.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>> {
        match self {
            Self::Disk => fs::read(path),
            Self::Memory(memory) => memory.files().files.get(path).cloned().ok_or_else(missing),
        }
        .map_err(|e| Error::file(path, &e))
    }

    /// Reads a whole file, up to the largest object.
    pub(super) fn read_object(&self, path: &Path) -> Result<Vec<u8>> {
        match self {
            Self::Disk => read_file(path),
            Self::Memory(_) => self.read(path),
        }
    }

    /// Writes a file so that after a power cut it is the old one or the new one.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Disk => replace(path, bytes),
            Self::Memory(memory) => {
                let mut files = memory.files();
                files.files.insert(path.to_owned(), bytes.to_vec());
                files.changes.push(Change::Write { name: name_of(path), bytes: bytes.to_vec() });
                Ok(())
            }
        }
    }

    /// Writes a file that must not be there yet, readable by its owner only.
    pub(super) fn write_new(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Disk => write_new(path, bytes),
            Self::Memory(memory) if memory.files().files.contains_key(path) => {
                Err(Error::file(path, &io::ErrorKind::AlreadyExists.into()))
            }
            Self::Memory(_) => self.replace(path, bytes),
        }
    }

    /// Removes a file that may be there.
    pub(crate) fn remove(&self, path: &Path) -> Result<()> {
        match self {
            Self::Disk => match fs::remove_file(path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::file(path, &e)),
                _ => Ok(()),
            },
            Self::Memory(memory) => {
                let mut files = memory.files();
                if files.files.remove(path).is_some() {
                    files.changes.push(Change::Remove { name: name_of(path) });
                }
                Ok(())
            }
        }
    }

    /// Gives a file another name.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        match self {
            Self::Disk => fs::rename(from, to).map_err(|e| Error::file(from, &e)),
            // All of a call's changes are durable together.
            Self::Memory(_) => self.write_new(to, &self.read(from)?).and_then(|()| self.remove(from)),
        }
    }

    /// The files of a folder, sorted.
    pub(crate) fn list(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        match self {
            Self::Disk => {
                for entry in fs::read_dir(folder).map_err(|e| Error::file(folder, &e))? {
                    found.push(entry.map_err(|e| Error::file(folder, &e))?.path());
                }
            }
            Self::Memory(memory) => {
                let files = memory.files();
                found.extend(files.files.keys().filter(|path| path.parent() == Some(folder)).cloned());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Opens a file to write at its end.
    pub(super) fn go_on(&self, path: &Path) -> Result<Tail> {
        match self {
            Self::Disk => {
                let open = OpenOptions::new().read(true).write(true).open(path);
                Ok(Tail::Disk(open.map_err(|e| Error::file(path, &e))?))
            }
            Self::Memory(memory) => Ok(Tail::Memory(memory.clone(), path.to_owned())),
        }
    }
}

/// A file that is written at its end.
#[derive(Debug)]
pub(super) enum Tail {
    /// On a disk.
    Disk(File),
    /// In memory, at a path.
    Memory(Memory, PathBuf),
}

impl Tail {
    /// Adds bytes where the file ends; durable when this returns, or noted to be made so.
    pub(super) fn append(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Disk(file) => {
                let mut file: &File = file;
                file.seek(SeekFrom::Start(at))?;
                file.write_all(bytes)?;
                file.sync_all()
            }
            Self::Memory(memory, path) => {
                let mut files = memory.files();
                let held = files.files.get_mut(path).ok_or_else(missing)?;
                held.truncate(usize::try_from(at).unwrap_or(usize::MAX));
                held.extend(bytes);
                files.changes.push(Change::Append { name: name_of(path), at, bytes: bytes.to_vec() });
                Ok(())
            }
        }
    }

    /// Drops what stands behind a place.
    pub(super) fn cut(&self, at: u64) -> io::Result<()> {
        match self {
            Self::Disk(file) => {
                file.set_len(at)?;
                file.sync_all()
            }
            Self::Memory(..) => self.append(at, &[]),
        }
    }
}

/// Reads a whole file of a disk, up to the largest object.
///
/// # Errors
/// It can't be read, or is too large.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|e| Error::file(path, &e))?;
    let mut bytes = Vec::new();
    file.take(MAX_OBJECT + 1).read_to_end(&mut bytes).map_err(|e| Error::file(path, &e))?;
    if bytes.len() as u64 > MAX_OBJECT {
        return Err(Error::argument(format!(
            "{}: larger than {MAX_OBJECT} bytes: no medlot object is",
            path.display()
        )));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn private(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| Error::file(path, &e))
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32) -> Result<()> {
    Ok(()) // the user's own profile protects it there
}

/// Writes a file that must not be there yet, durably, readable by its owner only.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let write = || {
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| Error::file(path, &e))
}

/// Writes a file of a disk so that after a power cut it is the old one or the new one.
///
/// # Errors
/// It can't be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        match path.parent().filter(|p| !p.as_os_str().is_empty()) {
            Some(parent) if cfg!(unix) => File::open(parent)?.sync_all(),
            _ => Ok(()),
        }
    };
    write().map_err(|e| Error::file(path, &e))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_closed_is_free_though_a_program_is_being_started() {
        let folder = std::env::temp_dir().join(format!("medlot-hold-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let hold = Medium::Disk.hold(&folder).unwrap();
        assert!(Medium::Disk.hold(&folder).is_err());
        // What a new process has of this one's files until its program begins.
        let Hold::Disk { lock } = &hold else { unreachable!() };
        let inherited = lock.try_clone().unwrap();
        drop(hold);
        assert!(Medium::Disk.hold(&folder).is_ok());
        drop(inherited);
        fs::remove_dir_all(&folder).unwrap();
    }
}
