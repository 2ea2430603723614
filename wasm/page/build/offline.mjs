// The service worker with the list of what it stores: first what the first screen needs, then the rest.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What isn't needed for the first screen: stored right after it. */
const LATER = /(charts|trace|decode|zxing|sheet|sample|papaparse|csv|qr|uPlot|icon-|\.map$)/i;

export const offline = () => {
  let folder = "dist";
  return {
    name: "medlot-offline",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    // The bundles of workers are written by then too.
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "sw.js")
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll("\\", "/"))
        .sort();
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
      const list = {
        version: hash.digest("hex").slice(0, 16),
        first: ["./", ...files.filter((file) => !LATER.test(file) && file !== "index.html")],
        later: files.filter((file) => LATER.test(file)),
      };
      const source = readFileSync(new URL("sw.js", import.meta.url), "utf8");
      writeFileSync(join(folder, "sw.js"), source.replace("/* list */ null", JSON.stringify(list)));
    },
  };
};
