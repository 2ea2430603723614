//! Where objects come from and go to: files, standard input and output, text, QR pictures.
use medlot_sdk::error::{Error, Result};
use medlot_sdk::folder::{read_file, replace};
use medlot_sdk::qr;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Every object in a file: bytes, `MEDLOT1:` text (a line each), or the QR codes of a picture. `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<Vec<u8>>> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| Error::file(path, &e))?;
        bytes
    } else {
        read_file(path)?
    };
    of_bytes(path, bytes)
}

fn of_bytes(path: &Path, bytes: Vec<u8>) -> Result<Vec<Vec<u8>>> {
    let bad = |e: qr::QrError| Error::invalid(format!("{}: {e}", path.display()));
    if bytes.starts_with(b"ML") {
        return Ok(vec![bytes]);
    }
    let is_picture = bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff");
    let texts = if is_picture {
        qr::read_picture(&bytes).map_err(bad)?
    } else {
        let text = std::str::from_utf8(&bytes).ok().filter(|t| t.contains(qr::PREFIX) || t.contains(qr::SERIES_PREFIX));
        let text = text.ok_or_else(|| {
            Error::invalid(format!(
                "{}: not medlot's: neither an object, nor {} text, nor a PNG or JPEG picture of a code",
                path.display(),
                qr::PREFIX
            ))
        })?;
        text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
    };
    collect(path, &texts)
}

fn collect(path: &Path, texts: &[String]) -> Result<Vec<Vec<u8>>> {
    let mut collect = qr::Collect::new();
    let mut objects = Vec::new();
    for text in texts {
        match collect.add(text).map_err(|e| Error::invalid(format!("{}: {e}", path.display())))? {
            qr::Collected::Whole(object) if !objects.contains(&object) => objects.push(object),
            _ => {}
        }
    }
    if objects.is_empty() {
        let missing: Vec<String> = collect.missing().map(|n| n.to_string()).collect();
        if let Some((have, of)) = collect.progress().filter(|_| missing.is_empty()) {
            return Err(Error::unknown(format!(
                "{}: {have} of {of} pieces are read: read further codes of the series, any of them",
                path.display()
            )));
        }
        return Err(Error::unknown(format!(
            "{}: parts {} of the code are missing: read them too",
            path.display(),
            missing.join(", ")
        )));
    }
    Ok(objects)
}

/// Objects of several files: the codes of one object may stand on several pictures.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let mut objects = Vec::new();
    let mut texts = Vec::new();
    for path in paths {
        let picture = path.extension().is_some_and(|e| e == "png" || e == "jpg" || e == "jpeg");
        if picture {
            let bytes = read_file(path)?;
            let found = qr::read_picture(&bytes).map_err(|e| Error::invalid(format!("{}: {e}", path.display())))?;
            texts.extend(found);
        } else {
            objects.extend(read(path)?);
        }
    }
    if !texts.is_empty() {
        objects.extend(collect(paths.first().map_or(Path::new("-"), PathBuf::as_path), &texts)?);
    }
    Ok(objects)
}

/// The one object of a file.
pub(crate) fn read_one(path: &Path) -> Result<Vec<u8>> {
    let mut objects = read(path)?;
    match (objects.pop(), objects.is_empty()) {
        (Some(object), true) => Ok(object),
        _ => Err(Error::argument(format!("{}: holds several objects; give one", path.display()))),
    }
}

/// Writes an object as its file's ending says: `.svg`, `.png` (QR codes), `.txt` (text), else its bytes; `-` is text on
/// standard output. Gives what was written.
pub(crate) fn write(path: &Path, object: &[u8]) -> Result<Vec<PathBuf>> {
    if path == Path::new("-") {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", qr::to_text(object)).map_err(|e| Error::file(path, &e))?;
        return Ok(Vec::new());
    }
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let bad = |e: qr::QrError| Error::refused(format!("{}: {e}", path.display()));
    match ending {
        "svg" | "png" => {
            let codes = qr::texts(object, qr::CODE_CHARACTERS).map_err(bad)?;
            let mut written = Vec::new();
            for (at, text) in codes.iter().enumerate() {
                let name = if codes.len() == 1 { path.to_path_buf() } else { numbered(path, at + 1) };
                let bytes = if ending == "svg" {
                    qr::svg(text).map_err(bad)?.into_bytes()
                } else {
                    qr::png(text, 4).map_err(bad)?
                };
                replace(&name, &bytes)?;
                written.push(name);
            }
            Ok(written)
        }
        "txt" => {
            replace(path, format!("{}\n", qr::to_text(object)).as_bytes())?;
            Ok(vec![path.to_path_buf()])
        }
        _ => {
            replace(path, object)?;
            Ok(vec![path.to_path_buf()])
        }
    }
}

/// `name.png` as `name-2.png`.
fn numbered(path: &Path, n: usize) -> PathBuf {
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("code");
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("png");
    path.with_file_name(format!("{stem}-{n}.{ending}"))
}

/// A progress bar where a person watches and there is something to wait for.
pub(crate) fn progress(count: usize, what: &'static str) -> indicatif::ProgressBar {
    if count < 2 || !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}").ok();
    let bar = indicatif::ProgressBar::new(count as u64).with_message(what);
    match style {
        Some(style) => bar.with_style(style),
        None => bar,
    }
}
