/** The worker in which the device lives: its files, its key, and every call that takes time. */
import {
  Catalogue,
  Device,
  IdbStore,
  MedlotError,
  OpenDevice,
  QrReader,
  WebCryptoSigner,
  init,
  open,
  qrTexts,
  scan,
  type CountInput,
  type Direction,
  type HandoverInput,
  type Language,
  type MovementInput,
  type NoteInput,
  type ReceiveInput,
  type RecordView,
} from "medlot";
import type { Reported } from "./figures.worker.js";
import { kept, keep } from "./kept.js";
import type { Asked, Event, Reply, Standing, Step, Which } from "./protocol.js";
import { Rows, day, type Query, type View } from "./rows.js";
import { sampleFiles } from "./sample.js";
import { BatchStore } from "./store.js";
import { synchronised } from "./sync.js";

const tell = (event: Event): void => postMessage(event);
const progress = (step: Step, part: number): void => tell({ event: "progress", step, part });

let which: Which = "own";
let opened: OpenDevice | undefined;
let store: BatchStore | undefined;
let pinned: number | undefined;
let signer: WebCryptoSigner | undefined;
let catalogue: Catalogue | undefined;
let reader: QrReader | undefined;

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

const names = new Map<string, string>();

/** A product as people call it. */
function nameOf(product: string): string {
  const known = names.get(product);
  if (known) return known;
  const at = product.indexOf(":");
  const [scheme, value] = [product.slice(0, at), product.slice(at + 1)];
  let name = value;
  try {
    const found = scheme === "gtin" ? catalogue?.byGtin(value) : scheme === "registration" ? catalogue?.byRegistration(value) : [];
    const [drug] = found ?? [];
    // What the name says already isn't said twice.
    const flat = (text: string): string => text.replaceAll(/\s/g, "").toLowerCase();
    if (drug) name = drug.strength && !flat(drug.name).includes(flat(drug.strength)) ? `${drug.name} ${drug.strength}` : drug.name;
  } catch {
    // A number that can't be looked up is shown as it is.
  }
  names.set(product, name);
  return name;
}

const rows = new Rows(nameOf);

const now = (): Date => (pinned === undefined ? new Date() : new Date(pinned));

function here(): OpenDevice {
  if (!opened) throw new Error("no device is open");
  return opened;
}

const productOf = (record: RecordView): string => (record.product ? `${record.product.scheme}:${record.product.value}` : "");

/** Reads all of the stock anew, or that of some products. Gives how long the device and the table's rows took. */
function refresh(products?: ReadonlySet<string>): { asked: number; rows: number } {
  const { device } = here();
  const began = performance.now();
  const all = !products || products.size > 20;
  const stock = (all ? [undefined] : [...products]).flatMap(
    (product) => device.stock(product ? { product } : {}, 0, 4_294_967_295, "en", now()).rows,
  );
  const asked = performance.now();
  rows.take(stock, now(), all ? undefined : products);
  tell({ event: "changed" });
  return { asked: asked - began, rows: performance.now() - asked };
}

/** Notes how long the parts of a call took, for who measures. */
const timed = (event: { name: string; began: number; detail: Record<string, number> }): void =>
  tell({ event: "timed", name: event.name, duration: performance.now() - event.began, detail: event.detail });

/** A call that writes; where an earlier batch must be signed first, it is, and the call is made again. */
async function write<T>(call: (device: Device) => T): Promise<T> {
  try {
    return await here().write(call);
  } catch (error) {
    if (!(error instanceof MedlotError) || error.code !== 4011) throw error;
    await here().seal(now());
    return here().write(call);
  }
}

let sealing: ReturnType<typeof setTimeout> | undefined;

/** Signs a minute after the last movement: each signature takes the room of several records. */
function sealSoon(): void {
  clearTimeout(sealing);
  sealing = setTimeout(() => void queue(sealed).catch(() => undefined), 60_000);
}

