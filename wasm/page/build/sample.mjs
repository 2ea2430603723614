// The sample pharmacy: simulated by the command `medlot` from a seed, then some movements that have prices.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PLAN = ["--seed", "109", "--facilities", "10", "--days", "66", "--movements", "8"];
/** Behind its last record; the page's clock stands here. */
export const AT = Date.parse("2026-11-08T02:00:00Z");

/** The command: named in the variable MEDLOT, or as cargo built it. */
export function command() {
  const all = [process.env.MEDLOT, ...["release", "debug"].map((profile) => join(ROOT, "target", profile, "medlot"))];
  const found = all.find((path) => path && existsSync(path));
  if (!found) throw new Error("no command medlot: cargo build -p medlot-hub, or name it in the variable MEDLOT");
  return found;
}

/** Every file of a device's folder. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "LOCK")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1).replaceAll("\\", "/"), bytes: readFileSync(path) }));
}

/** `length u32 LE │ index (JSON) │ files one behind the other`. */
export function packed(at, files) {
  const index = Buffer.from(JSON.stringify({ at, files: files.map(({ name, bytes }) => ({ name, length: bytes.length })) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  return Buffer.concat([length, index, ...files.map(({ bytes }) => bytes)]);
}

/** Bought at a price, and what of it expires soon: what figures of value are made of. */
const BOUGHT = [
  ["registration:893100401125", "LFX-2601", "2026-12-31", "240", 588_000],
  ["registration:893100404925", "LDT-118", "2027-01-20", "150", 412_500],
  ["registration:893100406025", "MBX-77", "2028-05", "90", 1_134_000],
  ["registration:893100400925", "LFC-2509", "2028-09-30", "500", 310_000],
];

/** Writes in the files of a device as its page would. */
async function traded(files) {
  const { Device, init } = await import("medlot");
  await init();
  const at = new Date(AT - 3_600_000);
  const device = Device.open(files, undefined, at);
  const disk = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const durable = () => {
    for (const change of device.changes()) {
      const old = disk.get(change.name) ?? Buffer.alloc(0);
      if (change.kind === "remove") disk.delete(change.name);
      else if (change.kind === "write") disk.set(change.name, Buffer.from(change.bytes));
      else disk.set(change.name, Buffer.concat([old.subarray(0, change.at), Buffer.from(change.bytes)]));
    }
    device.confirm();
  };
  durable();
  for (const [product, lot, expiry, quantity, amount] of BOUGHT) {
    device.record("in", { product, lot, expiry, quantity, amount, reason: "supplier" }, false, "vi", at);
    durable();
  }
  device.seal(at);
  durable();
  device.close();
  return [...disk].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => ({ name, bytes }));
}

/** The sample's bytes: its device's files, its key among them, and the list of products. */
export async function sampleBytes() {
  const folder = mkdtempSync(join(tmpdir(), "medlot-sample-"));
  try {
    execFileSync(command(), ["simulate", ...PLAN, "--out", join(folder, "country")], { stdio: "ignore" });
    // Its hospital has several stores, and of everything some: a recall, expired lots, vials, narcotics.
    const { facilities } = JSON.parse(readFileSync(join(folder, "country/truth.json"), "utf8"));
    const devices = join(folder, "country/devices", facilities.find(({ kind }) => kind === "hospital").facility);
    const device = readdirSync(devices).sort()[0];
    const files = await traded(filesOf(join(devices, device)));
    const names = { name: "products.csv", bytes: readFileSync(join(ROOT, "tests/data/products.csv")) };
    return packed(AT, [...files, names]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts it beside the page. */
export const sample = () => {
  let bytes;
  return {
    name: "medlot-sample",
    async buildStart() {
      bytes ??= await sampleBytes();
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "sample.bin", source: bytes });
    },
    configureServer(server) {
      server.middlewares.use("/sample.bin", (_, response) => response.end(bytes));
    },
  };
};
