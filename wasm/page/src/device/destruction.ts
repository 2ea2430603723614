/** Destructions: what is due to be destroyed, and who stands for what was. */
import type { Device, FindingView, Language, RecordView } from "medlot";
import { shelvesOf, type Shelf } from "./counting.js";
import type { Row, State } from "./rows.js";

/** So many people stand for a destruction: whoever destroys, and those who attest it. */
export const WITNESSES = 3;

export interface Destroyed {
  /** Names the record to the device. */
  record: string;
  product: string;
  name: string;
  line: RecordView;
}

export interface Minutes {
  /** Of the minutes; empty where the record names none. */
  number: string;
  at: string;
  operator: string;
  lines: Destroyed[];
  /** How many stand for the line that has the fewest; three and more are as many as must. */
  people: number;
}

export interface Destructions {
  minutes: Minutes[];
  /** What this device's people attest doesn't count: its enrolment grants no such role. */
  roleless: boolean;
}

const DUE: readonly State[] = ["recalled", "expired", "spoilt", "held"];

/** What is recalled, expired, spoilt or held back. */
export const due = (rows: readonly Row[]): Shelf[] => rows.filter(({ state }) => DUE.includes(state)).flatMap(shelvesOf).filter(({ onHand, held, state }) => onHand > 0 && (held || state !== "held"));

const isMinutes = ({ kind }: { kind: string }): boolean => kind === "destruction_minutes";
const placeOf = ({ log, index }: { log: string; index: number }): string => `${log}:${index}`;

/** The destructions of a facility, the latest first; lines of one number are one minutes. */
export function destructions(device: Device, now: Date, language: Language, nameOf: (record: RecordView) => { product: string; name: string }): Destructions {
  const { log: own, facility } = device.status();
  const found: FindingView[] = device.findings({}, 0, 4_294_967_295, language, now).rows;
  const few = new Map(found.filter(({ name }) => name === "destruction_unwitnessed").flatMap(({ records, detail }) => records.map((record) => [placeOf(record), detail?.amount ?? 0] as const)));
  const roleless = found.some(({ name, detail }) => name === "role_exceeded" && detail?.log === own);
  const all = new Map<string, Minutes>();
  const { total } = device.movements(0, 0);
  for (let at = 0; at < total; at += 5000) {
    for (const line of device.movements(at, 5000).rows) {
      if (line.facility !== facility || line.kind !== "movement" || line.direction !== "out" || line.reason !== "destroy" || line.counts === "no") continue;
      const number = line.documents?.find(isMinutes)?.number ?? "";
      // Without a number nobody knows what belongs together.
      const key = number || placeOf(line);
      const minutes = all.get(key) ?? { number, at: "", operator: line.operator ?? "", lines: [], people: WITNESSES };
      minutes.lines.push({ ...nameOf(line), line, record: line.log === own ? String(line.index) : `${line.log}:${line.index}:${line.id ?? ""}` });
      minutes.at = [minutes.at, line.effectiveAt ?? line.recordedAt ?? ""].sort()[1] ?? "";
      minutes.people = Math.min(minutes.people, few.get(placeOf(line)) ?? WITNESSES);
      all.set(key, minutes);
    }
  }
  return { minutes: [...all.values()].sort((a, b) => (a.at < b.at ? 1 : -1)), roleless };
}
