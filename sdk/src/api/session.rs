//! Synchronising without a device: for who keeps records in a store of its own.
use super::device::{SetAside, SyncProgress};
use super::records::{hash_of, log_of};
use super::verifier::moment;
use super::{Answer, Failure, Js, KeySuite, LogInput, Reason, give, take};
use crate::error::Error;
use crate::folder::LogHead;
use crate::sync::{Came, Meeting, Party};
use medlot_core::crypto::Suite;
use medlot_core::sync::Standing;
use std::sync::{Mutex, MutexGuard, PoisonError};

input! {
    /// What a party says of itself.
    SyncPartyInput {
        /// Whose records it asks for, its own facility first; none: everything.
        facilities: Vec<String>,
        /// The log that it writes, h₀ in hex, which is held whole; none: a hub, a carrier.
        log: Option<String>,
        /// Its clock, in seconds since 1970; none where it was never set.
        clock: Option<i64>,
        /// The longest message that it takes, 256 to 65,535 bytes; 16,384 where absent.
        message: Option<u32>,
        /// The longest piece that it takes, in bytes; a mebibyte where absent, which is the most.
        piece: Option<u32>,
        /// Pieces on their way to it, 1 to 255; 32 where absent.
        window: Option<u32>,
    }
}

view! {
    /// Something that came, or was held back of the own log and is given from now on.
    CameObject {
        /// It: a bundle of one segment, a State's list, a fork proof.
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(with = "serde_bytes"), tsify(type = "Uint8Array"))]
        object: Vec<u8>,
        /// Where a log goes on by it that is kept from its first record on: that log.
        whole: Option<LogInput>,
        /// Up to which count that log is here now; 0 where there is none.
        count: u32,
        /// Why it couldn't be taken: keep it apart, and give it to the next session as what waits.
        aside: Option<Reason>,
    }
}

view! {
    /// A log of the own facility of which something came, with the place up to which it is here now: what an `Observed` says.
    SeenLog {
        /// The log, h₀ in hex.
        log: String,
        /// The count.
        count: u32,
        /// The chain's value there.
        head: String,
    }
}

view! {
    /// What a session came to.
    SyncOutcome {
        /// `as_here`; `behind` or `forked` where the peer holds what isn't in the log that is written: then nothing may be
        /// appended to it any more, and the way on is a new key.
        standing: String,
        /// Records of the log that is written which the peer holds, from the first on.
        acknowledged: u32,
        /// What came of the own facility.
        observes: Vec<SeenLog>,
        /// The peer's clock minus the own, in seconds, where both are set.
        clock_ahead: Option<i64>,
        /// What was set aside.
        aside: Vec<SetAside>,
        /// Logs that have two histories.
        forks: Vec<String>,
    }
}

enum State {
    /// What is held is being said.
    Before(Box<Party>),
    Going(Box<Meeting>),
    /// It could not begin.
    Failed,
}

/// A session of a party without a device: a national system or a carrier that keeps records in its own database. Say first
/// what is held ([`SyncSession::hold`] …), then, until [`SyncSession::is_done`] or the line is cut: hand what comes to
/// [`SyncSession::receive`], keep what [`SyncSession::came`] gives durably, send what [`SyncSession::send`] gives.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct SyncSession {
    state: Mutex<State>,
}

impl std::fmt::Debug for SyncSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SyncSession").finish_non_exhaustive()
    }
}

impl SyncSession {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn before(&self, say: impl FnOnce(&mut Party)) -> Answer<()> {
        match &mut *self.state() {
            State::Before(party) => {
                say(party);
                Ok(())
            }
            _ => Err(Error::refused("the session has begun: say what is held before").into()),
        }
    }
    fn going<T>(&self, ask: impl FnOnce(&mut Meeting) -> Answer<T>) -> Answer<T> {
        let mut state = self.state();
        if let State::Before(_) = *state
            && let State::Before(party) = std::mem::replace(&mut *state, State::Failed)
        {
            *state = State::Going(Box::new(Meeting::begin(*party)?));
        }
        match &mut *state {
            State::Going(meeting) => ask(meeting),
            _ => Err(Error::closed("a session could not begin").into()),
        }
    }
}