/** Signs. Where the storage has no room for it the device has ended: it is opened anew, and signs a minute later. */
async function sealed(): Promise<void> {
  try {
    await opened?.seal(now());
  } catch {
    await api.close();
    await api.start(which, true);
  }
}

/** Writes, then shows what it changed. */
async function wrote<T extends { records: RecordView[] }>(call: (device: Device) => T): Promise<T> {
  const began = performance.now();
  const done = await write(call);
  const durable = performance.now() - began;
  const parts = refresh(new Set(done.records.map(productOf).filter(Boolean)));
  timed({ name: "medlot-update", began, detail: { durable, ...parts } });
  sealSoon();
  return done;
}

function standing(state?: Standing["state"]): Standing {
  if (!opened) return { state: state ?? "none", which, facility: "", records: 0, unsealed: 0, readOnly: "", now: now().getTime() };
  const { facility, enrolled, records, unsealed, readOnly = "" } = opened.device.status();
  return { state: enrolled ? "ready" : "joining", which, facility, records, unsealed, readOnly, now: now().getTime() };
}

type Join = { invitation: Uint8Array; facility?: string; label?: string };

async function begun(name: Which, wait: boolean, join?: Join): Promise<Standing> {
  which = name;
  progress("read", 0.1);
  // A page that was just left may hold the store a moment longer: its worker ends when its call does.
  const patience = { wait: true, ...(!wait && { signal: AbortSignal.timeout(2500) }) };
  const [inner, pin, list] = await Promise.all([
    BatchStore.open(name, patience),
    kept(`now:${name}`),
    kept(`catalogue:${name}`),
    init(),
  ]);
  store = inner;
  const steps = {
    load: async () => {
      const files = await inner.load();
      progress("open", 0.4);
      return files;
    },
    apply: inner.apply.bind(inner),
    close: inner.close.bind(inner),
  };
  // The sample's key stands with its files, for anybody to see; a pharmacy's own stays in the browser's key store.
  signer = name === "own" ? await WebCryptoSigner.open(name) : undefined;
  pinned = pin ? Number(new TextDecoder().decode(pin)) : undefined;
  catalogue = list ? Catalogue.saved(list) : new Catalogue();
  names.clear();
  opened = await open(name, { store: steps, now: now(), ...(signer && { signer }), ...(join && { join }) });
  progress("verify", 0.6);
  refresh();
  // Asked after the stock, which judged everything held: that isn't done twice.
  const { enrolled, unsealed, readOnly } = opened.device.status();
  // A page that was left before its minute was over; a storage that is full doesn't keep it from opening.
  if (enrolled && unsealed > 0 && !readOnly) sealSoon();
  progress("verify", 1);
  return standing();
}

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
      opened = undefined;
      return standing(/waiting/.test(error.message) ? "busy" : "none");
    }
  },
  async join(join: Join): Promise<Standing> {
    return begun("own", false, join);
  },
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
  async close(): Promise<void> {
    clearTimeout(sealing);
    await opened?.close();
    opened = undefined;
  },
  async erase(name: Which): Promise<void> {
    await api.close();
    await IdbStore.remove(name);
    if (name === "own") await WebCryptoSigner.remove(name);
  },

  view: (query: Query): View => rows.view(query),
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

  pick: (product: string, quantity: string) => {
    const { lines, missing } = here().device.pick({ product }, quantity, now());
    return { lines: lines.map((line) => ({ ...line, name: nameOf(product) })), missing };
  },
  scan(raw: string, gs: string) {
    const said = scan(raw, gs || undefined, day(now()));
    const item = said.outcome === "read" ? said.item : undefined;
    return { said, name: item?.gtin ? nameOf(`gtin:${item.gtin}`) : "", today: day(now()) };
  },
  check: (pack: MovementInput, language: Language) => here().device.check(pack, language, now()),
  record: (direction: Direction, movement: MovementInput, anyway: boolean, language: Language) =>
    wrote((device) => device.record(direction, movement, anyway, language, now())),
  /** Lines that are entered together are kept together: one transaction, whatever their number. */
  async recordAll(direction: Direction, lines: MovementInput[], language: Language) {
    const refused: { line: number; said: ReturnType<MedlotError["toJSON"]> }[] = [];
    let count = 0;
    const [at, began] = [now(), performance.now()];
    await write((device) => {
      for (const [index, line] of lines.entries()) {
        const before = device.changes();
        if (before.length > 0) {
          store?.hold(before);
          device.confirm();
        }
        try {
          device.record(direction, line, false, language, at);
          count += 1;
        } catch (error) {
          if (!(error instanceof MedlotError)) throw error;
          refused.push({ line: index + 1, said: error.toJSON() });
        }
      }
    });
    // What was held back behind a last line that was refused.
    await store?.apply([]);
    const durable = performance.now() - began;
    const parts = refresh();
    timed({ name: "medlot-receipt", began, detail: { durable, ...parts } });
    sealSoon();
    return { count, refused };
  },
  reverse: (record: string, total: number | undefined, note: NoteInput, language: Language) =>
    wrote((device) => device.reverse(record, total, note, language, now())),
  movements(limit: number): RecordView[] {
    const { device } = here();
    const { total } = device.movements(0, 0);
    const own = device.status().log;
    const all = device.movements(0, total).rows;
    return all.filter(({ log, kind }) => log === own && (kind === "movement" || kind === "reversal")).slice(-limit).reverse();
  },

  countBegin: (plan: CountInput) => wrote((device) => device.countBegin(plan, now())),
  countLine: (begin: number, line: MovementInput) => wrote((device) => device.countLine(begin, line, now())),
  countEnd: async (begin: number, restIsZero: boolean) => {
    const done = await write((device) => device.countEnd(begin, restIsZero, null, now()));
    refresh();
    sealSoon();
    return done;
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
        const product = row.product ? `${row.product.scheme}:${row.product.value}` : "";
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
    const { total } = device.movements(0, 0);
    const uses = new Set(["retail", "administered", "used_in_facility"]);
    for (let at = 0; at < total; at += 5000) {
      for (const row of device.movements(at, 5000).rows) {
        if (row.facility !== facility || row.kind !== "movement" || row.direction !== "out" || !uses.has(row.reason ?? "")) continue;
        const when = row.effectiveAt ?? row.recordedAt;
        // A week by its Monday.
        const date = when ? new Date(when) : undefined;
        if (!date || row.counts === "no") continue;
        date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
        const week = date.toISOString().slice(0, 10);
        used.set(week, (used.get(week) ?? 0) + (row.quantity ?? 0));
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
  async catalogue(list: Uint8Array) {
    catalogue ??= new Catalogue();
    const said = catalogue.loadCsv(list);
    await keep(`catalogue:${which}`, catalogue.save());
    names.clear();
    refresh();
    return { size: catalogue.size(), refused: said.refused };
  },
  async sync(url: string) {
    await here().seal(now());
    const answer = await synchronised(here(), url, now, progress);
    refresh();
    return answer;
  },
};

export type Api = typeof api;

let last: Promise<unknown> = Promise.resolve();

/** One after the other: what reads never sees half of what writes. */
function queue<T>(act: () => T | Promise<T>): Promise<T> {
  const done = last.then(act);
  last = done.catch(() => undefined);
  return done;
}

async function replied({ id, name, args }: Asked): Promise<Reply> {
  try {
    const call = (api as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
    if (!call) throw new Error(`the worker has no ${name}`);
    // Figures wait for another worker; nothing waits for them.
    return { id, value: await (name === "figures" ? call() : queue(() => call(...args))) };
  } catch (error) {
    if (error instanceof MedlotError) return { id, error: error.toJSON() };
    return { id, message: error instanceof Error ? error.message : String(error) };
  }
}

onmessage = async ({ data }: MessageEvent<Asked>) => postMessage(await replied(data));
