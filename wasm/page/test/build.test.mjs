// What the build promises: the policy, the list of what is stored, licences of what is shipped.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { policyText } from "../build/policy.mjs";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

test("the policy stands in the page, allows nothing inline and nobody else, and one origin where it is asked for", () => {
  const html = readFileSync(at("dist/index.html"), "utf8");
  assert.ok(html.includes(`content="${policyText("")}"`));
  assert.match(html, /connect-src 'self';/);
  assert.doesNotMatch(html, /unsafe-inline|'unsafe-eval'|<style|<script(?![^>]* src=)|https?:\/\//);
  assert.match(policyText("https://hub.example.org"), /connect-src 'self' https:\/\/hub\.example\.org;/);
  for (const wrong of ["https://hub.example.org/v1", "https://a.example; script-src *", "javascript:alert(1)"])
    assert.throws(() => policyText(wrong), undefined, wrong);
});

test("what is stored for use without a network is there, each once, and is everything", () => {
  const list = JSON.parse(/const list = (\{.*\});/.exec(readFileSync(at("dist/sw.js"), "utf8"))[1]);
  const all = [...list.first, ...list.later];
  assert.equal(new Set(all).size, all.length);
  for (const file of all) assert.ok(file === "./" || existsSync(at(`dist/${file}`)), file);
  for (const part of [/medlot-.*\.wasm$/, /^assets\/worker-/]) assert.ok(list.first.some((file) => part.test(file)), String(part));
  for (const part of [/zxing_reader/, /^sample\.bin$/, /trace-/, /charts-/, /sheet-/]) assert.ok(list.later.some((file) => part.test(file)), String(part));
});

test("the manifest names what an installed page needs", () => {
  const manifest = JSON.parse(readFileSync(at("dist/manifest.webmanifest"), "utf8"));
  assert.equal(manifest.display, "standalone");
  for (const { src, sizes } of manifest.icons) {
    const bytes = readFileSync(at(`dist/${src}`));
    if (src.endsWith(".png")) assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
  }
});

test("everything that is shipped has a permissive licence, and its exact version is locked", () => {
  const { packages } = JSON.parse(readFileSync(at("package-lock.json"), "utf8"));
  const permissive = /^(MIT|ISC|0BSD|BlueOak-1\.0\.0|Apache-2\.0|BSD-[23]-Clause|\(?(MIT|Apache-2\.0|CC0-1\.0)( OR (MIT|Apache-2\.0|CC0-1\.0))+\)?)$/;
  const shipped = Object.entries(packages).filter(([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link);
  assert.ok(shipped.length >= 10, `${shipped.length} packages`);
  assert.deepEqual(shipped.filter(([, { license }]) => !permissive.test(license ?? "")).map(([path, { license }]) => `${path}: ${license}`), []);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  assert.deepEqual(Object.values({ ...dependencies, ...devDependencies }).filter((version) => !/^(\d+\.\d+\.\d+|file:\.\.\/npm)$/.test(version)), []);
});
