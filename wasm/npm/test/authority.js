// An authority for tests: the command `medlot` in a folder of its own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MEDLOT = process.env.MEDLOT ?? fileURLToPath(new URL("../../../target/debug/medlot", import.meta.url));

/** When everything in these tests takes place. */
export const NOW = "2026-11-23T08:00:00Z";

/** A ministry that invites and enrols. */
export function ministry() {
  if (!existsSync(MEDLOT)) throw new Error(`no ${MEDLOT}: cargo build -p medlot-hub, or name the command in the variable MEDLOT`);
  const folder = mkdtempSync(join(tmpdir(), "medlot-"));
  const medlot = (...args) => execFileSync(MEDLOT, ["--dir", "ministry", "--now", NOW, ...args], { cwd: folder, encoding: "utf8" });
  medlot("authority", "init", "--country", "VN", "--currency", "VND", "--out", "root.mlt");
  return {
    /** The trust anchor. */
    root: () => readFileSync(join(folder, "root.mlt")),
    /** An invitation for a facility. */
    invite(facility) {
      medlot("authority", "invite", "--facility", facility, "--roles", "move", "--out", `${facility}.invitation`);
      return readFileSync(join(folder, `${facility}.invitation`));
    },
    /** The enrolment that a request asks for. */
    enrol(request) {
      writeFileSync(join(folder, "request.mlt"), request);
      rmSync(join(folder, "enrolment.mlt"), { force: true });
      medlot("authority", "enrol", "request.mlt", "--scope", "own", "--out", "enrolment.mlt");
      return readFileSync(join(folder, "enrolment.mlt"));
    },
    /** The enrolment of a new key of a log's line. */
    renew(request, log) {
      writeFileSync(join(folder, "request.mlt"), request);
      rmSync(join(folder, "enrolment.mlt"), { force: true });
      medlot("authority", "enrol", "request.mlt", "--scope", "own", "--renews", log, "--out", "enrolment.mlt");
      return readFileSync(join(folder, "enrolment.mlt"));
    },
    end: () => rmSync(folder, { recursive: true }),
  };
}
