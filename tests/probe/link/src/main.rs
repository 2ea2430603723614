//! Links medlot-core into a bare program: what it calls needs neither std nor an allocator, on any target.
#![no_std]
#![no_main]

use core::hint::black_box;

use medlot_core::ident::{Party, Product, Quantity};
use medlot_core::record::Record;
use medlot_core::scan::{Profile, Scratch, scan};
use medlot_core::time::{Date, Expiry, Timestamp};
use medlot_core::trust::{Anchor, FixedShelf, open};

/// The entry point that the linker looks for; nothing runs this program.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    loop {
        let text = black_box("");
        let read = (Product::parse(text), Party::parse(text), Quantity::parse(text));
        black_box(&read);
        black_box(&(Expiry::parse(text), Timestamp::parse(text)));
        let bytes = black_box(text.as_bytes());
        if let Ok(today) = Date::new(2026, 11, 24) {
            let mut scratch = Scratch::new();
            black_box(&scan(bytes, &Profile { gs: None }, today, &mut scratch));
        }
        black_box(&Record::decode(bytes));
        if let Ok(anchor) = Anchor::parse(bytes) {
            let mut shelf = FixedShelf::<4, 4>::new(&anchor);
            black_box(open(&anchor, bytes, &mut shelf).is_ok());
        }
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
