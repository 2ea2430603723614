//! Synchronising: bytes in, bytes out, over whatever carries them.
use super::super::{Answer, Js, Reason, give, take};
use super::{Device, State, count};
use crate::desk::Desk;
use crate::error::{Error, Kind};
use crate::sync::{Exchange, Plan};
use medlot_core::sync::Totals;

input! {
    /// With whom.
    SyncInput {
        /// Facilities to carry batches for, besides the own.
        carry: Vec<String>,
        /// Give at most what these facilities may have; where empty, what the peer asks for.
        give: Vec<String>,
        /// The clock was never set: then it isn't compared with the peer's.
        clock_unset: bool,
    }
}

view! {
    /// Something that could not be taken.
    SetAside {
        /// Why.
        why: Reason,
        /// It may be right: it is tried again when more comes.
        waits: bool,
    }
}

view! {
    /// What went over.
    WentOver {
        /// Segments and objects.
        pieces: u32,
        /// Their bytes.
        bytes: i64,
    }
}

view! {
    /// What a session did.
    SyncAnswer {
        /// Both sides gave all that they had to give.
        done: bool,
        /// What was sent.
        sent: WentOver,
        /// What came and is kept.
        stored: WentOver,
        /// What was set aside.
        aside: Vec<SetAside>,
        /// Logs that have two histories.
        forks: Vec<String>,
        /// `as_here`; `behind` or `forked` where the peer holds what isn't in the own log, which is closed then.
        standing: String,
        /// Records that stay here alone, since the log is closed: write them anew.
        unsealed: u32,
    }
}

view! {
    /// How far a session is: what a screen shows while it runs. How much is to come, no side knows before its last page.
    SyncProgress {
        /// What was sent.
        sent: WentOver,
        /// What came and is kept.
        stored: WentOver,
        /// Pieces that came and were set aside.
        aside: u32,
        /// Both sides gave all that they had to give, and nothing waits to be sent.
        done: bool,
    }
}

impl SetAside {
    pub(crate) fn of(error: &Error) -> Self {
        Self { waits: error.kind == Kind::Unknown, why: error.clone().into() }
    }
}

impl SyncProgress {
    pub(crate) fn of(totals: Totals, done: bool) -> Self {
        Self { sent: went(totals.sent), stored: went(totals.stored), aside: totals.aside, done }
    }
}

fn went((pieces, bytes): (u32, u64)) -> WentOver {
    WentOver { pieces, bytes: i64::try_from(bytes).unwrap_or(i64::MAX) }
}

impl Device {
    fn exchange<T>(&self, ask: impl FnOnce(&mut Exchange) -> crate::error::Result<T>) -> Answer<T> {
        let mut inner = self.inner();
        // A peer may forget what it was told is held here: it is told so once that is durable.
        inner.check_confirmed()?;
        match &mut inner.state {
            State::Syncing(exchange) => Ok(ask(exchange)?),
            State::Idle(_) => Err(Error::refused("no synchronisation is under way: begin one").into()),
            State::Closed(why) => Err(Error::closed(why).into()),
        }
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// Begins a session with a peer. Then, until [`Device::sync_is_done`] or the line is cut: send what
    /// [`Device::sync_send`] gives, hand what comes to [`Device::sync_receive`], and make changes durable; at the end
    /// [`Device::sync_finish`]. A session that was cut goes on where it was with the next.
    ///
    /// # Errors
    /// 4012; closed, or synchronising already; more facilities than a session names.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncBegin")
    )]
    pub fn sync_begin(&self, with: Js<SyncInput>, now: i64) -> Answer<()> {
        let SyncInput { carry, give, clock_unset } = take(with)?;
        let moment = super::super::verifier::moment(now)?;
        let plan = Plan { clock_unset, carry, give: Some(give).filter(|give| !give.is_empty()), ..Plan::new(moment) };
        let mut inner = self.inner();
        inner.writing(now)?;
        let State::Idle(desk) = std::mem::replace(&mut inner.state, State::Closed("a session could not begin")) else {
            return Err(Error::closed("a session could not begin").into());
        };
        match Exchange::of_desk(*desk, &plan) {
            Ok(exchange) => {
                inner.state = State::Syncing(Box::new(exchange));
                Ok(())
            }
            Err(e) => {
                // The desk went into the session: it is opened again.
                let desk = Desk::open(inner.location.clone(), moment)?;
                inner.state = State::Idle(Box::new(desk));
                Err(e.into())
            }
        }
    }

    /// The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.
    ///
    /// # Errors
    /// 4012: the peer isn't told of what isn't durable yet. What ends the session.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncSend")
    )]
    pub fn sync_send(&self) -> Answer<Vec<u8>> {
        self.exchange(Exchange::take_outgoing)
    }

    /// Takes bytes that came, in any pieces.
    ///
    /// # Errors
    /// What ends the session; what came before is kept.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncReceive")
    )]
    pub fn sync_receive(&self, bytes: Vec<u8>) -> Answer<()> {
        self.exchange(|exchange| exchange.receive(&bytes))
    }

    /// Whether both sides gave all they had to give, and nothing waits to be sent.
    ///
    /// # Errors
    /// No session is under way.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncIsDone")
    )]
    pub fn sync_is_done(&self) -> Answer<bool> {
        self.exchange(|exchange| Ok(exchange.is_done()))
    }

    /// How far the session is.
    ///
    /// # Errors
    /// No session is under way.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncProgress")
    )]
    pub fn sync_progress(&self) -> Answer<Js<SyncProgress>> {
        self.exchange(|exchange| Ok(SyncProgress::of(exchange.totals(), exchange.is_done()))).and_then(give)
    }

    /// Ends the session, done or cut: takes what can be read now and notes what was seen.
    ///
    /// # Errors
    /// No session is under way; storage.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "syncFinish")
    )]
    pub fn sync_finish(&self, now: i64) -> Answer<Js<SyncAnswer>> {
        let moment = super::super::verifier::moment(now)?;
        let mut inner = self.inner();
        inner.check_confirmed()?;
        let state = std::mem::replace(&mut inner.state, State::Closed("a session could not be ended"));
        let exchange = match state {
            State::Syncing(exchange) => exchange,
            other => {
                inner.state = other;
                return Err(Error::refused("no synchronisation is under way: begin one").into());
            }
        };
        let report = exchange.finish()?;
        inner.state = State::Idle(Box::new(Desk::open(inner.location.clone(), moment)?));
        let aside = report.aside.iter().map(|aside| SetAside::of(&aside.error));
        let json = report.json();
        let standing =
            json.pointer("/own/standing").and_then(serde_json::Value::as_str).unwrap_or("as_here").to_owned();
        give(SyncAnswer {
            done: report.done,
            sent: went(report.totals.sent),
            stored: went(report.totals.stored),
            aside: aside.collect(),
            forks: report.forks.iter().map(ToString::to_string).collect(),
            standing,
            unsealed: count(report.unsealed),
        })
    }
}
