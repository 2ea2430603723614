//! Texts as QR codes (ISO/IEC 18004), always at level L: what matters is that a code holds much and stays coarse;
//! a label that must bear wear is another matter, and a damaged code can be shown or printed again.

use super::{QrError, SCALES};
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};
use std::io::Cursor;

/// Light modules around a code (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;
/// Pixels of a module in an SVG that nothing scales.
const SVG_MODULE: usize = 4;

/// A code with its quiet zone, row by row; `true` = dark.
struct Modules {
    side: usize,
    dark: Vec<bool>,
}

impl Modules {
    fn of(text: &str) -> Result<Self, QrError> {
        // Fails only for what is too long: the crate itself chooses the modes and the smallest version.
        let code = QrCode::with_error_correction_level(text, EcLevel::L)
            .map_err(|_| QrError::TooLong { length: text.len() })?;
        let inner = code.width();
        let side = inner + 2 * QUIET;
        let mut dark = vec![false; side * side];
        let colors = code.into_colors();
        for (row, colors) in dark.chunks_mut(side).skip(QUIET).zip(colors.chunks(inner)) {
            row.iter_mut().skip(QUIET).zip(colors).for_each(|(module, color)| *module = *color == Color::Dark);
        }
        Ok(Self { side, dark })
    }
    fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.side)
    }
}

