/** Destructions: what is due to be destroyed, and who stands for what was. */
import { destructionPeople, type Device, type FindingView, type Language, type RecordView } from "medlot";
import { shelvesOf, type Shelf } from "./counting.js";
import type { Row, State } from "./rows.js";

/** Rows of a question that fit on one page: all. */
export const ALL = 4_294_967_295;

export interface DestroyedLine {
  key: string;
  product: string;
  name: string;
  line: RecordView;
}

/** Somebody who was there. */
export interface Signed {
  operator: string;
  capacity: string;
  refused: boolean;
}

export interface Minutes {
  /** Of the minutes; empty where the record names none. */
  number: string;
  at: string;
  operator: string;
  lines: DestroyedLine[];
  /** Name to the device what is to be attested: the first line of what was written together. */
  records: string[];
  signed: Signed[];
  /** How many stand for the line that has the fewest; as many as must, and more, are as many as must. */
  people: number;
}

export interface Destructions {
  minutes: Minutes[];
  /** So many people must stand for each. */
  needed: number;
  /** What this device's people attest doesn't count: its enrolment grants no such role. */
  roleless: boolean;
}

const DUE: readonly State[] = ["recalled", "expired", "spoilt", "held"];

/** What is recalled, expired, spoilt or held back. */
export const due = (rows: readonly Row[]): Shelf[] => rows.filter(({ state }) => DUE.includes(state)).flatMap(shelvesOf).filter(({ onHand, held, state }) => onHand > 0 && (held || state !== "held"));

const isMinutes = ({ kind }: { kind: string }): boolean => kind === "destruction_minutes";
/** A log is named whole, or by its first half. */
const placeOf = (log: string, index: number): string => `${log.slice(0, 16)}:${index}`;

/** Who attested a record, or refused to. */
function signatures(device: Device): Map<string, Signed[]> {
  const all = new Map<string, Signed[]>();
  for (const { log, counts, attests, operator = "", capacity = "", refused = false } of device.movements({ kinds: ["attest"] }, 0, ALL).rows) {
    if (!attests || counts === "no") continue;
    const place = placeOf(attests.log ?? log, attests.index);
    all.set(place, [...(all.get(place) ?? []), { operator, capacity, refused }]);
  }
  return all;
}

/** The destructions of a facility, the latest first; lines of one number are one minutes. */
export function destructions(device: Device, now: Date, language: Language, nameOf: (record: RecordView) => { product: string; name: string }): Destructions {
  const { log: own, facility } = device.status();
  const needed = destructionPeople();
  const found: FindingView[] = device.findings({}, 0, ALL, language, now).rows;
  const few = new Map(found.filter(({ name }) => name === "destruction_unwitnessed").flatMap(({ records, detail }) => records.map(({ log, index }) => [placeOf(log, index), detail?.amount ?? 0] as const)));
  const roleless = found.some(({ name, detail }) => name === "role_exceeded" && detail?.log === own);
  const signed = signatures(device);
  const keys = new Map<string, string>();
  const all = new Map<string, Minutes>();
  for (const line of device.movements({ kinds: ["movement"], direction: "out", reason: "destroy", facility }, 0, ALL).rows) {
    if (line.counts === "no") continue;
    const place = placeOf(line.log, line.index);
    const head = placeOf(line.log, line.index - (line.group?.back ?? 0));
    const number = line.documents?.find(isMinutes)?.number ?? "";
    // What was written together belongs together; without a number nobody knows what else does.
    const key = keys.get(head) ?? (number || place);
    keys.set(place, key);
    const minutes = all.get(key) ?? { number, at: "", operator: line.operator ?? "", lines: [], records: [], signed: [], people: needed };
    minutes.lines.push({ ...nameOf(line), line, key: place });
    if (head === place) minutes.records.push(line.log === own ? String(line.index) : `${line.log}:${line.index}:${line.id ?? ""}`);
    for (const one of signed.get(place) ?? []) {
      const same = ({ operator, capacity, refused }: Signed) => operator === one.operator && capacity === one.capacity && refused === one.refused;
      if (!minutes.signed.some(same)) minutes.signed.push(one);
    }
    minutes.at = [minutes.at, line.effectiveAt ?? line.recordedAt ?? ""].sort()[1] ?? "";
    minutes.people = Math.min(minutes.people, few.get(place) ?? needed);
    all.set(key, minutes);
  }
  return { minutes: [...all.values()].sort((a, b) => (a.at < b.at ? 1 : -1)), needed, roleless };
}
