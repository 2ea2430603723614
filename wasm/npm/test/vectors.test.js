// The committed vectors through the module in Node.js: what a stranger may believe, and what a scanner's text means.
import { test } from "node:test";
import * as medlot from "medlot";
import { wrong } from "./agree.js";
import { agree, GROUPS } from "./vectors.js";

await medlot.init();

for (const group of Object.keys(GROUPS)) {
  test(`every committed vector of ${group} comes out as it states`, () =>
    agree("node", group, (vectors) => wrong(medlot, group, vectors)));
}
