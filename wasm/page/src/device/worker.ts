/** The worker in which the device lives: its files, its key, and every call that takes time. */
import {
  Device,
  IdbStore,
  Catalogue,
  MedlotError,
  OpenDevice,
  QrReader,
  init,
  qrTexts,
  scan,
  type Destroyed,
  type Direction,
  type HandoverInput,
  type Language,
  type MovementInput,
  type NoteInput,
  type Pick,
  type ReceiveInput,
  type RecordView,
  type Said,
  type SyncProgress,
} from "medlot";
import { Counting, keyOf, shelfLine, shelvesOf, type CountView, type Draft, type Going, type Shelf } from "./counting.js";
import { ALL, destructions, due, type Destructions } from "./destruction.js";
import type { Reported } from "./figures.worker.js";
import { keep } from "./kept.js";
import type { Asked, Reply, Standing, Which } from "./protocol.js";
import { split } from "./parts.js";
import { day, type Query, type View } from "./rows.js";
import { sampleFiles } from "./sample.js";
import { again, begun, catalogue, close, here, idOf, keyless, nameOf, named, now, opened, productOf, progress, queue, refresh, rows, sealSoon, standing, store, which, write, wrote, wroteAll, type Join } from "./session.js";
import { BatchStore } from "./store.js";

export interface Figures extends Omit<Reported, "shortest"> {
  shortest: { product: string; name: string; months: number } | undefined;
}

export interface Recalled {
  name: string;
  product: string;
  lot: string;
  class: number;
  notice: string;
  units: number;
}

/** What the library said of one of several lines. */
class Failed extends Error {
  constructor(readonly said: Said) {
    super(said.message);
  }
}

const counting = new Counting(rows);
let reader: QrReader | undefined;

let reporting: Promise<Reported | undefined> = Promise.resolve(undefined);
let wanted = 0;

/** The reports, from the files as they are durable now; of several that are asked for at once the last. */
function reported(): Promise<Reported | undefined> {
  const mine = ++wanted;
  reporting = reporting.then(async (before) => {
    if (mine !== wanted || !store || !opened) return before;
    const files = await store.load();
    const worker = new Worker(new URL("./figures.worker.ts", import.meta.url), { type: "module" });
    try {
      return await new Promise<Reported>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<Reported>) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ files, now: now().getTime() });
      });
    } catch {
      // Figures are missing then, and nothing else.
      return before;
    } finally {
      worker.terminate();
    }
  });
  return reporting;
}

