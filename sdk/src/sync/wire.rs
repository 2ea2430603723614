//! A session on a line: bytes in, bytes out, whatever keeps what comes.
use super::holdings::{Holdings, Keeper};
use crate::error::{Error, Result};
use medlot_core::sync::{Deframer, Session, Standing, SyncError, Unit, frame, frame_length};

/// Outgoing bytes after which no more are made before these are taken.
pub(super) const ENOUGH: usize = 1 << 20;

/// What keeps things, whichever it is: sessions over all of them are one code.
pub(super) type AnyKeeper = Box<dyn Keeper + Send>;

/// A session, what it holds, and the bytes on their way.
pub(super) struct Wire {
    pub(super) holdings: Holdings<AnyKeeper>,
    pub(super) session: Session<Vec<u8>>,
    deframer: Deframer<Vec<u8>>,
    outgoing: Vec<u8>,
    message: Vec<u8>,
    text: Vec<u8>,
    failed: Option<Error>,
}

impl Wire {
    /// With room for messages of this length.
    pub(super) fn new(holdings: Holdings<AnyKeeper>, session: Session<Vec<u8>>, message: usize) -> Self {
        Self {
            holdings,
            session,
            deframer: Deframer::new(vec![0; frame_length(message)]),
            outgoing: Vec::new(),
            message: vec![0; message],
            text: Vec::new(),
            failed: None,
        }
    }

    fn ended<T>(&mut self, result: std::result::Result<T, SyncError>) -> Result<T> {
        result.map_err(|e| {
            let error = self.holdings.failure().unwrap_or_else(|| e.into());
            self.failed = Some(error.clone());
            error
        })
    }
    fn goes_on(&self) -> Result<()> {
        self.failed.clone().map_or(Ok(()), Err)
    }
    fn send(&mut self, length: usize) -> Result<()> {
        let message = self.message.get(..length).unwrap_or_default();
        let from = self.outgoing.len();
        self.outgoing.resize(from + frame_length(length), 0);
        let framed = frame(message, self.outgoing.get_mut(from..).unwrap_or_default());
        let written = self.ended(framed)?;
        self.outgoing.truncate(from + written);
        Ok(())
    }

    /// Takes bytes that came, in any pieces. `seal` is asked once, where the own log is held back and the peer said what it
    /// holds of it: it seals that, unless this copy is an old one, and gives what is offered now, a segment's body.
    pub(super) fn receive(
        &mut self,
        bytes: &[u8],
        seal: &mut dyn FnMut(Standing) -> Result<Option<Vec<u8>>>,
    ) -> Result<()> {
        self.goes_on()?;
        let mut rest = bytes;
        loop {
            let received = match self.deframer.next(&mut rest) {
                None => return Ok(()),
                Some(Unit::Text(text) | Unit::Noise(text)) => {
                    // A peer that talks for ever is cut short, not kept.
                    let room = ENOUGH.saturating_sub(self.text.len()).min(text.len());
                    self.text.extend(text.iter().take(room));
                    continue;
                }
                Some(Unit::Message(message)) => self.session.receive(&mut self.holdings, message, &mut self.message),
            };
            let reply = self.ended(received)?;
            if reply > 0 {
                self.send(reply)?;
            }
            if let Some(standing) = self.session.told() {
                let sealed = seal(standing).and_then(|sealed| self.holdings.release_own(sealed.as_deref()));
                sealed.inspect_err(|e| self.failed = Some(e.clone()))?;
                self.session.release();
            }
        }
    }

    /// The bytes to send now, about a megabyte at most: again until it is empty.
    pub(super) fn take_outgoing(&mut self) -> Result<Vec<u8>> {
        self.goes_on()?;
        while self.outgoing.len() < ENOUGH {
            let sent = self.session.transmit(&mut self.holdings, &mut self.message);
            match self.ended(sent)? {
                0 => break,
                length => self.send(length)?,
            }
        }
        Ok(std::mem::take(&mut self.outgoing))
    }

    /// Lines of text that came between the frames.
    pub(super) fn take_text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }
    /// Whether both sides have given all they have to give, and nothing waits to be sent.
    pub(super) const fn is_done(&self) -> bool {
        self.session.is_done() && self.outgoing.is_empty()
    }
    /// Whether something ended it.
    pub(super) const fn has_failed(&self) -> bool {
        self.failed.is_some()
    }
}