fn input_of(head: &LogHead) -> LogInput {
    LogInput {
        parent: head.parent.to_string(),
        suite: Some(if head.suite == Suite::P256 { KeySuite::P256 } else { KeySuite::Ed25519 }),
        key: head.key.clone(),
        facility: head.facility.clone(),
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl SyncSession {
    /// Of a party that rests on this trust anchor: the bytes of a root object.
    ///
    /// # Errors
    /// A number that can't be. What is no trust anchor is said when the session begins.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(constructor))]
    pub fn new(anchor: Vec<u8>, party: Js<SyncPartyInput>) -> Answer<Self> {
        let SyncPartyInput { facilities, log, clock, message, piece, window } = take(party)?;
        let (writes, clock) = (log.map(|log| hash_of("log", &log)).transpose()?, clock.map(moment).transpose()?);
        let mut party = Party { facilities, writes, clock, ..Party::new(anchor) };
        if let Some(message) = message {
            party.message = message as usize;
        }
        if let Some(piece) = piece {
            party.piece = piece as usize;
        }
        if let Some(window) = window {
            party.window =
                u8::try_from(window).map_err(|_| Failure::argument(&format!("window: {window}; it is 1 to 255")))?;
        }
        Ok(Self { state: Mutex::new(State::Before(Box::new(party))) })
    }

    /// Says that this object is held: a bundle, a State's list, a fork proof.
    ///
    /// # Errors
    /// The session has begun.
    pub fn hold(&self, object: Vec<u8>) -> Answer<()> {
        self.before(|party| party.objects.push(object))
    }

    /// Says that this object came before, couldn't be taken and waits.
    ///
    /// # Errors
    /// The session has begun.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "holdAside")
    )]
    pub fn hold_aside(&self, object: Vec<u8>) -> Answer<()> {
        self.before(|party| party.aside.push(object))
    }

    /// Says that a log is held from its first record on, up to this count. Gives its id.
    ///
    /// # Errors
    /// 4001: a log that can't be; the session has begun.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "holdWhole")
    )]
    pub fn hold_whole(&self, log: Js<LogInput>, count: u32) -> Answer<String> {
        let (head, id) = log_of(take(log)?)?;
        self.before(|party| party.whole.push((head, count)))?;
        Ok(id.to_string())
    }

    /// Says what of the own log nobody was given yet: the body of a segment under its seal. It is offered once the peer
    /// didn't say that this copy of the log is an old one, and handed out by [`SyncSession::came`]; else it stays here.
    ///
    /// # Errors
    /// The session has begun.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "holdBack")
    )]
    pub fn hold_back(&self, segment: Vec<u8>) -> Answer<()> {
        self.before(|party| party.held_back = Some(segment))
    }

    /// Takes bytes that came, in any pieces.
    ///
    /// # Errors
    /// What ends the session (2701 to 2709); what came before stays. At the first: what was held that can't be.
    pub fn receive(&self, bytes: Vec<u8>) -> Answer<()> {
        self.going(|meeting| Ok(meeting.receive(&bytes)?))
    }

    /// What came since this was asked last. Keep it durably, then send.
    ///
    /// # Errors
    /// The session couldn't begin.
    pub fn came(&self) -> Answer<Vec<Js<CameObject>>> {
        self.going(|meeting| {
            meeting
                .came()
                .into_iter()
                .map(|Came { object, whole, aside }| {
                    let count = whole.as_ref().map_or(0, |(_, count)| *count);
                    let whole = whole.map(|(head, _)| input_of(&head));
                    give(CameObject { object, whole, count, aside: aside.map(Into::into) })
                })
                .collect()
        })
    }

    /// The bytes to send now, about a megabyte at most. Call again until it is empty: then the peer is awaited.
    ///
    /// # Errors
    /// 4012: something came that wasn't asked for with [`SyncSession::came`]; what ends the session.
    pub fn send(&self) -> Answer<Vec<u8>> {
        self.going(|meeting| Ok(meeting.take_outgoing()?))
    }

    /// Whether both sides gave all they had to give, and nothing waits to be sent.
    ///
    /// # Errors
    /// The session couldn't begin.
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "isDone"))]
    pub fn is_done(&self) -> Answer<bool> {
        self.going(|meeting| Ok(meeting.is_done()))
    }

    /// How far the session is.
    ///
    /// # Errors
    /// The session couldn't begin.
    pub fn progress(&self) -> Answer<Js<SyncProgress>> {
        self.going(|meeting| Ok(SyncProgress::of(meeting.totals(), meeting.is_done()))).and_then(give)
    }

    /// What it came to, done or cut.
    ///
    /// # Errors
    /// The session couldn't begin.
    pub fn outcome(&self) -> Answer<Js<SyncOutcome>> {
        self.going(|meeting| {
            let standing = match meeting.standing() {
                Standing::AsHere => "as_here",
                Standing::Behind(_) => "behind",
                Standing::Forked(_) => "forked",
            };
            let observes = meeting.news().into_iter().map(|news| SeenLog {
                log: news.log.to_string(),
                count: news.count,
                head: news.head.to_string(),
            });
            Ok(SyncOutcome {
                standing: standing.to_owned(),
                acknowledged: meeting.acknowledged(),
                observes: observes.collect(),
                clock_ahead: meeting.clock_ahead(),
                aside: meeting.aside().iter().map(|aside| SetAside::of(&aside.error)).collect(),
                forks: meeting.forks().map(ToString::to_string).collect(),
            })
        })
        .and_then(give)
    }
}

