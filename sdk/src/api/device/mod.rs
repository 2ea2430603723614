//! A device at work: its log, what others sent, stock.
//!
//! **Where its files stand.** In a folder of a disk ([`Device::open_folder`]) everything is durable when a call returns. In
//! memory ([`Device::open`]) each call that writes leaves [`Device::changes`]: store them in one transaction, then
//! [`Device::confirm`]; if that fails, [`Device::failed`]. Until then nothing further is written, and nothing that the call
//! gave should be shown as done.
//!
//! **Who signs.** A device that joins with a `public_key` of its own is signed for outside: [`Device::prepare_seal`] gives the
//! bytes, [`Device::attach_seal`] takes the signature. Else a key is made and kept with the files, and
//! [`Device::seal`] is enough.
mod answers;
mod destruction;
mod inputs;
mod lots;
mod renewal;
mod storage;
mod sync;
mod write;

pub use answers::{
    Accepted, Card, CardRow, Edge, FindingDetail, FindingPage, FindingView, Handover, Incomplete, LotRef, MovementPage,
    Node, PackAnswer, PartsOf, Pick, PickLine, Places, RecallView, ReportRow, ReportView, ShipmentValue, StatusView,
    StockPage, StockView, Stop, Taken, ToSign, Trace, Written, WrittenAll,
};
pub use destruction::{Destroyed, DestructionInput, destruction_people};
pub use inputs::{
    CountInput, Direction, FindingsInput, GotLine, HandoverInput, JoinInput, KeySuite, Language, LotInput, NoteInput,
    ReceiveInput, RefusedLine, ReportInput, ReportName, ScanInput, SeenStage, StockInput,
};
pub use renewal::{RenewInput, Renewal};
pub use storage::{StoredChange, StoredFile};
pub use sync::{SetAside, SyncAnswer, SyncInput, SyncProgress, WentOver};

pub use inputs::{MovementInput, MovementsInput};

use super::{Answer, Failure};
use crate::account::Account;
use crate::desk::Desk;
use crate::error::Error;
use crate::folder::{Location, Memory};
use crate::sync::Exchange;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A device at work. See the module for how its files and its key are kept.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct Device {
    inner: Mutex<Inner>,
}

/// What a device is doing.
enum State {
    /// Its folder is open.
    Idle(Box<Desk>),
    /// It speaks with a peer.
    Syncing(Box<Exchange>),
    /// It takes no further call.
    Closed(&'static str),
}

struct Inner {
    state: State,
    /// Where it is, to open it again.
    location: Location,
    memory: Option<Memory>,
}

impl Inner {
    fn of(desk: Desk, location: Location, memory: Option<Memory>) -> Device {
        let state = State::Idle(Box::new(desk));
        Device { inner: Mutex::new(Self { state, location, memory }) }
    }

    /// The desk, to read.
    fn desk(&mut self) -> Answer<&mut Desk> {
        match &mut self.state {
            State::Idle(desk) => Ok(desk),
            State::Syncing(_) => Err(Error::refused("a synchronisation is under way: finish it first").into()),
            State::Closed(why) => Err(Error::closed(why).into()),
        }
    }

    /// The desk, to write at this time.
    fn writing(&mut self, now: i64) -> Answer<&mut Desk> {
        self.desk()?;
        self.check_confirmed()?;
        let now = super::verifier::moment(now)?;
        let desk = self.desk()?;
        desk.set_now(now);
        Ok(desk)
    }

    fn check_confirmed(&self) -> Answer<()> {
        let waits = self.memory.as_ref().is_some_and(Memory::is_waiting);
        if waits { Err(Error::unconfirmed().into()) } else { Ok(()) }
    }

    /// What is worked out from everything held, as of this time.
    fn account(&mut self, now: i64) -> Answer<&mut Account> {
        let moment = super::verifier::moment(now)?;
        let desk = self.desk()?;
        desk.set_now(moment);
        Ok(desk.account()?)
    }
}

impl Device {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").finish_non_exhaustive()
    }
}

/// How many.
pub(super) fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// A view of an answer in JSON.
pub(super) fn view<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> Answer<T> {
    serde_json::from_value(json).map_err(|e| Failure::argument(&format!("the answer can't be read: {e}")))
}

#[cfg(test)]
mod tests;
