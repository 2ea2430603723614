//! Over a stream of bytes: standard input and output, a serial port, a socket.

use super::cut;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::sync::Exchange;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::str::FromStr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Chunks read that wait: more than a peer ever has on its way.
const CHUNKS: usize = 128;
/// Baud of a serial port, where none is given.
const BAUD: u32 = 115_200;

/// Reads beside the session, so that both sides may write at once.
fn input(mut from: impl Read + Send + 'static) -> Receiver<std::io::Result<Vec<u8>>> {
    let (to, chunks) = sync_channel(CHUNKS);
    std::thread::spawn(move || {
        loop {
            let mut chunk = vec![0; 64 * 1_024];
            let read = from.read(&mut chunk).map(|n| {
                chunk.truncate(n);
                chunk
            });
            // A serial port that says nothing for a while isn't closed.
            if read.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::TimedOut) {
                continue;
            }
            let last = !matches!(&read, Ok(chunk) if !chunk.is_empty());
            if to.send(read).is_err() || last {
                return;
            }
        }
    });
    chunks
}

/// Carries a session over a stream until it is done. Text between the frames (a device's answers to a person) goes to
/// `text`. `patience`: the longest silence; `None`: as long as it takes.
///
/// # Errors
/// What ends the session; a stream that fails, ends early, or says nothing for longer than `patience`. In any case call
/// [`Exchange::finish`] afterwards: what came is kept.
pub fn over_stream(
    exchange: &mut Exchange,
    from: impl Read + Send + 'static,
    mut to: impl Write,
    patience: Option<Duration>,
    mut text: impl FnMut(&[u8]),
) -> Result<()> {
    let chunks = input(from);
    let failed = |e: std::io::Error| Error::file(Path::new("the connection"), &e);
    loop {
        loop {
            let bytes = exchange.take_outgoing()?;
            if bytes.is_empty() {
                break;
            }
            to.write_all(&bytes).and_then(|()| to.flush()).map_err(failed)?;
        }
        if exchange.is_done() {
            return Ok(());
        }
        let chunk = match patience {
            None => chunks.recv().map_err(|_| cut())?,
            Some(patience) => chunks.recv_timeout(patience).map_err(|e| match e {
                RecvTimeoutError::Timeout => Error::unknown(format!(
                    "the other side said nothing for {} s: what came is kept; check the cable, then synchronise again",
                    patience.as_secs()
                )),
                RecvTimeoutError::Disconnected => cut(),
            })?,
        };
        let chunk = chunk.map_err(failed)?;
        if chunk.is_empty() {
            return Err(cut());
        }
        exchange.receive(&chunk)?;
        let said = exchange.take_text();
        if !said.is_empty() {
            text(&said);
        }
    }
}

/// Where a device is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// A serial port: its device and baud.
    Serial(String, u32),
    /// A TCP address: a converter, or an emulator.
    Tcp(String),
    /// A socket of the file system.
    #[cfg(unix)]
    Unix(String),
}

impl FromStr for Port {
    type Err = String;

    /// `DEVICE`, `DEVICE:BAUD`, `tcp:HOST:PORT` or `unix:PATH`.
    fn from_str(text: &str) -> core::result::Result<Self, String> {
        if let Some(address) = text.strip_prefix("tcp:") {
            return Ok(Self::Tcp(address.into()));
        }
        #[cfg(unix)]
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        match text.rsplit_once(':').map(|(device, baud)| (device, baud.parse())) {
            Some((device, Ok(baud))) => Ok(Self::Serial(device.into(), baud)),
            _ if text.is_empty() => {
                Err("a port: a serial device such as /dev/ttyUSB0:115200, tcp:HOST:PORT or unix:PATH".into())
            }
            _ => Ok(Self::Serial(text.into(), BAUD)),
        }
    }
}

impl Port {
    /// Connects, and carries a session over it.
    ///
    /// # Errors
    /// A port that can't be opened; as [`over_stream`].
    pub fn carry(&self, exchange: &mut Exchange, patience: Duration, text: impl FnMut(&[u8])) -> Result<()> {
        match self {
            Self::Serial(device, baud) => {
                let failed = |e: std::io::Error| Error::file(Path::new(device), &e);
                let mut port = serial2::SerialPort::open(device, *baud).map_err(failed)?;
                port.set_read_timeout(Duration::from_millis(500)).map_err(failed)?;
                let read = port.try_clone().map_err(failed)?;
                over_stream(exchange, read, port, Some(patience), text)
            }
            Self::Tcp(address) => {
                let failed = |e: std::io::Error| Error::file(Path::new(address), &e);
                let stream = TcpStream::connect(address).map_err(failed)?;
                let read = stream.try_clone().map_err(failed)?;
                over_stream(exchange, read, stream, Some(patience), text)
            }
            #[cfg(unix)]
            Self::Unix(path) => {
                let failed = |e: std::io::Error| Error::file(Path::new(path), &e);
                let stream = std::os::unix::net::UnixStream::connect(path).map_err(failed)?;
                let read = stream.try_clone().map_err(failed)?;
                over_stream(exchange, read, stream, Some(patience), text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_port_is_a_device_with_its_baud_or_an_address() {
        assert_eq!("/dev/ttyUSB0".parse(), Ok(Port::Serial("/dev/ttyUSB0".into(), 115_200)));
        assert_eq!("COM3:9600".parse(), Ok(Port::Serial("COM3".into(), 9_600)));
        assert_eq!("tcp:127.0.0.1:4000".parse(), Ok(Port::Tcp("127.0.0.1:4000".into())));
        assert!("".parse::<Port>().unwrap_err().contains("/dev/ttyUSB0"));
    }
}
