//! The folder of a device or an authority: `medlot.toml`, `root.mlt`, `keys/`, `logs/`, `extracts/`, `aside/`.
//!
//! | Path | What |
//! |---|---|
//! | `medlot.toml` | layout number, facility, language, scanner profile, the own log |
//! | `root.mlt` | the trust anchor |
//! | `keys/<log>.key` | the private key of an own log, mode 0600 |
//! | `logs/<log>.mlog` | a log that is kept whole: records, marks, seals. Only the one that medlot.toml names is written here |
//! | `extracts/<hash>.mlt` | what others sent, as it came: bundles and State lists |
//! | `aside/` | what couldn't be taken, with the reason |
//! | `LOCK` | held while a command works |

mod log_file;
mod medium;
mod vault;

pub use log_file::{LogFile, LogHead};
pub use medium::{Change, Medium, Memory, read_file, replace};
pub use vault::{StorageKey, Vault};

use medium::Hold;

use crate::error::{Error, Result};
use medlot_core::crypto::{Hash, SoftwareKey, Suite};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The layout that this build writes.
pub const LAYOUT: u32 = 1;
/// The folders in it.
pub(crate) const PARTS: [&str; 5] = ["keys", "logs", "extracts", "aside", "private"];

/// `medlot.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder's layout.
    pub layout: u32,
    /// The own facility's code; empty in a root's folder.
    pub facility: String,
    /// h₀ of the own log that goes on, in hex.
    pub log: String,
    /// The own line's id, in hex; that of the log where its key was never renewed.
    pub line: String,
    /// Language for people: `vi` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the scanner sends for the GS separator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanner_gs: Option<String>,
    /// Where files are encrypted: a word under the storage key, by which another key is told at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<String>,
    /// Why the own log takes no further record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<ReadOnly>,
}

impl Config {
    /// Of a facility's folder that goes on with this log, its line's first; both empty: a hub's, which writes no log.
    #[must_use]
    pub fn new(facility: &str, log: &str) -> Self {
        Self {
            layout: LAYOUT,
            facility: facility.to_owned(),
            log: log.to_owned(),
            line: log.to_owned(),
            language: None,
            scanner_gs: None,
            encrypted: None,
            read_only: None,
        }
    }
}

/// Why an own log takes no further record: two histories under one key would be a fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOnly {
    /// It came from a backup: the device may have written more after it was made.
    Restored,
    /// Another device holds more of it than stands here: this is a copy, or what was written was lost.
    Ahead,
}

impl ReadOnly {
    /// Why, and the way on.
    fn refusal(self, path: &Path) -> Error {
        let (error, why): (fn(String) -> Error, _) = match self {
            Self::Restored => (
                Error::restored,
                "this folder was restored from a backup, and the device may have written more after it",
            ),
            Self::Ahead => (Error::ahead, "another device holds more of this log than stands here"),
        };
        error(format!(
            "{}: {why}, so its log is read-only. Go on with a new key in the same folder: `medlot authority renew`, have it \
             enrolled, `medlot device accept` (or ask for an invitation, then `medlot device init --invitation FILE`); the \
             records stay, and so does the stock",
            path.display()
        ))
    }
}

/// What signs an own log.
#[derive(Debug)]
pub enum OwnKey {
    /// A key in the folder.
    Here(Box<SoftwareKey>),
    /// A key store outside, which is asked to sign bytes.
    Outside,
}

/// What a key file says of a key that is kept outside.
const OUTSIDE: &str = "outside";

/// Where a folder is, and the key under which its files are encrypted, where they are.
#[derive(Debug, Clone)]
pub struct Location {
    /// The folder.
    pub path: PathBuf,
    /// The storage key.
    pub key: Option<StorageKey>,
    /// Where its files stand.
    pub medium: Medium,
}

impl From<Memory> for Location {
    fn from(memory: Memory) -> Self {
        Self { path: PathBuf::new(), key: None, medium: Medium::Memory(memory) }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Location {
    fn from(path: &P) -> Self {
        Self { path: path.as_ref().to_path_buf(), key: None, medium: Medium::Disk }
    }
}

/// An open folder; other commands wait outside while it is.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    config: Config,
    vault: Vault,
    medium: Medium,
    /// How often something came besides records of the own log.
    holds: AtomicU64,
    _hold: Hold,
}

/// What [`Config::encrypted`] says under the right key.
const WORD: &[u8] = b"medlot";

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' - 10 + half });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads a hash, or its first 8 or 16 bytes, from hex.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if !rest.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    pairs.iter().map(byte).collect()
}

