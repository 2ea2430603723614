#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::qr::{CODE_CHARACTERS, codes, png, to_text};
use image::{ImageFormat, Luma, LumaA, imageops};
use proptest::prelude::*;

struct Random(u32);

impl Random {
    fn byte(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 24) as u8
    }
    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.byte()).collect()
    }
}

/// The text of a bundle-sized object: about 930 bytes, 1,400 characters, version 22.
fn delivery(seed: u32) -> String {
    to_text(&[b"ML\x01\x04", &Random(seed).bytes(926)[..]].concat())
}

fn drawn(text: &str, scale: u32) -> GrayImage {
    image::load_from_memory(&png(text, scale).unwrap()).unwrap().into_luma8()
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn read(picture: &GrayImage) -> Result<Vec<String>, QrError> {
    read_picture(&file(picture.clone(), ImageFormat::Png))
}

/// A sheet photographed: grey paper on a table, turned and in perspective, light from one side, noise, blur.
fn photograph(code: &GrayImage, side: u32, turned: f64, seed: u32) -> GrayImage {
    let mut random = Random(seed);
    let (sin, cos) = turned.to_radians().sin_cos();
    let n = f64::from(code.width());
    let scale = n / (f64::from(side) * 0.62);
    let sharp = GrayImage::from_fn(side, side, |x, y| {
        let (u, v) = (f64::from(x) - f64::from(side) / 2.0, f64::from(y) - f64::from(side) / 2.0);
        let tilt = 1.0 + 0.08 * v / f64::from(side);
        let (u, v) = (u * tilt * scale, v * tilt * scale);
        let (a, b) = (u * cos + v * sin + n / 2.0, v * cos - u * sin + n / 2.0);
        let inside = a >= 0.0 && b >= 0.0 && a < n && b < n;
        let paper = if inside { code.get_pixel(a as u32, b as u32).0[0] } else { 170 };
        let light = 0.45 + 0.4 * f64::from(x) / f64::from(side);
        Luma([(30.0 + f64::from(paper) * light) as u8])
    });
    let mut photo = imageops::blur(&sharp, 0.8);
    for pixel in photo.pixels_mut() {
        let noise = i16::from(random.byte() % 25) - 12;
        pixel.0[0] = (i16::from(pixel.0[0]) + noise).clamp(0, 255) as u8;
    }
    photo
}

#[test]
fn a_code_is_read_turned_by_quarters_and_mirrored() {
    let text = delivery(1);
    let code = drawn(&text, 3);
    let ways = [
        imageops::rotate90(&code),
        imageops::rotate180(&code),
        imageops::rotate270(&code),
        imageops::flip_horizontal(&code),
    ];
    for (i, picture) in ways.iter().enumerate() {
        assert_eq!(read(picture), Ok(vec![text.clone()]), "{i}");
    }
}

#[test]
fn a_code_is_read_downscaled_by_no_whole_number() {
    let text = delivery(2);
    let large = drawn(&text, 10);
    for per_module in [2.0, 3.3, 4.7, 6.2] {
        let side = (f64::from(large.width()) / 10.0 * per_module) as u32;
        let small = imageops::resize(&large, side, side, FilterType::Triangle);
        assert_eq!(read(&small), Ok(vec![text.clone()]), "{per_module} pixels per module");
    }
}

#[test]
fn photographs_are_read_at_any_angle() {
    let text = delivery(3);
    let code = drawn(&text, 8);
    for (i, turned) in [0.0, 7.0, 19.0, 33.0, 45.0, 90.0, 121.0, 180.0].into_iter().enumerate() {
        let photo = photograph(&code, 1_100, turned, i as u32);
        let jpeg = file(photo, ImageFormat::Jpeg);
        assert_eq!(read_picture(&jpeg), Ok(vec![text.clone()]), "turned by {turned}°");
    }
}

#[test]
fn a_photograph_larger_than_what_is_searched_is_read() {
    let text = delivery(4);
    let small = photograph(&drawn(&text, 8), 1_500, 12.0, 9);
    let large = imageops::resize(&small, 6_000, 6_000, FilterType::Nearest);
    assert!(large.len() > MOST_SEARCHED_PIXELS);
    assert_eq!(read_picture(&file(large, ImageFormat::Jpeg)), Ok(vec![text]));
}

#[test]
fn all_codes_of_a_picture_are_read() {
    let object = [b"ML\x01\x06".as_slice(), &Random(5).bytes(4_000)].concat();
    let mut series = codes(&object, CODE_CHARACTERS).unwrap();
    assert_eq!(series.len(), 4);
    let tiles: Vec<GrayImage> = series.iter().map(|t| drawn(t, 4)).collect();
    let side = tiles[0].width();
    let mut sheet = GrayImage::from_pixel(side * 2 + 60, side * 2 + 60, Luma([255]));
    for (i, tile) in tiles.iter().enumerate() {
        let (x, y) = (i as u32 % 2 * (side + 60), i as u32 / 2 * (side + 60));
        imageops::replace(&mut sheet, tile, i64::from(x), i64::from(y));
    }
    let mut two = imageops::crop_imm(&sheet, 0, 0, side * 2 + 60, side).to_image();
    let mut texts = read(&two).unwrap();
    texts.sort();
    let mut first = series[..2].to_vec();
    first.sort();
    assert_eq!(texts, first);
    imageops::invert(&mut two);
    assert_eq!(read(&two).map(|t| t.len()), Ok(2), "light on dark");
    let mut texts = read(&sheet).unwrap();
    texts.sort();
    series.sort();
    assert_eq!(texts, series);
    let twice = codes(b"ML\x01\x06twice", CODE_CHARACTERS).unwrap();
    let one = drawn(&twice[0], 4);
    let mut pair = GrayImage::from_pixel(one.width() * 2, one.height(), Luma([255]));
    imageops::replace(&mut pair, &one, 0, 0);
    imageops::replace(&mut pair, &one, one.width().into(), 0);
    assert_eq!(read(&pair), Ok(twice));
}

#[test]
fn colours_transparency_and_deep_channels_are_read() {
    let text = delivery(6);
    let code = drawn(&text, 3);
    let clear =
        image::GrayAlphaImage::from_fn(code.width(), code.height(), |x, y| LumaA([0, 255 - code.get_pixel(x, y).0[0]]));
    let blue = image::RgbImage::from_fn(code.width(), code.height(), |x, y| {
        image::Rgb(if code.get_pixel(x, y).0[0] == 0 { [10, 20, 120] } else { [250, 240, 200] })
    });
    let deep = DynamicImage::from(code).into_luma16();
    let all = [DynamicImage::from(clear), blue.into(), deep.into()];
    for (i, picture) in all.into_iter().enumerate() {
        assert_eq!(read_picture(&file(picture, ImageFormat::Png)), Ok(vec![text.clone()]), "{i}");
    }
}

/// Inverts modules in a square in the middle of the code; gives their share of all modules in percent.
fn damaged(text: &str, modules: u32) -> (GrayImage, f64) {
    let mut code = drawn(text, 4);
    let side = code.width() / 4;
    let from = side / 2 - modules / 2;
    for y in from * 4..(from + modules) * 4 {
        for x in from * 4..(from + modules) * 4 {
            let p = code.get_pixel_mut(x, y);
            p.0[0] = 255 - p.0[0];
        }
    }
    (code, f64::from(modules * modules) * 100.0 / f64::from((side - 8) * (side - 8)))
}

#[test]
fn damage_within_level_l_is_mended_and_more_is_refused() {
    let text = delivery(7);
    let (little, share) = damaged(&text, 17);
    assert!(share > 2.5, "{share}");
    assert_eq!(read(&little), Ok(vec![text.clone()]));
    let (much, share) = damaged(&text, 50);
    assert!(share > 20.0, "{share}");
    assert_eq!(read(&much), Err(QrError::Unreadable { seen: 1 }));
}

#[test]
fn what_is_no_picture_or_has_no_code_is_named() {
    for bytes in
        [&b""[..], b"MEDLOT1:BB8", b"GIF89a\x01\x00\x01\x00\x00\x00\x00", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]
    {
        assert_eq!(read_picture(bytes), Err(QrError::Format));
    }
    for (width, height) in [(1, 1), (1, 400), (21, 21), (300, 200)] {
        assert_eq!(read(&GrayImage::new(width, height)), Err(QrError::NoCode), "{width} × {height}");
    }
    let noise = GrayImage::from_raw(300, 300, Random(8).bytes(90_000)).unwrap();
    assert_eq!(read(&noise), Err(QrError::NoCode));
}

#[test]
fn a_picture_full_of_finder_patterns_or_noise_is_given_up_soon() {
    let finder = imageops::crop_imm(&drawn("A", 1), 3, 3, 9, 9).to_image();
    let full = GrayImage::from_fn(600, 600, |x, y| *finder.get_pixel(x % 9, y % 9));
    let noise = GrayImage::from_raw(600, 600, Random(10).bytes(360_000)).unwrap();
    for picture in [full, noise] {
        let begun = std::time::Instant::now();
        assert!(read(&picture).is_err());
        // Without the meter: minutes. With it some seconds; the limit leaves room for a busy machine.
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    }
}

/// A PNG that announces dimensions and holds next to nothing.
fn announced(width: u32, height: u32) -> Vec<u8> {
    let mut png = file(GrayImage::new(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    // CRC-32 of the chunk IHDR (PNG, 5.5), bit by bit.
    let crc = png[12..29].iter().fold(u32::MAX, |crc, b| {
        (0..8).fold(crc ^ u32::from(*b), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    });
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    png
}

#[test]
fn absurd_dimensions_are_refused_before_decoding() {
    for (width, height) in [(16_385, 10), (10, 16_385), (9_000, 9_000)] {
        assert_eq!(read_picture(&announced(width, height)), Err(QrError::Size { width, height }));
    }
    assert_eq!(read_picture(&announced(40, 40)), Err(QrError::Format), "fewer pixels than announced");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_file_with_any_damage_never_panics(cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        jpeg: bool, cut: prop::sample::Index) {
        let format = if jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
        let mut bytes = file(drawn("MEDLOT1:XY9Z50", 4), format);
        for (at, b) in cuts {
            let at = at.index(bytes.len());
            bytes[at] = b;
        }
        let _ = read_picture(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read_picture(&bytes);
    }
    #[test]
    fn finder_patterns_anywhere_never_panic(places in proptest::collection::vec((0u32..200, 0u32..200, 1u32..5), 1..20)) {
        let finder = imageops::crop_imm(&drawn("A", 1), 4, 4, 7, 7).to_image();
        let mut picture = GrayImage::from_pixel(230, 230, Luma([255]));
        for (x, y, scale) in places {
            let stone = imageops::resize(&finder, 7 * scale, 7 * scale, FilterType::Nearest);
            imageops::overlay(&mut picture, &stone, x.into(), y.into());
        }
        prop_assert!(read(&picture).is_err());
    }
}
