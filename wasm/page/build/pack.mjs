// Packs a device's folder as the page's sample: what `cargo xtask demo` shows.
//
//   node build/pack.mjs FOLDER 2026-11-07T09:00:00Z OUT.bin
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { filesOf, packed } from "./sample.mjs";

const [folder, at, out] = process.argv.slice(2);
const now = Date.parse(at);
if (!folder || !out || Number.isNaN(now)) throw new Error("usage: node build/pack.mjs FOLDER TIME OUT.bin");
const names = { name: "products.csv", bytes: readFileSync(fileURLToPath(new URL("../../../tests/data/products.csv", import.meta.url))) };
writeFileSync(out, packed(now, [...filesOf(folder), names]));