/// What went over a line of a synchronisation, for whoever looks why it fails: each message, text and noise in order, as JSON
/// (`spec/json/line.schema.json`). A message in no form ends it with the code of what is wrong.
///
/// ```
/// use medlot_sdk::api::read_sync_line;
/// assert_eq!(read_sync_line(b"ready\n".into()), [r#"{"text":"72656164790a"}"#]);
/// ```
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(
    all(feature = "wasm", target_arch = "wasm32"),
    wasm_bindgen::prelude::wasm_bindgen(js_name = "readSyncLine")
)]
#[allow(clippy::needless_pass_by_value)]
#[must_use]
pub fn read_sync_line(bytes: Vec<u8>) -> Vec<String> {
    crate::sync::said_on(&bytes).iter().map(ToString::to_string).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authority::{RootPlan, init};
    use crate::desk::Desk;
    use crate::folder::Memory;
    use medlot_core::time::Timestamp;

    fn anchor() -> Vec<u8> {
        let (suite, memory, now) = (Suite::Ed25519, Memory::default(), Timestamp::from_secs(217_000_000));
        let plan = RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite, keys: 1 };
        init(memory.clone(), &plan, now).unwrap();
        Desk::open(memory, now).unwrap().folder().root().unwrap()
    }

    #[test]
    fn a_party_that_cannot_be_is_refused_and_its_session_takes_no_further_call() {
        let say = |input: SyncPartyInput| SyncSession::new(anchor(), input).and_then(|session| session.send());
        let named = || (0..9).map(|at| format!("01C5{at}")).collect();
        let wrong = [
            (SyncPartyInput { window: Some(256), ..SyncPartyInput::default() }, "window: 256"),
            (SyncPartyInput { window: Some(0), ..SyncPartyInput::default() }, "window: 0"),
            (SyncPartyInput { message: Some(255), ..SyncPartyInput::default() }, "message: 255"),
            (SyncPartyInput { piece: Some(1 << 21), ..SyncPartyInput::default() }, "piece: 2097152"),
            (SyncPartyInput { facilities: named(), ..SyncPartyInput::default() }, "facilities: 9"),
            (SyncPartyInput { log: Some("09".repeat(32)), ..SyncPartyInput::default() }, "log: it isn't held"),
            (SyncPartyInput { log: Some("09".into()), ..SyncPartyInput::default() }, "log: \"09\""),
            (SyncPartyInput { clock: Some(0), ..SyncPartyInput::default() }, "now: 0"),
        ];
        for (input, says) in wrong {
            let error = say(input).unwrap_err();
            assert!(error.code() == 4001 && error.english().contains(says), "{says}: {error}");
        }
        let none = SyncSession::new(b"no anchor".into(), SyncPartyInput::default()).unwrap();
        assert_eq!(none.is_done().unwrap_err().kind(), "invalid");
        assert_eq!(none.send().unwrap_err().code(), 4013);
    }

    #[test]
    fn what_is_held_is_said_before_the_session_begins() {
        let session = SyncSession::new(anchor(), SyncPartyInput::default()).unwrap();
        session.hold(anchor()).unwrap();
        assert!(!session.send().unwrap().is_empty(), "its hello");
        for refused in [session.hold(anchor()), session.hold_aside(anchor()), session.hold_back(vec![1])] {
            assert_eq!(refused.unwrap_err().code(), 4004);
        }
        assert!(!session.is_done().unwrap());
        assert_eq!(session.outcome().unwrap().standing, "as_here");
    }
}
