//! By pictures of codes: two screens that face two cameras, or a folder in which pictures are put.
//!
//! Each turn of a side is what it has to send, as an object of type 8 (`spec/wire-format.md` section 7): one code, a loop
//! of codes, or a long series.

use super::{cut, outgoing};
use medlot_sdk::error::{Error, Result};
use medlot_sdk::folder::{read_file, replace};
use medlot_sdk::medlot_core::record::{ObjectType, header, read_header};
use medlot_sdk::qr::{self, Collect, Collected};
use medlot_sdk::sync::Exchange;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Shows a turn's texts, and reads the other side's.
pub trait Turns {
    /// Shows the codes of the own turn (counted from 1) until the next.
    ///
    /// # Errors
    /// They can't be shown.
    fn show(&mut self, turn: u32, codes: &[String]) -> Result<()>;
    /// Texts of the other side's turn that are seen now; those seen before may come again.
    ///
    /// # Errors
    /// They can't be read.
    fn see(&mut self, turn: u32) -> Result<Vec<String>>;
}

/// Carries a session by codes, turn after turn, until it is done.
///
/// # Errors
/// What ends the session; the other side shows nothing for longer than `patience`.
pub fn over_codes(exchange: &mut Exchange, turns: &mut impl Turns, patience: Duration) -> Result<()> {
    let (mut shown, mut seen) = (0, 1);
    let mut collect = Collect::new();
    let mut since = Instant::now();
    loop {
        let bytes = outgoing(exchange)?;
        if !bytes.is_empty() {
            shown += 1;
            let object = [header(ObjectType::Frames).as_slice(), &bytes].concat();
            let codes = qr::texts(&object, qr::CODE_CHARACTERS).map_err(|e| Error::refused(e.to_string()))?;
            turns.show(shown, &codes)?;
        }
        if exchange.is_done() {
            return Ok(());
        }
        let mut whole = None;
        for text in turns.see(seen)? {
            if let Collected::Whole(object) = collect.add(&text).map_err(|e| Error::invalid(e.to_string()))? {
                whole = Some(object);
                break;
            }
        }
        match whole {
            Some(object) => {
                let (kind, frames) = read_header(&object)?;
                if kind != ObjectType::Frames {
                    return Err(Error::invalid("this code is no part of a synchronisation: show it with `verify`"));
                }
                exchange.receive(frames)?;
                (seen, since) = (seen + 1, Instant::now());
                collect.start_again();
            }
            None if since.elapsed() > patience => return Err(cut()),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Pictures in a folder that both sides reach: `NAME-TURN-CODE.png`.
pub struct Pictures {
    folder: PathBuf,
    name: String,
}

impl Pictures {
    /// Pictures of this side are called by `name`; those of any other name are the other side's.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.to_path_buf(), name: name.replace('-', "_") }
    }
}

impl Turns for Pictures {
    fn show(&mut self, turn: u32, codes: &[String]) -> Result<()> {
        for (code, text) in (1..).zip(codes) {
            let picture = qr::png(text, 4).map_err(|e| Error::refused(e.to_string()))?;
            replace(&self.folder.join(format!("{}-{turn}-{code}.png", self.name)), &picture)?;
        }
        Ok(())
    }

    fn see(&mut self, turn: u32) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        let entries = std::fs::read_dir(&self.folder).map_err(|e| Error::file(&self.folder, &e))?;
        for entry in entries {
            let path = entry.map_err(|e| Error::file(&self.folder, &e))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".png"));
            let parts: Vec<&str> = name.unwrap_or_default().split('-').collect();
            let [whose, of, _] = parts.as_slice() else { continue };
            if *whose != self.name && of.parse() == Ok(turn) {
                let picture = qr::read_picture(&read_file(&path)?);
                let picture = picture.map_err(|e| Error::invalid(format!("{}: {e}", path.display())))?;
                texts.extend(picture);
            }
        }
        Ok(texts)
    }
}