fn hash_of(path: &Path, text: &str) -> Result<Hash> {
    if text.is_empty() {
        return Err(Error::folder(path, "is a hub's: it writes no log; give the folder of a device or an authority"));
    }
    let bytes = unhex(text).and_then(|b| <[u8; 32]>::try_from(b).ok());
    bytes.map(Hash).ok_or_else(|| Error::folder(path, "medlot.toml holds a log id that isn't 64 hex digits"))
}

/// Random bytes from the operating system.
///
/// # Errors
/// The system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::refused(format!("the system gives no random bytes: {e}")))?;
    Ok(bytes)
}

impl Folder {
    /// Begins a folder with a new own log. What exists is never overwritten.
    ///
    /// # Errors
    /// A folder that is there already; files that can't be written.
    pub fn create(at: impl Into<Location>, mut config: Config, root: &[u8]) -> Result<Self> {
        let Location { path, key, medium } = at.into();
        if medium.has(&path.join("medlot.toml")) {
            return Err(Error::folder(&path, "is in use already: give another --dir"));
        }
        medium.make(&path, &PARTS)?;
        let hold = medium.hold(&path)?;
        let vault = key.as_ref().map(Vault::keyed).unwrap_or_default();
        config.encrypted = match &key {
            Some(_) => Some(hex(&vault.seal(Path::new("medlot.toml"), WORD)?)),
            None => None,
        };
        let folder = Self { path, config, vault, medium, holds: AtomicU64::new(0), _hold: hold };
        // A root's anchor is written once its log stands.
        if !root.is_empty() {
            folder.save_root(root)?;
        }
        folder.save_config()?;
        Ok(folder)
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// No such folder, one of a newer layout, one that another command holds.
    pub fn open(at: impl Into<Location>) -> Result<Self> {
        let Location { path, key, medium } = at.into();
        let file = path.join("medlot.toml");
        let text = medium.read(&file).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
            Error::folder(&path, "is no medlot folder: begin one with `medlot device init` or `medlot authority init`")
        })?;
        let config: Config = toml::from_str(&text).map_err(|e| Error::folder(&file, e.message()))?;
        if config.layout != LAYOUT {
            let layout = config.layout;
            return Err(Error::folder(
                &path,
                format!("has layout {layout}, this build reads {LAYOUT}: use a newer build"),
            ));
        }
        let vault = match (&config.encrypted, &key) {
            (None, None) => Vault::plain(),
            (None, Some(_)) => return Err(Error::folder(&path, "isn't encrypted: give no storage key")),
            (Some(_), None) => return Err(Error::folder(&path, "is encrypted: give the storage key")),
            (Some(word), Some(key)) => {
                let vault = Vault::keyed(key);
                let word = unhex(word).unwrap_or_default();
                if vault.open(Path::new("medlot.toml"), word).ok().as_deref() != Some(WORD) {
                    return Err(Error::folder(&path, "is encrypted with another storage key"));
                }
                vault
            }
        };
        let hold = medium.hold(&path)?;
        Ok(Self { path, config, vault, medium, holds: AtomicU64::new(0), _hold: hold })
    }

    /// Where its files stand.
    #[must_use]
    pub const fn medium(&self) -> &Medium {
        &self.medium
    }

    /// How its files stand on the disk.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Refuses where the own log takes no further record, with the way on.
    ///
    /// # Errors
    /// It was restored from a backup, or another device holds more of it.
    pub fn check_writable(&self) -> Result<()> {
        self.config.read_only.map_or(Ok(()), |why| Err(why.refusal(&self.path)))
    }

    /// Lets the own log take no further record: from now on a new key must be begun.
    ///
    /// # Errors
    /// `medlot.toml` can't be written.
    pub fn make_read_only(&mut self, why: ReadOnly) -> Result<()> {
        self.config.read_only = Some(why);
        self.save_config()
    }

    /// Goes on with a new line's first log, where the one before takes no further record.
    ///
    /// # Errors
    /// The log in use can go on; another facility's; `medlot.toml` can't be written.
    pub fn begin_again(&mut self, log: &Hash, facility: &str) -> Result<()> {
        if self.config.read_only.is_none() {
            return Err(Error::folder(&self.path, "is in use already: give another --dir"));
        }
        if self.config.facility != facility {
            let own = &self.config.facility;
            return Err(Error::refused(format!("facility: {facility}; this folder holds the records of {own}")));
        }
        (self.config.log, self.config.line) = (log.to_string(), log.to_string());
        self.config.read_only = None;
        self.save_config()
    }

    /// Writes `medlot.toml`.
    ///
    /// # Errors
    /// It can't be written.
    fn save_config(&self) -> Result<()> {
        let file = self.path.join("medlot.toml");
        let text = toml::to_string(&self.config).map_err(|e| Error::folder(&file, e))?;
        self.medium.replace(&file, text.as_bytes())
    }

    /// Goes on with another own log.
    ///
    /// # Errors
    /// `medlot.toml` can't be written.
    pub fn switch_log(&mut self, log: &Hash) -> Result<()> {
        self.changed();
        self.config.log = log.to_string();
        // The new key's history begins here.
        self.config.read_only = None;
        self.save_config()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// `medlot.toml`.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }
    /// h₀ of the own log that goes on.
    ///
    /// # Errors
    /// `medlot.toml` is damaged.
    pub fn log(&self) -> Result<Hash> {
        hash_of(&self.path, &self.config.log)
    }
    /// The own line's id.
    ///
    /// # Errors
    /// `medlot.toml` is damaged.
    pub fn line(&self) -> Result<Hash> {
        hash_of(&self.path, &self.config.line)
    }
    /// The trust anchor's bytes.
    ///
    /// # Errors
    /// It can't be read.
    pub fn root(&self) -> Result<Vec<u8>> {
        self.read(&self.path.join("root.mlt"))
    }
    /// Keeps the trust anchor.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn save_root(&self, root: &[u8]) -> Result<()> {
        self.changed();
        self.write(&self.path.join("root.mlt"), root)
    }

    /// A number that is another one as soon as something else is held than before, the own log's records aside: what was
    /// worked out from everything held goes no further then.
    pub(crate) fn holds(&self) -> u64 {
        self.holds.load(Ordering::Relaxed)
    }
    fn changed(&self) {
        self.holds.fetch_add(1, Ordering::Relaxed);
    }

    /// Reads a file of the folder.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>> {
        self.vault.open(path, self.medium.read_object(path)?)
    }
    /// Writes a file of the folder: after a power cut it is the old one or the new one.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.medium.replace(path, &self.vault.seal(path, bytes)?)
    }

    /// Keeps a private key: suite and seed, readable by the owner only.
    ///
    /// # Errors
    /// It can't be written, or is there already.
    pub fn save_key(&self, name: &str, suite: Suite, seed: &[u8; 32]) -> Result<()> {
        let text = format!("{}:{}\n", suite.number(), hex(seed));
        let path = self.path.join("keys").join(format!("{name}.key"));
        self.medium.write_new(&path, &self.vault.seal(&path, text.as_bytes())?)
    }
    /// Notes that an own log's key is kept outside: in a phone's key store, a browser, a token.
    ///
    /// # Errors
    /// As [`Folder::save_key`].
    pub fn save_outside_key(&self, name: &str, suite: Suite) -> Result<()> {
        let path = self.path.join("keys").join(format!("{name}.key"));
        let text = format!("{}:{OUTSIDE}\n", suite.number());
        self.medium.write_new(&path, &self.vault.seal(&path, text.as_bytes())?)
    }
    /// What signs an own log.
    ///
    /// # Errors
    /// It isn't here, or damaged.
    pub fn own_key(&self, name: &str) -> Result<OwnKey> {
        let path = self.path.join("keys").join(format!("{name}.key"));
        let damaged = || Error::folder(&path, "is no key file of medlot's");
        let text = String::from_utf8(self.read(&path)?).map_err(|_| damaged())?;
        let (suite, seed) = text.trim().split_once(':').ok_or_else(damaged)?;
        let suite = suite.parse().ok().and_then(Suite::of_number).ok_or_else(damaged)?;
        if seed == OUTSIDE {
            return Ok(OwnKey::Outside);
        }
        let seed: [u8; 32] = unhex(seed).and_then(|s| s.try_into().ok()).ok_or_else(damaged)?;
        let key = SoftwareKey::from_seed(suite, &seed).map_err(|e| Error::folder(&path, e))?;
        Ok(OwnKey::Here(Box::new(key)))
    }
    /// Reads a private key.
    ///
    /// # Errors
    /// It isn't here, kept outside, or damaged.
    pub fn key(&self, name: &str) -> Result<SoftwareKey> {
        match self.own_key(name)? {
            OwnKey::Here(key) => Ok(*key),
            OwnKey::Outside => Err(Error::refused(format!("the key of {name} is kept outside this folder"))),
        }
    }
    /// Whether the key of this log is here: it is an own log.
    #[must_use]
    pub fn is_own(&self, log: &Hash) -> bool {
        self.medium.has(&self.path.join("keys").join(format!("{log}.key")))
    }
    /// Gives a key file the name of its log.
    ///
    /// # Errors
    /// It can't be renamed.
    pub fn rename_key(&self, from: &str, to: &str) -> Result<()> {
        let file = |name: &str| self.path.join("keys").join(format!("{name}.key"));
        if !self.vault.is_keyed() {
            return self.medium.rename(&file(from), &file(to));
        }
        // Its name is authenticated: it is written under the new one, then the old one goes.
        let key = self.read(&file(from))?;
        self.medium.write_new(&file(to), &self.vault.seal(&file(to), &key)?)?;
        self.medium.remove(&file(from))
    }

    /// Every log's file: own ones, and those that are kept whole.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn logs(&self) -> Result<Vec<PathBuf>> {
        self.files("logs", "mlog")
    }
    /// Opens a log.
    ///
    /// # Errors
    /// As [`LogFile::open`].
    pub fn open_log(&self, path: &Path) -> Result<LogFile> {
        LogFile::open(path, &self.medium, &self.vault)
    }
    /// Begins a log.
    ///
    /// # Errors
    /// As [`LogFile::create`].
    pub fn create_log(&self, head: LogHead) -> Result<LogFile> {
        self.changed();
        LogFile::create(&self.log_path(&head.id()?), head, &self.medium, &self.vault)
    }
    /// The file of a log.
    #[must_use]
    pub fn log_path(&self, log: &Hash) -> PathBuf {
        self.path.join("logs").join(format!("{log}.mlog"))
    }
    /// Keeps what somebody sent, as it came; the same bytes are kept once.
    ///
    /// # Errors
    /// It can't be written.
    pub fn keep(&self, object: &[u8]) -> Result<PathBuf> {
        let path = self.path.join("extracts").join(format!("{}.mlt", name_of(object)));
        if !self.medium.has(&path) {
            self.write(&path, object)?;
            self.changed();
        }
        Ok(path)
    }
    /// Everything that others sent.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn kept(&self) -> Result<Vec<Vec<u8>>> {
        self.files("extracts", "mlt")?.iter().map(|path| self.read(path)).collect()
    }
    /// Puts aside what couldn't be taken, with the reason: nothing is lost.
    ///
    /// # Errors
    /// It can't be written.
    pub fn put_aside(&self, object: &[u8], reason: &str) -> Result<PathBuf> {
        let path = self.path.join("aside").join(format!("{}.mlt", name_of(object)));
        self.write(&path, object)?;
        self.write(&path.with_extension("txt"), reason.as_bytes())?;
        Ok(path)
    }

    /// Everything that was put aside, each with its file.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn put_by(&self) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let paths = self.files("aside", "mlt")?;
        paths.into_iter().map(|path| Ok((path.clone(), self.read(&path)?))).collect()
    }
    /// Takes back what was put aside: it is kept elsewhere now.
    ///
    /// # Errors
    /// The file can't be removed.
    pub fn taken_back(&self, path: &Path) -> Result<()> {
        self.medium.remove(path)?;
        self.medium.remove(&path.with_extension("txt"))
    }
    fn files(&self, folder: &str, extension: &str) -> Result<Vec<PathBuf>> {
        let mut files = self.medium.list(&self.path.join(folder))?;
        files.retain(|path| path.extension().is_some_and(|e| e == extension));
        Ok(files)
    }
}

/// The name under which bytes are kept: half of their SHA-256.
pub(crate) fn name_of(object: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(object).into();
    Hash(digest).log16().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod disk_tests;
#[cfg(test)]
mod vault_tests;
