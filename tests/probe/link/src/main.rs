//! Links medlot-core into a bare program.
#![no_std]
#![no_main]

use medlot_core as _;

/// The entry point that the linker looks for; nothing runs this program.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
