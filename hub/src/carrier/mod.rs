//! What carries a synchronisation: any stream, HTTP, pictures of codes. Each moves the bytes of an
//! [`Exchange`] and knows nothing of what they say.

mod codes;
#[cfg(feature = "server")]
mod http;
mod stream;

pub use codes::{Pictures, Turns, over_codes};
#[cfg(feature = "server")]
pub use http::{SESSION_HEADER, Served, Server, over_http};
pub use stream::{Port, over_stream};

use medlot_sdk::error::{Error, Kind, Result};
use medlot_sdk::sync::Exchange;

/// Everything that is to be sent now.
fn outgoing(exchange: &mut Exchange) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let bytes = exchange.take_outgoing()?;
        if bytes.is_empty() {
            return Ok(all);
        }
        all.extend(bytes);
    }
}

fn cut() -> Error {
    let text = "the other side ended before the synchronisation did: what came is kept; synchronise again";
    Error { kind: Kind::Usage, ..Error::argument(text) }
}