async function figures(): Promise<Figures | undefined> {
  const found = await reported();
  return found && { ...found, shortest: found.shortest && { ...found.shortest, name: nameOf(found.shortest.product) } };
}
const api = {
  /** Opens the device of this name; says where none is, or another tab has it. */
  async start(name: Which, wait: boolean): Promise<Standing> {
    try {
      return await begun(name, wait);
    } catch (error) {
      if (!(error instanceof MedlotError) || error.codeName !== "folder") throw error;
      await close().catch(() => undefined);
      return standing(/waiting/.test(error.message) ? "busy" : "none");
    }
  },
  join: (join: Join): Promise<Standing> => begun("own", false, join),
  again,
  /** Begins the sample: its files as they were simulated, its day standing still. */
  async sample(url: string): Promise<Standing> {
    await init();
    progress("read", 0.05);
    const { files, at, names: list } = await sampleFiles(url);
    const empty = await IdbStore.open("sample");
    await empty.apply(files.map(({ name, bytes }) => ({ kind: "write" as const, name, bytes })));
    await empty.close();
    await keep("now:sample", new TextEncoder().encode(String(at)));
    const fresh = new Catalogue();
    fresh.loadCsv(list);
    await keep("catalogue:sample", fresh.save());
    return begun("sample", false);
  },
  standing: () => standing(),
  request: (): Uint8Array => here().device.request(),
  async accept(objects: Uint8Array[]) {
    const all = [];
    for (const object of objects) all.push(...(await write((device) => device.accept(object, now()))).objects);
    refresh();
    return { objects: all, standing: standing() };
  },
  async restore(backup: Uint8Array): Promise<Standing> {
    await init();
    const device = Device.restore(backup, undefined, now());
    const files = await BatchStore.open("own");
    if ((await files.load()).length > 0) {
      await files.close();
      throw new Error("there is a device already");
    }
    await new OpenDevice(device, files, undefined).write(() => undefined);
    await files.close();
    return begun("own", false);
  },
  close,
  async erase(name: Which): Promise<void> {
    await counting.end(name);
    await close();
    await IdbStore.remove(name);
    if (name === "own") await keyless();
  },

  view: (query: Query): View => (here(), rows.view(query)),
  table: () => rows.all.map((row) => ({ ...row })),
  figures,
  recalls: (): Recalled[] =>
    rows.all
      .flatMap(({ name, product, lot, onHand, recalls: [gravest] }) => (gravest ? [{ name, product, lot, ...gravest, units: onHand }] : []))
      .sort((a, b) => a.class - b.class),
  /** Products that are here and whose words were typed. */
  products(words: string): { product: string; name: string }[] {
    const found = rows.view({ words, states: [], sort: "name", down: false, offset: 0, limit: 200 }).rows;
    const seen = new Map(found.map(({ product, name }) => [product, { product, name }]));
    for (const drug of catalogue && words.trim() ? catalogue.search(words, 0, 20).rows : []) {
      const product = drug.registrationNumber ? `registration:${drug.registrationNumber}` : drug.packagings[0]?.gtin ? `gtin:${drug.packagings[0].gtin}` : "";
      if (product && !seen.has(product)) seen.set(product, { product, name: nameOf(product) });
    }
    return [...seen.values()].slice(0, 50);
  },
  name: (product: string) => nameOf(product),
  lots: (product: string, lot?: string) => rows.all.filter((row) => row.product === product && (lot === undefined || row.lot === lot)),
  lotsAsKnown(product: string) {
    return here().device.stock({ product }, 0, 1000, "en", now()).rows;
  },

  /** What to take so much of a product from. `opened`: only of what is opened, to throw it away. */
  pick(product: string, quantity: string, opened: boolean): Pick {
    const { device } = here();
    const parts = opened && typeof split(quantity) === "object";
    return parts ? device.pickOpened({ product }, quantity, now()) : device.pick({ product }, quantity, now());
  },
  scan(raw: string, gs: string) {
    const said = scan(raw, gs || undefined, day(now()));
    const item = said.outcome === "read" ? said.item : undefined;
    return { said, name: item?.gtin ? nameOf(`gtin:${item.gtin}`) : "", today: day(now()) };
  },
  check: (pack: MovementInput, language: Language) => here().device.check(pack, language, now()),
  record: (direction: Direction, movement: MovementInput, anyway: boolean, language: Language) =>
    wrote((device) => device.record(direction, movement, anyway, language, now())),
  recordAll: (direction: Direction, lines: MovementInput[], language: Language) => {
    const at = now();
    return wroteAll(
      lines,
      (device, line) => device.record(direction, line, false, language, at),
      (device, some) => device.recordAll(direction, [...some], false, language, at),
    );
  },
  reverse: (record: string, total: number | undefined, note: NoteInput, language: Language) =>
    wrote((device) => device.reverse(record, total, note, language, now())),
  movements(limit: number): RecordView[] {
    const { device } = here();
    const { log: own, facility } = device.status();
    const all = device.movements({ kinds: ["movement", "reversal"], facility }, 0, ALL).rows;
    return all.filter(({ log }) => log === own).slice(-limit).reverse();
  },

  /** What stands of a product, lot by lot. `usable`: only what may be given to be used. */
  shelves: (product: string, usable: boolean): Shelf[] =>
    rows.all.filter((row) => row.product === product && (!usable || row.available > 0)).flatMap(shelvesOf).filter(({ onHand, held }) => onHand > 0 && !(usable && held)),
  due: (): Shelf[] => due(rows.all),
  destructions: (language: Language): Destructions =>
    destructions(here().device, now(), language, (record) => ({ product: productOf(record), name: nameOf(productOf(record)) })),
  async destroy(lines: { shelf: Shelf; quantity: string }[], minutes: string, operator: string, language: Language): Promise<Destroyed> {
    const of = { minutes, operator, lines: lines.map(({ shelf, quantity }) => shelfLine(shelf, quantity)) };
    const done = await write((device) => device.destroy(of, language, now()));
    refresh(new Set(lines.map(({ shelf }) => shelf.product)));
    sealSoon();
    return done;
  },
  /** Of minutes that were written line by line each line by itself. */
  async attest(records: string[], capacity: string, refused: boolean, note: NoteInput) {
    const at = now();
    const said = await wroteAll(records, (device, record) => device.attest(record, capacity, refused, note, at));
    const [first] = said.refused;
    if (first) throw new Failed(first.said);
  },

  stores: () => [...new Set(rows.all.map(({ store }) => store))].sort(),
  counting: () => counting.of(which),
  async countBegin({ blind, store, product }: Omit<Going, "begin">): Promise<Going> {
    const plan = { blind, ...(store && { store }), ...(product && { products: [product] }) };
    const { first } = await wrote((device) => device.countBegin(plan, now()));
    return counting.begin(which, { begin: first, blind, store, product });
  },
  countView: (query: Parameters<Counting["view"]>[0]): CountView => counting.view(query),
  countDraft: (key: string, draft: Draft) => counting.draft(key, draft),
  async countLine(shelf: Shelf, quantity: string) {
    const { begin } = counting.going;
    await counting.beside(shelf, keyOf(shelf));
    await wrote((device) => device.countLine(begin, counting.line(shelf, quantity), now()));
    await counting.took(shelf, quantity);
  },
  /** What was typed and not recorded. */
  async countDrafts() {
    const [{ begin }, lines, at] = [counting.going, counting.drafts(), now()];
    for (const { shelf } of lines) await counting.beside(shelf, keyOf(shelf));
    const said = await wroteAll(lines, (device, { shelf, quantity }) => device.countLine(begin, counting.line(shelf, quantity), at));
    const refused = new Set(said.refused.map(({ line }) => line - 1));
    for (const [index, { shelf, quantity }] of lines.entries()) if (!refused.has(index)) await counting.took(shelf, quantity);
    return said;
  },
  /** A lot that isn't in the table, or not as it was found. */
  async countFound(line: MovementInput) {
    const { begin } = counting.going;
    await counting.beside({ product: line.product ?? "", lot: line.lot === "none" ? "" : (line.lot ?? "") });
    const standing = () => rows.all.find(({ product, lot, store, fund, vvm }) => product === line.product && (lot || "none") === line.lot && store === counting.going.store && !fund && vvm === (line.vvm ?? 0));
    const { onHand, hold, parts } = standing() ?? { onHand: 0, hold: 0, parts: [] };
    await wrote((device) => device.countLine(begin, line, now()));
    const row = standing();
    if (row) await counting.took({ ...row, onHand: onHand - hold, parts: parts.filter((part) => part.hold === 0), held: false }, line.quantity ?? "0");
  },
  async countEnd(restIsZero: boolean): Promise<number> {
    const [{ begin }, counted] = [counting.going, counting.counted];
    await write((device) => device.countEnd(begin, restIsZero, null, now()));
    await counting.end(which);
    refresh();
    sealSoon();
    return counted;
  },

  async handOver(input: HandoverInput, language: Language) {
    await here().seal(now());
    const made = await here().write((device) => device.handOver(input, false, language, now()));
    await here().seal(now());
    const bundle = made.bundle ?? here().device.bundle(made.first, made.lines);
    refresh(new Set((input.lines ?? []).map(({ product }) => product ?? "")));
    return { first: made.first, lines: made.lines, bundle, texts: qrTexts(bundle, 700) };
  },
  texts: (object: Uint8Array) => qrTexts(object, 700),
  async receive(bundle: Uint8Array, found: ReceiveInput) {
    await here().seal(now());
    return wrote((device) => device.receive(bundle, found, now()));
  },
  look(object: Uint8Array) {
    const { verdict, reasons, records } = here().device.verify(object, now());
    const lines = records.filter(({ kind }) => kind === "movement").map((record) => ({ ...record, name: nameOf(productOf(record)) }));
    return { verdict, reasons, lines };
  },
  /** Takes the text of a code: an object once all of its codes were read. */
  async code(text: string) {
    await init();
    reader ??= new QrReader();
    const said = reader.add(text);
    if (said.object) reader.startAgain();
    return said;
  },
  codeAgain: () => reader?.startAgain(),

  findings: (language: Language) => {
    const { total, rows: found } = here().device.findings({}, 0, 2000, language, now());
    return {
      total,
      rows: found.map((row) => {
        const product = idOf(row.product);
        return { ...row, id: product, product: product && nameOf(product) };
      }),
    };
  },
  card: (product: string, lot: string) => {
    const { rows: lines } = here().device.card({ product, lot: lot || "none" }, 0, 5000, now());
    const own = here().device.status().log;
    return lines.map((line) => ({ ...line, own: line.log === own })).reverse();
  },
  trace: (product: string, lot: string, language: Language) => here().device.trace({ product, lot: lot || "none" }, language, now()),
  charts() {
    const months = new Map<string, number>();
    for (const row of rows.all) if (row.onHand > 0 && row.expiry) months.set(row.expiry.slice(0, 7), (months.get(row.expiry.slice(0, 7)) ?? 0) + row.onHand);
    const { device } = here();
    const { facility } = device.status();
    const used = new Map<string, number>();
    for (const reason of ["retail", "administered", "used_in_facility"]) {
      for (const row of device.movements({ kinds: ["movement"], direction: "out", reason, facility }, 0, ALL).rows) {
        const when = row.effectiveAt ?? row.recordedAt;
        // A week by its Monday.
        const date = when ? new Date(when) : undefined;
        if (!date || row.counts === "no") continue;
        date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
        const week = date.toISOString().slice(0, 10);
        used.set(week, (used.get(week) ?? 0) + (row.quantity ?? (row.parts ?? 0) / (row.partsPerUnit ?? 1)));
      }
    }
    const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return { expiry: sorted(months), used: sorted(used) };
  },

  async segments(): Promise<Uint8Array> {
    await here().seal(now());
    return here().device.extract(0);
  },
  async backup(): Promise<Uint8Array> {
    await here().seal(now());
    const { device } = here();
    const bytes = device.backup(false, now());
    await here().write(() => undefined);
    return bytes;
  },
  catalogue: named,
  async sync(url: string) {
    await here().seal(now());
    progress("send", 0);
    let requests = 0;
    // How many requests there will be isn't known: the bar comes nearer to its end with each.
    const told = ({ done }: SyncProgress): void => progress("receive", done ? 1 : 1 - 1 / (++requests + 1));
    const answer = await here().synchronise(url, { now: now(), progress: told });
    refresh();
    return answer;
  },
};

export type Api = typeof api;

async function replied({ id, name, args }: Asked): Promise<Reply> {
  try {
    const call = (api as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
    if (!call) throw new Error(`the worker has no ${name}`);
    // Figures wait for another worker; nothing waits for them.
    return { id, value: await (name === "figures" ? call() : queue(() => call(...args))) };
  } catch (error) {
    if (error instanceof MedlotError) return { id, error: error.toJSON() };
    if (error instanceof Failed) return { id, error: error.said };
    return { id, message: error instanceof Error ? error.message : String(error) };
  }
}

onmessage = async ({ data }: MessageEvent<Asked>) => postMessage(await replied(data));
