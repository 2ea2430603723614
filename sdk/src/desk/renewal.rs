//! A new key: its log begins beside the one in use, and takes over once it is enrolled.

use super::{Desk, encode, introduce, public_key, request};
use crate::error::{Error, Result};
use crate::evidence::Evidence;
use crate::folder::{LogFile, LogHead, OwnKey, ReadOnly, random};
use medlot_core::crypto::{Hash, Suite, check_key};
use medlot_core::record::{Entry, Observed, Record, Role, Roles};
use medlot_core::trust::FactKind;

/// A new key's log that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its h₀.
    pub log: Hash,
    /// What the key's own store is to sign first, and up to which count it holds; `None` where that was done.
    pub to_sign: Option<(u32, [u8; 84])>,
}

impl Desk {
    /// Begins a successor of the own log with a new key, to be enrolled as the same line; gives the request.
    ///
    /// # Errors
    /// A root, which goes on with the key that it committed to; a disk that is full.
    pub fn renew(&self, suite: Suite) -> Result<Vec<u8>> {
        let seed = random()?;
        let (head, roles) = self.successor(suite, public_key(suite, &seed)?)?;
        let id = head.id()?;
        self.folder.save_key(&id.to_string(), suite, &seed)?;
        let key = self.folder.key(&id.to_string())?;
        let mut log = self.folder.create_log(head)?;
        log.append(&[introduce(self.now, roles, None)?])?;
        log.seal(|message| key.sign(message))?;
        request(&log)
    }

    /// The same with a key that is kept outside. Sign what comes back once it is durable, then [`Desk::attach_renewal`].
    /// Asked again with the same key, it goes on where it was.
    ///
    /// # Errors
    /// As [`Desk::renew`]; a public key that is none, or that has a log in this folder already.
    pub fn renew_outside(&self, suite: Suite, key: Vec<u8>) -> Result<Begun> {
        check_key(suite, &key).map_err(|e| Error::argument(format!("public_key: {} bytes: {e}", key.len())))?;
        let (head, roles) = self.successor(suite, key)?;
        let id = head.id()?;
        let mut log = if self.folder.is_own(&id) && self.folder.medium().has(&self.folder.log_path(&id)) {
            self.begun(&id)?
        } else {
            // A call that was cut off may have left the one without the other.
            if !self.folder.is_own(&id) {
                self.folder.save_outside_key(&id.to_string(), suite)?;
            }
            self.folder.create_log(head)?
        };
        if log.tip().count() == 0 {
            log.append(&[introduce(self.now, roles, None)?])?;
        }
        if log.tip().unsealed() == 0 {
            return Ok(Begun { log: id, to_sign: None });
        }
        let offer = log.offer()?;
        Ok(Begun { log: id, to_sign: Some((offer.mark().count, offer.durable())) })
    }

    /// Takes the signature of what [`Desk::renew_outside`] gave for this log; gives the request to be enrolled.
    ///
    /// # Errors
    /// No log that was begun so; never prepared; a signature that doesn't hold.
    pub fn attach_renewal(&self, id: &Hash, sign: impl FnOnce(Suite) -> Result<[u8; 64]>) -> Result<Vec<u8>> {
        let mut log = self.begun(id)?;
        let count = log.tip().count();
        log.attach(count, &sign(log.head().suite)?)?;
        request(&log)
    }

    /// The request to enrol a log that was begun so.
    ///
    /// # Errors
    /// No such log; it isn't sealed yet.
    pub fn renewal_request(&self, id: &Hash) -> Result<Vec<u8>> {
        request(&self.begun(id)?)
    }

    /// A log that was begun to take over from the one in use, and whose key is kept outside.
    fn begun(&self, id: &Hash) -> Result<LogFile> {
        let outside = self.folder.is_own(id) && matches!(self.folder.own_key(&id.to_string())?, OwnKey::Outside);
        if *id == self.log.id() || !outside {
            return Err(Error::argument(format!("log: {id}: no renewal with an outside key was begun for it here")));
        }
        let log = self.folder.open_log(&self.folder.log_path(id))?;
        // One without a record was begun, and cut off.
        if log.tip().count() > 0 && time_of(&log) < time_of(&self.log) {
            return Err(Error::refused(
                "this key was in use here before: an earlier key never comes back, make another",
            ));
        }
        Ok(log)
    }

