//! Encryption at rest (`spec/folder.md` section 3): what stands in files, readable only with the storage key.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce of 24 bytes for each file and each unit of a
//! log. The file's name, and in a log the place of the unit in the file, are authenticated with it: files can't be
//! swapped, and units can't be moved.

use crate::error::{Error, Result};
use crate::folder::{PARTS, random, unhex};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use medlot_core::log::{LogError, Place};
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// What an encrypted file begins with.
const MAGIC: &[u8; 4] = b"MLEV";
/// The layout of encrypted files.
const LAYOUT: u8 = 1;
/// Bytes in front of an encrypted file's nonce, and of an encrypted log's first unit.
const FRONT: usize = MAGIC.len() + 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Bytes that encryption adds to a unit of a log: length, nonce, tag.
const OVERHEAD: usize = 4 + NONCE + TAG;
/// Greatest unit of a log: a group of records is far smaller.
const MAX_UNIT: usize = 1 << 20;

/// The key under which a folder's files are encrypted. It comes from the platform's key store; medlot never writes it.
#[derive(Clone)]
pub struct StorageKey(Zeroizing<[u8; 32]>);

impl StorageKey {
    /// From 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From 64 hex digits; white space around them doesn't matter.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_hex(text: &str) -> Result<Self> {
        let bytes = unhex(text.trim()).map(Zeroizing::new).and_then(|b| <[u8; 32]>::try_from(b.as_slice()).ok());
        bytes.map(Self::new).ok_or_else(|| Error::argument("storage key: 64 hex digits are needed"))
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKey")
    }
}

/// How a folder's files stand on the disk.
#[derive(Clone, Default)]
pub struct Vault(Option<XChaCha20Poly1305>);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Vault(encrypted)" } else { "Vault(plain)" })
    }
}

/// A log's bytes as they were appended, and where they end in the file.
pub(super) struct Opened {
    pub(super) plain: Vec<u8>,
    /// Where the last whole unit ends in the file.
    pub(super) end: u64,
    /// Bytes behind it: of a write that was never acknowledged.
    pub(super) torn: usize,
}

/// What a file is, wherever the whole folder stands: its name, behind that of the part of the folder that it is in.
fn name(path: &Path) -> Vec<u8> {
    let part = path.parent().and_then(Path::file_name).filter(|part| PARTS.iter().any(|known| part == known));
    [part, path.file_name()].into_iter().flatten().flat_map(|part| [part.as_encoded_bytes(), b"/"].concat()).collect()
}

impl Vault {
    /// Files as they are.
    #[must_use]
    pub const fn plain() -> Self {
        Self(None)
    }

    /// Files encrypted under this key.
    #[must_use]
    pub fn keyed(key: &StorageKey) -> Self {
        Self(Some(XChaCha20Poly1305::new(&Key::from(*key.0))))
    }

    /// Whether files are encrypted.
    #[must_use]
    pub const fn is_keyed(&self) -> bool {
        self.0.is_some()
    }

    fn encrypt(cipher: &XChaCha20Poly1305, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: plain, aad };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::refused(format!("{} bytes are too many to encrypt", plain.len())))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// `None` where it isn't what was written under this key.
    fn decrypt(cipher: &XChaCha20Poly1305, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
        cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok()
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn seal(&self, path: &Path, plain: &[u8]) -> Result<Vec<u8>> {
        let Some(cipher) = &self.0 else { return Ok(plain.to_vec()) };
        let sealed = Self::encrypt(cipher, &name(path), plain)?;
        Ok([MAGIC.as_slice(), &[LAYOUT], &sealed].concat())
    }

    /// What a file says.
    ///
    /// # Errors
    /// It is encrypted and no key is given, or another; it isn't encrypted though the folder is; it was changed.
    pub fn open(&self, path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let sealed = self.body(path, &bytes)?;
        match (&self.0, sealed) {
            (Some(cipher), Some(sealed)) => Self::decrypt(cipher, &name(path), sealed).ok_or_else(|| wrong(path)),
            _ => Ok(bytes),
        }
    }

    /// What stands behind the front of an encrypted file; `None` of a plain one.
    fn body<'b>(&self, path: &Path, bytes: &'b [u8]) -> Result<Option<&'b [u8]>> {
        let layout = bytes.strip_prefix(MAGIC).and_then(<[u8]>::split_first);
        match (layout, self.is_keyed()) {
            (Some((&LAYOUT, sealed)), true) => Ok(Some(sealed)),
            (Some((other, _)), true) => {
                Err(Error::folder(path, format!("is encrypted in layout {other}, this build reads {LAYOUT}")))
            }
            (Some(_), false) => Err(Error::folder(path, "is encrypted: give the storage key")),
            // A plain file in an encrypted folder was put there by somebody who lacks the key.
            (None, true) => Err(Error::folder(path, "isn't encrypted, though its folder is: it isn't taken")),
            (None, false) => Ok(None),
        }
    }

    /// The bytes of a unit of a log that begins at `at` in the file; the file's front before the first.
    ///
    /// # Errors
    /// A unit that is too long; the system gives no random bytes.
    pub(super) fn seal_unit(&self, path: &Path, at: u64, plain: &[u8]) -> Result<Vec<u8>> {
        let Some(cipher) = &self.0 else { return Ok(plain.to_vec()) };
        if plain.len() > MAX_UNIT {
            return Err(Error::refused(format!("{} bytes at once: at most {MAX_UNIT}", plain.len())));
        }
        let mut out = if at == 0 { [MAGIC.as_slice(), &[LAYOUT]].concat() } else { Vec::new() };
        let sealed = Self::encrypt(cipher, &unit_name(path, at + out.len() as u64), plain)?;
        out.extend(u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_le_bytes()); // checked against MAX_UNIT
        out.extend(sealed);
        Ok(out)
    }

    /// What the units of a log say. An end that no key can have written whole is torn; where a whole unit stands behind
    /// it, the medium lost what was acknowledged.
    ///
    /// # Errors
    /// As [`Self::open`]; damage before the end.
    pub(super) fn open_log(&self, path: &Path, bytes: Vec<u8>) -> Result<Opened> {
        let (Some(_), Some(cipher)) = (self.body(path, &bytes)?, &self.0) else {
            return Ok(Opened { end: bytes.len() as u64, plain: bytes, torn: 0 });
        };
        let unit = |at: usize| -> Option<(Vec<u8>, usize)> {
            let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
            let length = u32::from_le_bytes(*length) as usize;
            let sealed = rest.get(..length).filter(|_| (NONCE + TAG..=MAX_UNIT + OVERHEAD).contains(&length))?;
            Some((Self::decrypt(cipher, &unit_name(path, at as u64), sealed)?, at + 4 + length))
        };
        let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), FRONT);
        while let Some((said, next)) = unit(at) {
            plain.extend(said);
            at = next;
        }
        if plain.is_empty() {
            return Err(wrong(path));
        }
        if (at + 1..bytes.len()).any(|from| unit(from).is_some()) {
            return Err(LogError::Damaged(Place::File(at as u64)).into());
        }
        Ok(Opened { plain, end: at as u64, torn: bytes.len() - at })
    }
}

/// What authenticates a unit of a log beside its bytes.
fn unit_name(path: &Path, at: u64) -> Vec<u8> {
    [name(path).as_slice(), &at.to_le_bytes()].concat()
}

fn wrong(path: &Path) -> Error {
    Error::folder(
        path,
        "can't be read with this storage key: give the folder's own key; if it is, the file was changed",
    )
}
