//! Opening and joining, and what must be made durable.
use super::super::{Answer, Js, give, take};
use super::inputs::{JoinInput, KeySuite};
use super::{Device, Inner, State};
use crate::desk::{Desk, JoinPlan};
#[cfg(not(target_arch = "wasm32"))]
use crate::folder::Medium;
use crate::folder::{Change, Location, Memory, StorageKey};
use medlot_core::crypto::Suite;

input! {
    /// A file as it is stored.
    StoredFile {
        /// Its name, for example `logs/….mlog`.
        name: String,
        /// Its bytes.
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(with = "serde_bytes"), tsify(type = "Uint8Array"))]
        bytes: Vec<u8>,
    }
}

/// A change to make durable: all that [`Device::changes`] gives, in order and in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum StoredChange {
    /// The file is these bytes now, whatever it was.
    Write {
        /// Its name.
        name: String,
        /// Its bytes.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(type = "Uint8Array")
        )]
        bytes: Vec<u8>,
    },
    /// More at the file's end. What stands from `at` on, if anything does, goes first.
    Append {
        /// Its name.
        name: String,
        /// How long it was before, in bytes.
        at: u32,
        /// What is added.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(type = "Uint8Array")
        )]
        bytes: Vec<u8>,
    },
    /// The file goes.
    Remove {
        /// Its name.
        name: String,
    },
}

impl From<Change> for StoredChange {
    fn from(of: Change) -> Self {
        match of {
            Change::Write { name, bytes } => Self::Write { name, bytes },
            // A log of 4 GiB holds 40 million records.
            Change::Append { name, at, bytes } => {
                Self::Append { name, at: u32::try_from(at).unwrap_or(u32::MAX), bytes }
            }
            Change::Remove { name } => Self::Remove { name },
        }
    }
}

fn key_of(key: Option<Vec<u8>>) -> Answer<Option<StorageKey>> {
    let Some(key) = key else { return Ok(None) };
    let length = key.len();
    let key =
        key.try_into().map_err(|_| super::Failure::argument(&format!("storage_key: {length} bytes; it has 32")))?;
    Ok(Some(StorageKey::new(key)))
}

fn in_memory(files: Vec<StoredFile>, key: Option<Vec<u8>>) -> Answer<(Location, Memory)> {
    let memory = Memory::of(files.into_iter().map(|file| (file.name, file.bytes)));
    Ok((Location { key: key_of(key)?, ..memory.clone().into() }, memory))
}

fn plan_of(input: JoinInput) -> JoinPlan {
    let suite = match input.suite {
        Some(KeySuite::P256) => Suite::P256,
        _ => Suite::Ed25519,
    };
    JoinPlan { facility: input.facility, roles: None, label: input.label, suite, outside_key: input.public_key }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// Opens a device whose files the platform keeps. `storage_key`: 32 bytes, where they are encrypted at rest. `now`: in
    /// seconds since 1970.
    ///
    /// # Errors
    /// Files that are no device's; damage; another storage key.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn open(files: Vec<Js<StoredFile>>, storage_key: Option<Vec<u8>>, now: i64) -> Answer<Self> {
        let files = files.into_iter().map(take).collect::<Answer<_>>()?;
        let (location, memory) = in_memory(files, storage_key)?;
        let desk = Desk::open(location.clone(), super::super::verifier::moment(now)?)?;
        Ok(Inner::of(desk, location, Some(memory)))
    }

    /// Begins a device from an authority's invitation, its files kept by the platform: what it begins with stands in
    /// [`Device::changes`]. Send [`Device::request`] to the authority, then [`Device::accept`] what comes back.
    ///
    /// # Errors
    /// An invitation that isn't one, or whose path doesn't verify; a facility that isn't named; a key that is none.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn join(invitation: Vec<u8>, input: Js<JoinInput>, storage_key: Option<Vec<u8>>, now: i64) -> Answer<Self> {
        let (location, memory) = in_memory(Vec::new(), storage_key)?;
        let now = super::super::verifier::moment(now)?;
        let (desk, _) = Desk::join(location.clone(), &invitation, &plan_of(take(input)?), now)?;
        Ok(Inner::of(desk, location, Some(memory)))
    }

    /// What the last call wrote and isn't durable yet. Empty where nothing is, or where a folder of a disk keeps it.
    ///
    /// # Errors
    /// None on a disk; in JavaScript bytes that don't fit.
    pub fn changes(&self) -> Answer<Vec<Js<StoredChange>>> {
        let changes = self.inner().memory.as_ref().map(Memory::changes).unwrap_or_default();
        changes.into_iter().map(|change| give(StoredChange::from(change))).collect()
    }

    /// The changes are durable.
    pub fn confirm(&self) {
        if let Some(memory) = &self.inner().memory {
            memory.confirm();
        }
    }

    /// The changes can't be made durable: the device takes no further call. Open it anew from what is stored; what wasn't
    /// confirmed never happened.
    pub fn failed(&self) {
        let mut inner = self.inner();
        if let Some(memory) = &inner.memory {
            memory.confirm(); // nothing waits any more: it never happened
        }
        inner.state = State::Closed("what was written could not be stored");
    }
}

/// Folders of a disk: phones, servers, the command.
#[cfg(not(target_arch = "wasm32"))]
#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Device {
    /// Opens a device in a folder. One process at a time holds it.
    ///
    /// # Errors
    /// As [`Device::open`]; a folder that another process holds.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn open_folder(path: &str, storage_key: Option<Vec<u8>>, now: i64) -> Answer<Self> {
        let location = Location { path: path.into(), key: key_of(storage_key)?, medium: Medium::Disk };
        let desk = Desk::open(location.clone(), super::super::verifier::moment(now)?)?;
        Ok(Inner::of(desk, location, None))
    }

    /// Begins a device in a folder.
    ///
    /// # Errors
    /// As [`Device::join`]; a folder that is in use.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn join_folder(
        path: &str,
        invitation: Vec<u8>,
        input: JoinInput,
        storage_key: Option<Vec<u8>>,
        now: i64,
    ) -> Answer<Self> {
        let location = Location { path: path.into(), key: key_of(storage_key)?, medium: Medium::Disk };
        let now = super::super::verifier::moment(now)?;
        let (desk, _) = Desk::join(location.clone(), &invitation, &plan_of(input), now)?;
        Ok(Inner::of(desk, location, None))
    }
}
