// What tests call in the page.
import * as medlot from "/dist/index.js";

globalThis.medlot = medlot;
globalThis.bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
