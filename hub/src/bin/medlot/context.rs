//! What every command shares: folder, language, time, how it prints.
use crate::io;
use crate::words::Lang;
use medlot_sdk::authority::Written;
use medlot_sdk::desk::Desk;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::folder::{Folder, Location, Medium, StorageKey};
use medlot_sdk::medlot_core::time::Timestamp;
use serde_json::{Map, Value};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What every command shares.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) dir: PathBuf,
    storage_key: Option<PathBuf>,
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    now: Option<Timestamp>,
}

/// Where an object goes.
#[derive(clap::Args)]
pub(crate) struct OutArg {
    /// Files to write the object to, by their ending: .mlt bytes, .txt text, .png or .svg QR codes; - is text on
    /// standard output. Without any: text on standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Vec<PathBuf>,
}

impl Context {
    pub(crate) fn new(
        dir: PathBuf,
        storage_key: Option<PathBuf>,
        lang: Lang,
        json: bool,
        now: Option<Timestamp>,
    ) -> Self {
        Self { dir, storage_key, lang, json, now }
    }

    /// The folder, with the key of its files where one is given.
    pub(crate) fn location(&self) -> Result<Location> {
        let read = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, &e))?;
            StorageKey::from_hex(&text)
        };
        Ok(Location {
            path: self.dir.clone(),
            key: self.storage_key.as_ref().map(read).transpose()?,
            medium: Medium::Disk,
        })
    }

    /// The time: given, else the system's.
    pub(crate) fn now(&self) -> Result<Timestamp> {
        self.clock().ok_or_else(|| Error::argument("the clock was never set: give --now, such as 2026-11-24T08:00:00Z"))
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        let unix = || SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|d| d.as_secs());
        self.now.or_else(|| Timestamp::from_unix(i64::try_from(unix()?).ok()?))
    }

    pub(crate) fn desk(&self) -> Result<Desk> {
        let desk = Desk::open(self.location()?, self.now()?)?;
        tracing::info!(dir = %self.dir.display(), log = %desk.log().id(), records = desk.log().tip().count(), "folder opened");
        if desk.log().dropped() > 0 {
            tracing::warn!(bytes = desk.log().dropped(), "an append that was cut off was dropped");
        }
        Ok(desk)
    }

    /// The folder, for who only reads in it: a hub has no log of its own.
    pub(crate) fn folder(&self) -> Result<Folder> {
        Folder::open(self.location()?)
    }

    /// Prints an answer: as JSON, or its keys for people.
    pub(crate) fn say(&self, title: &str, said: &Value) -> Result<ExitCode> {
        let mut out = std::io::stdout().lock();
        let text = if self.json { said.to_string() } else { self.text(title, said) };
        writeln!(out, "{}", text.trim_end()).map_err(|e| Error::file(Path::new("standard output"), &e))?;
        Ok(ExitCode::SUCCESS)
    }

    /// An answer for people.
    pub(crate) fn text(&self, title: &str, said: &Value) -> String {
        let mut text = format!("{}\n", self.lang.word(title));
        if let Value::Object(map) = said {
            self.lines(map, 1, &mut text);
        }
        text
    }

    fn lines(&self, map: &Map<String, Value>, depth: usize, text: &mut String) {
        let indent = "  ".repeat(depth);
        for (key, value) in map {
            let word = self.lang.word(key);
            match value {
                Value::Null => {}
                Value::Object(inner) => {
                    text.push_str(&format!("{indent}{word}: {}\n", self.flat(inner)));
                }
                Value::Array(items) if items.iter().all(|i| !i.is_object()) => {
                    let items: Vec<String> = items.iter().map(|i| self.scalar(i)).collect();
                    text.push_str(&format!("{indent}{word}: {}\n", items.join(", ")));
                }
                Value::Array(items) => {
                    text.push_str(&format!("{indent}{word}:\n"));
                    for item in items.iter().filter_map(Value::as_object) {
                        text.push_str(&format!("{indent}- {}\n", self.flat(item)));
                    }
                }
                scalar => text.push_str(&format!("{indent}{word}: {}\n", self.scalar(scalar))),
            }
        }
    }

    /// An object on one line.
    fn flat(&self, map: &Map<String, Value>) -> String {
        let mut parts = Vec::new();
        for (key, value) in map {
            let shown = match value {
                Value::Object(inner) => self.flat(inner),
                Value::Array(items) => items
                    .iter()
                    .map(|i| i.as_object().map_or_else(|| self.scalar(i), |o| self.flat(o)))
                    .collect::<Vec<_>>()
                    .join(", "),
                scalar => self.scalar(scalar),
            };
            parts.push(format!("{} {shown}", self.lang.word(key)));
        }
        parts.join("; ")
    }

    fn scalar(&self, value: &Value) -> String {
        match value {
            // A log's id and a record's are 64 digits: 16 select it and can be given back.
            Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                text.chars().take(16).collect()
            }
            Value::String(text) => self.lang.word(text).to_owned(),
            other => other.to_string(),
        }
    }

    /// Writes an object where it is to go, and says what it is.
    pub(crate) fn deliver(&self, title: &str, written: &Written, out: &OutArg) -> Result<ExitCode> {
        let mut said = written.said.clone();
        let mut files = Vec::new();
        for path in &out.out {
            for file in io::write(path, &written.object)? {
                files.push(Value::from(file.display().to_string()));
            }
            if let (Some(list), true) = (&written.list, path != Path::new("-")) {
                let beside = path.with_extension("list.mlt");
                io::write(&beside, list)?;
                files.push(beside.display().to_string().into());
            }
        }
        if let Some(map) = said.as_object_mut() {
            map.insert("bytes".into(), written.object.len().into());
            if !files.is_empty() {
                map.insert("files".into(), files.into());
            }
            if self.json || out.out.is_empty() {
                map.insert("object".into(), medlot_sdk::qr::to_text(&written.object).into());
            }
            if let (Some(list), true) = (&written.list, self.json || out.out.is_empty()) {
                map.insert("list".into(), medlot_sdk::qr::to_text(list).into());
            }
        }
        // Standard output holds the object's text already.
        if out.out.iter().any(|p| p == Path::new("-")) {
            return Ok(ExitCode::SUCCESS);
        }
        self.say(title, &said)
    }
}
