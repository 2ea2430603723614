// The public declarations, all in one file, compared with the one committed: a change of them is seen in review.
//
//   node build/golden.mjs [--write]
import { readFileSync, writeFileSync } from "node:fs";

const PARTS = ["index", "node", "api", "common", "error", "store", "signer", "open", "sync", "client"];
const golden = new URL("../golden/medlot.d.ts", import.meta.url);
const now = PARTS.map((part) => `// ${part}.d.ts\n${readFileSync(new URL(`../dist/${part}.d.ts`, import.meta.url), "utf8")}`).join("\n");

if (process.argv.includes("--write")) {
  writeFileSync(golden, now);
  console.log("wrote wasm/npm/golden/medlot.d.ts");
} else {
  const then = readFileSync(golden, "utf8").split("\n");
  const lines = now.split("\n");
  const at = lines.findIndex((line, at) => line !== then[at]);
  if (at >= 0 || lines.length !== then.length) {
    const line = at < 0 ? lines.length : at;
    console.error(`wasm/npm/golden/medlot.d.ts differs from what is generated, first in line ${line + 1}:`);
    console.error(`  committed: ${then[line] ?? "(its end)"}\n  generated: ${lines[line] ?? "(its end)"}`);
    console.error("Callers see this. If it is meant: in wasm/npm, npm run golden -- --write");
    process.exit(1);
  }
  console.log(`${lines.length} lines of declarations are as committed`);
}
