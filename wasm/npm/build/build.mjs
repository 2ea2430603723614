// Builds dist/ from the module that cargo built: bindings, wasm-opt, what guards each call, TypeScript.
//
//   node build/build.mjs MODULE.wasm MEDLOT-BINDGEN
//
// `cargo xtask test browser` calls this with both.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { declared } from "./declared.mjs";
import { sizes } from "./sizes.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [module, bindgen] = process.argv.slice(2);
if (!module || !bindgen) throw new Error("usage: node build/build.mjs MODULE.wasm MEDLOT-BINDGEN");
const dist = join(here, "dist");
const generated = join(here, "generated");
const tool = (name) => join(here, "node_modules", ".bin", name);
const run = (program, args) => execFileSync(program, args, { cwd: here, stdio: "inherit" });

for (const folder of [dist, generated]) rmSync(folder, { recursive: true, force: true });
mkdirSync(dist);
run(bindgen, [module, generated]);

const named = join(generated, "medlot_bg.wasm");
const whole = join(dist, "medlot.wasm");
// -O1, not -Oz: that one takes 6 % more off the module, and makes it compress to 8 % more. What is called often stands in front.
const features = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
const strip = ["--strip-debug", "--strip-producers"];
run(tool("wasm-opt"), ["-O1", "--reorder-functions", ...features.map((feature) => `--enable-${feature}`), ...strip, "-o", whole, named]);

// What the bindings import of our own stands beside them: no folder with a number in its name.
const bindings = readFileSync(join(generated, "medlot.js"), "utf8");
const [, unpack] = /^import \{ unpack \} from '\.\/(snippets\/[^']*)';$/m.exec(bindings) ?? [];
if (!unpack) throw new Error("the bindings don't import unpack.js: wasm-bindgen writes them otherwise now");
copyFileSync(join(generated, unpack), join(dist, "unpack.js"));
writeFileSync(join(dist, "bindings.js"), bindings.replace(`./${unpack}`, "./unpack.js"));
const types = readFileSync(join(generated, "medlot.d.ts"), "utf8");
const { declarations, wrapper } = declared(types);
writeFileSync(join(dist, "bindings.d.ts"), types);
writeFileSync(join(dist, "api.d.ts"), declarations);
writeFileSync(join(dist, "api.js"), wrapper);
run(tool("tsc"), ["-p", "."]);
sizes(named, whole);
