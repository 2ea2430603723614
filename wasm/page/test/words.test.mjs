// Both languages say the same things, and nothing in the code says anything by itself.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src/", import.meta.url));
const read = (name) => readFileSync(src + name, "utf8");
/** Each key with its text. */
const words = (language) => new Map([...read(`words/${language}.ts`).matchAll(/^ {2}"?([\w.]+)"?: "(.*)",$/gm)].map(([, key, text]) => [key, text]));
const [vi, en] = [words("vi"), words("en")];
const parts = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const sources = readdirSync(src, { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !/words.(vi|en)\.ts$/.test(name));

test("both languages have the same words, with the same parts", () => {
  assert.ok(vi.size > 200, `${vi.size} words`);
  assert.deepEqual([...en.keys()], [...vi.keys()]);
  for (const [key, text] of vi) assert.deepEqual(parts(en.get(key)), parts(text), key);
});

test("every word that the code asks for is there, and none is left over", () => {
  const code = sources.map(read).join("\n");
  const asked = new Set([...code.matchAll(/"([a-zA-Z]+(?:\.[A-Za-z]+)?)"/g)].map(([, key]) => key).filter((key) => vi.has(key)));
  const groups = /^(state|step|nav|kind|reason|refuse|finding|system|measure|only|vvm|capacity)\./;
  assert.deepEqual([...vi.keys()].filter((key) => !asked.has(key) && !groups.test(key)), []);
});

test("no text for people stands in the code", () => {
  const found = sources.filter((name) => name.endsWith(".tsx")).flatMap((name) =>
    read(name).split("\n").flatMap((line, at) => {
      const between = [...line.matchAll(/(?<!=|Promise)>([^<>{}=&|()]*[A-Za-zÀ-ỹ]{2,}[^<>{}=&|()]*)</g)].map(([, text]) => text.trim());
      const labels = [...line.matchAll(/(?:aria-label|placeholder|title|alt)="([^"]+)"/g)].map(([, text]) => text);
      return [...between, ...labels].filter((text) => /[A-Za-zÀ-ỹ]/.test(text) && text !== "medlot" && text !== "Promise").map((text) => `${name}:${at + 1}: ${text}`);
    }));
  assert.deepEqual(found, []);
});

test("every finding, reason and refusal of the library has its word", () => {
  const core = readFileSync(fileURLToPath(new URL("../../../core/src/movement/reasons.rs", import.meta.url)), "utf8");
  const list = (name) => [.../** names */ core.matchAll(new RegExp(`pub const ${name}: Names =\\s*Names\\(&\\[([^\\]]*)\\]`, "g"))].flatMap(([, body]) => [...body.matchAll(/"(\w+)"/g)].map(([, word]) => word));
  const codes = readFileSync(fileURLToPath(new URL("../../../spec/error-codes.md", import.meta.url)), "utf8");
  const findings = [...codes.matchAll(/^\| 5\d{3} \| `(\w+)`/gm)].map(([, name]) => name);
  const wanted = [
    ...[...list("IN"), ...list("OUT"), ...list("MOVE")].map((name) => `reason.${name}`),
    ...list("REFUSE").map((name) => `refuse.${name}`),
    ...findings.map((name) => `finding.${name}`),
  ];
  assert.ok(wanted.length > 50, `${wanted.length} codes`);
  assert.deepEqual(wanted.filter((key) => !vi.has(key)), []);
});
