//! Synchronisation of a folder with any other party: `medlot_core::sync` over files.
//!
//! An [`Exchange`] is one session: bytes go in and come out, over whatever carries them. A [`Meeting`] is the same for who
//! keeps things in a store of its own.
//!
//! ```text
//! a stream (serial port, pipe, socket)          request and answer (HTTP POST /v1/sync)
//!
//! let mut x = Exchange::open(dir, &plan)?;      client: body = x.take_outgoing()
//! loop {                                                POST body → x.receive(&answer)?
//!     write(x.take_outgoing()?);                        until x.is_done(), then x.finish()
//!     if x.is_done() { break }                  server: x.receive(&body)?; answer = x.take_outgoing()
//!     x.receive(&read())?;                              where x.is_done(): x.finish() after the answer went out
//! }
//! let report = x.finish()?;
//! ```
//!
//! Both are the same frames (`spec/sync.md` section 2). Where a client has nothing to send and isn't done, it sends an
//! empty body: the answer goes on. A line that is cut, or a process that is killed, loses what was under way and nothing
//! else: every piece is on the disk before the other side is told so, and the next session states anew what is held.
//! [`Exchange::finish`] is called in any case: it notes what was observed, also after half a session.

mod archive;
mod concern;
mod exchange;
mod held;
mod holdings;
mod keyring;
mod line;
mod own;
mod party;
mod report;
mod wire;

pub use exchange::{Exchange, Plan, begin_hub};
pub use holdings::{Aside, Holdings, Interest, Keeper, News};
pub use line::said_on;
pub use party::{Came, Meeting, Party};
pub use report::Report;
