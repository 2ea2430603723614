//! QR codes from pictures: screenshots, scans, photographs.

use super::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, QrError};
use image::imageops::{FilterType, invert, resize, thumbnail};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits};
use rqrr::PreparedImage;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes that a decoder may take: 64 million pixels of four channels, and the decoder's own.
const DECODER_BYTES: u64 = 320 << 20;
/// Pixels searched at once; larger pictures are halved first: no code needs more.
const SEARCHED_PIXELS: usize = 16_000_000;
/// Pictures up to so many pixels are also searched enlarged, since modules of 2 pixels are hard to tell apart.
const ENLARGED_PIXELS: usize = 1_000_000;
/// Sides below this hold no code (the smallest has 21 modules).
const SMALLEST_SIDE: u32 = 21;

/// The texts of all QR codes on a PNG or JPEG picture, each once, medlot's or not.
///
/// The picture may be rotated, grey, noisy or transparent (then white is behind it), and larger than needed: it
/// is searched as it is, and at half and a quarter of its size, where noise and moiré fade. If nothing is found,
/// light codes on dark ground are sought. Codes that hold no text (UTF-8) are left out.
///
/// # Errors
/// Another format, a damaged file, more pixels than the limits, no code, codes that can't be read.
pub fn read_picture(bytes: &[u8]) -> Result<Vec<String>, QrError> {
    let picture = decode(bytes)?;
    let mut search = Search::default();
    let mut sizes = sizes(picture);
    sizes.iter().for_each(|p| search.through(p));
    if search.texts.is_empty() {
        sizes.iter_mut().for_each(invert);
        sizes.iter().for_each(|p| search.through(p));
    }
    match search {
        Search { texts, seen: 0 } if texts.is_empty() => Err(QrError::NoCode),
        Search { texts, seen } if texts.is_empty() => Err(QrError::Unreadable { seen }),
        Search { texts, .. } => Ok(texts),
    }
}

/// The picture in grey. Its dimensions are judged before a pixel is decoded.
fn decode(bytes: &[u8]) -> Result<GrayImage, QrError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| QrError::Format)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODER_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| QrError::Format)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_PICTURE_SIDE || pixels > MAX_PICTURE_PIXELS || decoder.total_bytes() > DECODER_BYTES {
        return Err(QrError::Size { width, height });
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| QrError::Format)?;
    if !picture.color().has_alpha() {
        return Ok(picture.into_luma8());
    }
    let picture = picture.into_luma_alpha8();
    let on_white = picture.pixels().map(|p| {
        let [grey, alpha] = p.0.map(u32::from);
        ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
    });
    GrayImage::from_raw(width, height, on_white.collect()).ok_or(QrError::Format)
}

/// The picture in the sizes in which it is searched, the largest first.
fn sizes(mut picture: GrayImage) -> Vec<GrayImage> {
    let half = |p: &GrayImage| thumbnail(p, (p.width() / 2).max(1), (p.height() / 2).max(1));
    while picture.len() > SEARCHED_PIXELS {
        picture = half(&picture);
    }
    let mut sizes = Vec::with_capacity(4);
    if picture.len() <= ENLARGED_PIXELS {
        sizes.push(resize(&picture, picture.width() * 2, picture.height() * 2, FilterType::Triangle));
    }
    let halved = half(&picture);
    let quartered = half(&halved);
    sizes.extend([picture, halved, quartered]);
    sizes.retain(|p| p.width().min(p.height()) >= SMALLEST_SIDE);
    sizes
}

#[derive(Default)]
struct Search {
    texts: Vec<String>,
    /// Most codes seen in one size.
    seen: usize,
}

impl Search {
    fn through(&mut self, picture: &GrayImage) {
        let (width, height) = picture.dimensions();
        let raw = picture.as_raw();
        // The search rests on geometry in floating point and asserts some of it: what no picture of a code brings
        // about must not end the program either.
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut prepared = PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
                raw.get(y * width as usize + x).copied().unwrap_or(255)
            });
            let grids = prepared.detect_grids();
            let texts: Vec<String> = grids.iter().filter_map(|g| g.decode().ok()).map(|(_, text)| text).collect();
            (grids.len(), texts)
        }));
        let (seen, texts) = found.unwrap_or_default();
        self.seen = self.seen.max(seen);
        for text in texts {
            if !self.texts.contains(&text) {
                self.texts.push(text);
            }
        }
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