/// A code for a terminal: two rows of modules on a line, with the quiet zone, dark on light.
///
/// The two colours are set (SGR, 256 colours) and set back on each line: without them a terminal with light
/// letters would show the code inverted, which many scanners don't read. A code of version 25 takes 125 columns
/// and 63 lines.
///
/// # Errors
/// [`QrError::TooLong`].
pub fn terminal(text: &str) -> Result<String, QrError> {
    let code = Modules::of(text)?;
    let rows: Vec<&[bool]> = code.rows().collect();
    let mut out = String::with_capacity(code.dark.len() * 2);
    for pair in rows.chunks(2) {
        out.push_str("\x1b[38;5;16;48;5;231m");
        let (upper, lower) = (pair.first().copied().unwrap_or_default(), pair.get(1).copied().unwrap_or_default());
        // The number of rows is odd, so the last line's lower half is light, as the quiet zone above it.
        let lower = lower.iter().copied().chain(std::iter::repeat(false));
        out.extend(upper.iter().zip(lower).map(|halves| match halves {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        out.push_str("\x1b[0m\n");
    }
    Ok(out)
}

/// A code as an SVG document, with the quiet zone, black on white: for pages and for print at any size.
///
/// # Errors
/// [`QrError::TooLong`].
pub fn svg(text: &str) -> Result<String, QrError> {
    let code = Modules::of(text)?;
    let (side, size) = (code.side, code.side * SVG_MODULE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\""
    );
    for (y, row) in code.rows().enumerate() {
        let mut x = 0;
        // Neighbours are one rectangle: half the size, and no hairlines between them in print.
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                out.push_str(&format!("M{x} {y}h{n}v1h-{n}z", n = run.len()));
            }
            x += run.len();
        }
    }
    out.push_str("\"/></svg>\n");
    Ok(out)
}

/// A code as a PNG file, `scale` pixels per module (4 is fine on screens, 8 or more for print), with the quiet
/// zone, black on white.
///
/// # Errors
/// [`QrError::TooLong`]; [`QrError::Scale`] outside [`SCALES`].
pub fn png(text: &str, scale: u32) -> Result<Vec<u8>, QrError> {
    if !SCALES.contains(&scale) {
        return Err(QrError::Scale { asked: scale });
    }
    let code = Modules::of(text)?;
    let side = u32::try_from(code.side).map_err(|_| QrError::Write)?;
    let picture = GrayImage::from_fn(side * scale, side * scale, |x, y| {
        let at = (y / scale) as usize * code.side + (x / scale) as usize;
        Luma([if code.dark.get(at).copied().unwrap_or(false) { 0 } else { 255 }])
    });
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png).map_err(|_| QrError::Write)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::{CODE_CHARACTERS, MAX_CODE_CHARACTERS, codes, read_picture, to_text};
    use super::*;
    use qrcode::Version;

    fn text(characters: usize, seed: u32) -> String {
        let mut state = seed;
        let object: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(characters)
        .collect();
        let mut text = to_text(&object);
        text.truncate(characters);
        text
    }

    fn version(text: &str) -> Version {
        QrCode::with_error_correction_level(text, EcLevel::L).unwrap().version()
    }

    #[test]
    fn the_default_code_is_version_25_and_the_largest_is_version_40() {
        for seed in 0..5 {
            assert_eq!(version(&text(CODE_CHARACTERS, seed)), Version::Normal(25));
            assert_eq!(version(&text(MAX_CODE_CHARACTERS, seed)), Version::Normal(40));
        }
        let letters = |n| "A".repeat(n);
        assert_eq!(version(&letters(CODE_CHARACTERS + 1)), Version::Normal(26));
        let long = letters(MAX_CODE_CHARACTERS + 1);
        assert_eq!(svg(&long), Err(QrError::TooLong { length: 4_297 }));
        assert_eq!(terminal(&long).unwrap_err(), png(&long, 1).unwrap_err());
    }

    #[test]
    fn the_quiet_zone_is_four_modules_wide_on_every_side() {
        let code = Modules::of(&text(60, 1)).unwrap();
        let dark: Vec<(usize, usize)> =
            (0..code.dark.len()).filter(|i| code.dark[*i]).map(|i| (i % code.side, i / code.side)).collect();
        for place in [dark.iter().map(|d| d.0).collect::<Vec<_>>(), dark.iter().map(|d| d.1).collect()] {
            assert_eq!(place.iter().min(), Some(&4));
            assert_eq!(place.iter().max(), Some(&(code.side - 5)));
        }
    }

    #[test]
    fn the_svg_and_the_terminal_show_the_modules_of_the_code() {
        let text = text(300, 2);
        let code = Modules::of(&text).unwrap();
        let mut drawn = vec![false; code.dark.len()];
        let svg = svg(&text).unwrap();
        let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split('M').skip(1) {
            let n: Vec<usize> = run.split(|c: char| !c.is_ascii_digit()).flat_map(str::parse).collect();
            assert!(n.len() == 5 && n[2] == n[4], "{run}");
            drawn[n[1] * code.side + n[0]..][..n[2]].fill(true);
        }
        assert!(drawn == code.dark);
        let terminal = terminal(&text).unwrap();
        let mut shown = Vec::new();
        for line in terminal.lines() {
            let line = line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap().strip_suffix("\x1b[0m").unwrap();
            assert_eq!(line.chars().count(), code.side);
            shown.extend(line.chars().map(|c| "█▀".contains(c)));
            shown.extend(line.chars().map(|c| "█▄".contains(c)));
        }
        assert!(shown[..code.dark.len()] == code.dark && !shown[code.dark.len()..].contains(&true));
    }

    #[test]
    fn what_is_drawn_is_read_at_every_size_of_code() {
        for characters in [1, 20, 80, 200, 500, 1_000, CODE_CHARACTERS, 3_000, MAX_CODE_CHARACTERS] {
            let text = text(characters, 3);
            assert_eq!(read_picture(&png(&text, 4).unwrap()), Ok(vec![text]), "{characters}");
        }
        assert_eq!(png("A", 0), Err(QrError::Scale { asked: 0 }));
        assert_eq!(png("A", 33), Err(QrError::Scale { asked: 33 }));
    }

    #[test]
    fn small_and_large_scales_are_read() {
        let text = text(150, 4);
        for scale in [1, 2, 3, 5, 7, 13, 32] {
            assert_eq!(read_picture(&png(&text, scale).unwrap()), Ok(vec![text.clone()]), "{scale}");
        }
    }

    #[test]
    fn a_series_is_read_from_its_pictures() {
        let object = [b"ML\x01\x06".as_slice(), &[0x5a; 5_000]].concat();
        let series = codes(&object, CODE_CHARACTERS).unwrap();
        let read: Vec<String> = series.iter().flat_map(|t| read_picture(&png(t, 3).unwrap()).unwrap()).collect();
        assert_eq!(read, series);
    }
}