    /// The head of the own log's successor with this key, and the roles that it asks for.
    fn successor(&self, suite: Suite, key: Vec<u8>) -> Result<(LogHead, Roles)> {
        let head = LogHead { suite, key, ..self.log.head().clone() };
        if head == *self.log.head() {
            return Err(Error::argument("public_key: it is the key in use: make a new one"));
        }
        let roles = roles_of(&self.log).ok_or_else(|| {
            Error::refused("a root isn't enrolled by anyone: its next key was committed to at its beginning")
        })?;
        Ok((head, roles))
    }

    /// Closes the own log where what is kept of it isn't what stands in it: another device writes under this key, or this
    /// is an old copy. Gives why, where it is closed now.
    pub(super) fn close_where_outdone(&mut self, evidence: &Evidence<'_>) -> Result<Option<Error>> {
        if self.folder.check_writable().is_err() {
            return Ok(None);
        }
        let own = &self.log;
        let outdone = evidence.parts_of(&own.id()).any(|part| {
            let end = part.run.end();
            own.value_at(end).map_or(true, |value| value != part.run.head())
        });
        if outdone {
            self.make_read_only(ReadOnly::Ahead)?;
        }
        Ok(self.folder.check_writable().err())
    }

    /// Seals what stands in the own log, where it may still be written and its key is here, and has its successor note where it
    /// ends: a count goes on from what this device wrote before, whatever its clock shows.
    fn leave_to(&mut self, successor: &mut LogFile) -> Result<()> {
        if self.folder.check_writable().is_ok() {
            self.seal_if_here()?;
        }
        let roles = roles_of(&self.log).unwrap_or(Roles::NONE);
        let moves = [Role::Move, Role::Report].iter().any(|role| roles.contains(Roles::of(&[*role])));
        let Some(end) = self.log.seals().last().filter(|_| moves) else { return Ok(()) };
        let observed = Observed {
            log: self.log.id().log16(),
            count: end.count,
            head: end.head.log16(),
            clock: Some(0), // one device, one clock
            extensions: None,
        };
        successor.append(&[encode(self.now, Entry::Observed(observed))?])?;
        Ok(())
    }

    /// A successor that is enrolled now takes over from the log before.
    pub(super) fn switch_where_enrolled(&mut self, evidence: &Evidence<'_>) -> Result<Option<Hash>> {
        let line = self.folder.line()?;
        for path in self.folder.logs()? {
            let log = self.folder.open_log(&path)?;
            // Others' logs stand here too, and one of the own line may be written on another device.
            if !self.folder.is_own(&log.id()) {
                continue;
            }
            let successor = evidence.all_facts().iter().any(|fact| {
                matches!(fact.kind, FactKind::Enrol { child, line: of, .. } if child == log.id() && of == line && child != of)
            });
            if log.id() != self.log.id() && successor && self.counts_as_enrolled(&log.id())? {
                let id = log.id();
                // Only a log that was begun after the one in use: an earlier one never comes back.
                if time_of(&log) >= time_of(&self.log) {
                    // What stands unsealed would stay so for ever: nobody asks the old key any more.
                    let outside = matches!(self.key, Some(OwnKey::Outside));
                    if outside && self.log.tip().unsealed() > 0 && self.folder.check_writable().is_ok() {
                        return Err(Error::signature_due());
                    }
                    let mut log = log;
                    self.leave_to(&mut log)?;
                    self.key = Some(self.folder.own_key(&id.to_string())?);
                    self.log = log;
                    self.folder.switch_log(&id)?;
                    return Ok(Some(id));
                }
            }
        }
        Ok(None)
    }
}

/// What a log asked for at its beginning; `None`: a root's.
fn roles_of(log: &LogFile) -> Option<Roles> {
    match Record::decode(log.records().get(0)?).ok()?.entry {
        Entry::Introduce(introduce) => Some(introduce.roles),
        _ => None,
    }
}

fn time_of(log: &LogFile) -> u32 {
    log.records().get(0).and_then(|r| Record::decode(r).ok()).map_or(0, |r| r.recorded_at.as_secs())
}
