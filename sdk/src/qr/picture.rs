//! QR codes from pictures: screenshots, scans, photographs.

use super::canvas::Canvas;
use super::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, QrError};
use image::imageops::{FilterType, invert, resize};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits};
use rqrr::PreparedImage;
use std::borrow::Cow;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes that a decoder may take: 64 million pixels of four channels, and the decoder's own.
const DECODER_BYTES: u64 = 320 << 20;
/// Pixels searched at first; larger pictures are shrunk to it.
const SEARCHED_PIXELS: usize = 4_000_000;
/// Pixels searched where nothing was found at first: a code that is small on a large picture.
const MOST_SEARCHED_PIXELS: usize = 16_000_000;
/// Sides below this hold no code (the smallest has 21 modules).
const SMALLEST_SIDE: u32 = 21;
/// The search misses large codes now and then, at one size and not at another (measured on drawn photographs:
/// half of the tries at 6 pixels per module), so it is tried at several.
const SIZES: [f64; 5] = [1.0, 2.0, 1.4, 0.7, 0.5];

/// The texts of all QR codes on a PNG or JPEG picture, each once, medlot's or not.
///
/// The picture may be rotated, grey, noisy or transparent (then white is behind it), and larger than needed: it
/// is searched in several sizes, and light codes on dark ground are sought where no others are. A photograph
/// should show a code with some 6 pixels per module: 750 pixels for one of version 25. Codes that hold no text
/// (UTF-8) are left out.
///
/// # Errors
/// Another format, a damaged file, more pixels than the limits, no code, codes that can't be read.
pub fn read_picture(bytes: &[u8]) -> Result<Vec<String>, QrError> {
    let full = decode(bytes)?;
    let mut search = Search::default();
    let mut picture = shrunk(&full, SEARCHED_PIXELS).into_owned();
    search.in_sizes(&picture);
    if search.texts.is_empty() && full.len() > picture.len() {
        search.through(&shrunk(&full, MOST_SEARCHED_PIXELS));
    }
    if search.texts.is_empty() {
        invert(&mut picture);
        search.in_sizes(&picture);
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

/// The picture with at most so many pixels.
fn shrunk(picture: &GrayImage, most: usize) -> Cow<'_, GrayImage> {
    if picture.len() <= most {
        return Cow::Borrowed(picture);
    }
    scaled(picture, (most as f64 / picture.len() as f64).sqrt())
}

fn scaled(picture: &GrayImage, by: f64) -> Cow<'_, GrayImage> {
    let side = |n: u32| ((f64::from(n) * by) as u32).max(1);
    let (width, height) = (side(picture.width()), side(picture.height()));
    if by == 1.0 { Cow::Borrowed(picture) } else { Cow::Owned(resize(picture, width, height, FilterType::Triangle)) }
}

/// Which pixels are darker than their surroundings, an eighth of the picture wide: light falls unevenly, and what
/// differs by noise alone is light.
fn darker(picture: &GrayImage) -> Vec<bool> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let reach = (width.max(height) / 16).max(8);
    // Sums of all pixels above and to the left: 16 million × 255 fit 32 bits.
    let line = width + 1;
    let mut sums = vec![0u32; line];
    sums.reserve_exact(line * height);
    for (y, row) in picture.as_raw().chunks_exact(width.max(1)).enumerate() {
        let mut sum = 0u32;
        sums.push(0);
        for (x, pixel) in row.iter().enumerate() {
            sum += u32::from(*pixel);
            sums.push(sum + sums.get(y * line + x + 1).copied().unwrap_or_default());
        }
    }
    let at = |x: usize, y: usize| sums.get(y * line + x).copied().map_or(0, u64::from);
    let mut dark = Vec::with_capacity(picture.len());
    for (i, pixel) in picture.as_raw().iter().enumerate() {
        let (x, y) = (i % width, i / width);
        let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        let sum = at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top);
        let mean = sum / ((right - left) * (bottom - top)).max(1) as u64;
        let pixel = u64::from(*pixel);
        dark.push(pixel * 100 < mean * 93 && pixel + 6 < mean);
    }
    dark
}

#[derive(Default)]
struct Search {
    texts: Vec<String>,
    /// Most codes seen in one try.
    seen: usize,
}

impl Search {
    fn in_sizes(&mut self, picture: &GrayImage) {
        for size in SIZES {
            // Enlarging is for small pictures: a large one has pixels enough.
            if size <= 1.0 || picture.len() as f64 * size * size <= SEARCHED_PIXELS as f64 {
                self.through(&scaled(picture, size));
            }
        }
    }

    /// Two tries: with the library's threshold, which follows the rows, and with the surroundings'.
    fn through(&mut self, picture: &GrayImage) {
        if picture.len() > MOST_SEARCHED_PIXELS || picture.width().min(picture.height()) < SMALLEST_SIDE {
            return;
        }
        self.try_one(|| PreparedImage::prepare(Canvas::new(picture.clone())));
        let dark = darker(picture).into_iter().map(u8::from).collect();
        if let Some(dark) = GrayImage::from_raw(picture.width(), picture.height(), dark) {
            self.try_one(|| PreparedImage::without_preparation(Canvas::new(dark)));
        }
    }

    fn try_one(&mut self, prepare: impl FnOnce() -> PreparedImage<Canvas>) {
        // The canvas ends a search that takes too long in this way. Besides, the search rests on geometry in floating
        // point and asserts some of it: what no picture of a code brings about must not end the program either.
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut prepared = prepare();
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
