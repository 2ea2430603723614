// The repository's committed vectors, for tests.
import { readFileSync } from "node:fs";

const repository = new URL("../../../", import.meta.url);

/** A file of JSON lines. */
export const rows = (path) =>
  readFileSync(new URL(path, repository), "utf8").trim().split("\n").map((line) => JSON.parse(line));

export const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

export const bundles = () => rows("tests/vectors/v1/bundles.jsonl");
