#!/bin/sh
# On a Mac with Xcode and rustup: builds the library for iOS, its simulator and macOS, and writes ffi/swift/build.
set -eu
cd "$(dirname "$0")/../.."
out=ffi/swift/build
for target in aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin; do
    rustup target add "$target"
    cargo build --release --locked -p medlot-ffi --target "$target"
done
cargo run --locked --manifest-path ffi/bindgen/Cargo.toml -- \
    target/aarch64-apple-darwin/release/libmedlot_ffi.dylib target/bindings
rm -rf "$out"
mkdir -p "$out/headers" "$out/Sources"
cp target/bindings/swift/Medlot.swift "$out/Sources/"
cp target/bindings/swift/MedlotFFI.h "$out/headers/"
cp target/bindings/swift/MedlotFFI.modulemap "$out/headers/module.modulemap"
set --
for target in aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin; do
    set -- "$@" -library "target/$target/release/libmedlot_ffi.a" -headers "$out/headers"
done
xcodebuild -create-xcframework "$@" -output "$out/MedlotFFI.xcframework"
