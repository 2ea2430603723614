// What each call of the façade costs from JavaScript: one line of JSON, seconds. `cargo xtask bench bindings` runs it.
import { readdirSync, readFileSync } from "node:fs";
import { Device, init, scan, Verifier } from "medlot";

await init();
const folder = process.argv[2];
const now = 1_577_836_800 + 217_000_000 + 100_000 * 60;
const pack = "0108934567000017172806301012345A";

/** The engine compiles what is called often: three calls before. */
function least(work) {
  for (let turn = 0; turn < 3; turn += 1) work();
  let best = Infinity;
  for (let turn = 0; turn < 5; turn += 1) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return best / 1000;
}

const base = `${folder}/device`;
const entries = readdirSync(base, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
const files = entries.map((entry) => {
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  return { name: path.slice(base.length + 1), bytes: readFileSync(path) };
});
const [root, segment] = ["root.mlt", "segment.mlt"].map((name) => readFileSync(`${folder}/${name}`));
const opened = () => {
  const device = Device.open(files, undefined, now);
  device.stock({}, 0, 0, "en", now);
  return device;
};
const device = opened();
const { total } = device.stock({}, 0, 0, "en", now);
console.log(JSON.stringify({
  open: least(() => opened().free()),
  // Another question each time: the answer to the last one is kept.
  stock_new: least(() => [true, false].map((emptyToo) => device.stock({ emptyToo }, 0, 0, "en", now))),
  stock_rows: least(() => device.stock({}, 0, total, "en", now)),
  verify_1000: least(() => { const verifier = new Verifier(root); verifier.verify(segment, now); verifier.free(); }),
  scan_1000: least(() => { for (let n = 0; n < 1000; n += 1) scan(pack, undefined, "2026-11-28"); }),
}));
