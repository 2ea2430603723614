//! Links medlot-core into a bare program: what it calls needs neither std nor an allocator, on any target.
#![no_std]
#![no_main]

use core::hint::black_box;

use medlot_core::ident::{Party, Product, Quantity};
use medlot_core::time::{Expiry, Timestamp};

/// The entry point that the linker looks for; nothing runs this program.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    loop {
        let text = black_box("");
        let read = (Product::parse(text), Party::parse(text), Quantity::parse(text));
        black_box(&read);
        black_box(&(Expiry::parse(text), Timestamp::parse(text)));
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
