//! The picture as the search for codes sees and paints it, with a meter: a picture made for it could keep the
//! search busy for hours (measured: 500 × 500 pixels full of finder patterns, 150 s).

use image::{GenericImage, GenericImageView, GrayImage, Luma};
use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;

/// Pixels read or painted in one try, a second or so; photographs take a tenth.
const MOST_STEPS: u64 = 300_000_000;
/// Finder patterns of one try: those of a hundred codes. The search compares each with every pair of others.
const MOST_FINDERS: u32 = 300;
/// Steps of a copy of the picture, besides one for 8 pixels: the search copies it for each triple that it tries.
const COPY_STEPS: u64 = 20_000;
/// What the search paints a finder pattern's ring with, after having painted it with another value.
const RING: u8 = 2;

#[derive(Default)]
struct Meter {
    steps: Cell<u64>,
    finders: Cell<u32>,
    last: Cell<u8>,
}

impl Meter {
    fn step(&self, n: u64) {
        self.steps.set(self.steps.get() + n);
        if self.steps.get() > MOST_STEPS {
            // The search can't be told to stop; its caller catches this, and no message is printed.
            resume_unwind(Box::new("too many steps"));
        }
    }
    fn paint(&self, value: u8) {
        self.step(1);
        if self.last.replace(value) != RING && value == RING {
            self.finders.set(self.finders.get() + 1);
            if self.finders.get() > MOST_FINDERS {
                resume_unwind(Box::new("too many finder patterns"));
            }
        }
    }
}

pub(super) struct Canvas {
    picture: GrayImage,
    meter: Rc<Meter>,
}

impl Canvas {
    pub(super) fn new(picture: GrayImage) -> Self {
        Self { picture, meter: Rc::default() }
    }
}

impl Clone for Canvas {
    fn clone(&self) -> Self {
        self.meter.step(COPY_STEPS + self.picture.len() as u64 / 8);
        Self { picture: self.picture.clone(), meter: Rc::clone(&self.meter) }
    }
}

impl GenericImageView for Canvas {
    type Pixel = Luma<u8>;
    fn dimensions(&self) -> (u32, u32) {
        self.picture.dimensions()
    }
    fn get_pixel(&self, x: u32, y: u32) -> Luma<u8> {
        self.meter.step(1);
        self.picture.get_pixel_checked(x, y).copied().unwrap_or(Luma([0]))
    }
}

#[allow(deprecated)] // the trait demands them
impl GenericImage for Canvas {
    fn get_pixel_mut(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        self.picture.get_pixel_mut(x, y)
    }
    fn put_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.meter.paint(pixel.0[0]);
        if let Some(p) = self.picture.get_pixel_mut_checked(x, y) {
            *p = pixel;
        }
    }
    fn blend_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.put_pixel(x, y, pixel);
    }
}
