/** The one device that is open in the worker: its files, its key, its rows, and what writes in it. */
import {
  Catalogue,
  MedlotError,
  WebCryptoSigner,
  init,
  open,
  type Device,
  type OpenDevice,
  type RecordView,
} from "medlot";
import { forget, kept, keep } from "./kept.js";
import type { Event, Standing, Step, Which } from "./protocol.js";
import { Rows } from "./rows.js";
import { BatchStore } from "./store.js";

const tell = (event: Event): void => postMessage(event);
export const progress = (step: Step, part: number): void => tell({ event: "progress", step, part });

export let which: Which = "own";
export let opened: OpenDevice | undefined;
export let store: BatchStore | undefined;
export let catalogue: Catalogue | undefined;
let pinned: number | undefined;

const names = new Map<string, string>();

/** A product as people call it. */
export function nameOf(product: string): string {
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

export const rows = new Rows(nameOf);

export const now = (): Date => (pinned === undefined ? new Date() : new Date(pinned));

export function here(): OpenDevice {
  if (!opened) throw new Error("no device is open");
  return opened;
}

export const idOf = (product: RecordView["product"]): string => (product ? `${product.scheme}:${product.value}` : "");
export const productOf = (record: RecordView): string => idOf(record.product);

/** Takes a list of products that gives names. */
export async function named(list: Uint8Array) {
  catalogue ??= new Catalogue();
  const said = catalogue.loadCsv(list);
  await keep(`catalogue:${which}`, catalogue.save());
  names.clear();
  refresh();
  return { size: catalogue.size(), refused: said.refused };
}

/** Reads all of the stock anew, or that of some products. Gives how long the device and the table's rows took. */
export function refresh(products?: ReadonlySet<string>): { asked: number; rows: number } {
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
export const timed = (event: { name: string; began: number; detail: Record<string, number> }): void =>
  tell({ event: "timed", name: event.name, duration: performance.now() - event.began, detail: event.detail });

/** What was written before must be signed first. */
const SIGNATURE_DUE = 4011;

/** A call that writes; where an earlier batch must be signed first, it is, and the call is made again. */
export async function write<T>(call: (device: Device) => T): Promise<T> {
  try {
    return await here().write(call);
  } catch (error) {
    if (!(error instanceof MedlotError) || error.code !== SIGNATURE_DUE) throw error;
    await here().seal(now());
    return here().write(call);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other: what reads never sees half of what writes. */
export function queue<T>(act: () => T | Promise<T>): Promise<T> {
  const done = last.then(act);
  last = done.catch(() => undefined);
  return done;
}

let sealing: ReturnType<typeof setTimeout> | undefined;

/** Signs a minute after the last movement: each signature takes the room of several records. */
export function sealSoon(): void {
  clearTimeout(sealing);
  sealing = setTimeout(() => void queue(sealed).catch(() => undefined), 60_000);
}

/** Signs. Where the storage has no room for it the device has ended: it is opened anew, and signs a minute later. */
async function sealed(): Promise<void> {
  try {
    await opened?.seal(now());
  } catch {
    await close();
    await begun(which, true);
  }
}

export async function close(): Promise<void> {
  clearTimeout(sealing);
  await opened?.close();
  opened = undefined;
}

/** Writes, then shows what it changed. */
export async function wrote<T extends { records: RecordView[] }>(call: (device: Device) => T): Promise<T> {
  const began = performance.now();
  const done = await write(call);
  const durable = performance.now() - began;
  const parts = refresh(new Set(done.records.map(productOf).filter(Boolean)));
  timed({ name: "medlot-update", began, detail: { durable, ...parts } });
  sealSoon();
  return done;
}

/** What went wrong outside of the library, as it says 4002: storage or the key store. */
function unstored(error: unknown): ReturnType<MedlotError["toJSON"]> {
  const message = String(error);
  return { message, vietnamese: message, code: 4002, codeName: "file", kind: "usage", field: undefined };
}

/** What the library refused; undefined where it did as it was told. */
function refusal(act: () => unknown): MedlotError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof MedlotError) return error;
    throw error;
  }
}

/** Lines that go to the device at once; a seal vouches for 32 KiB of them at most. */
const TOGETHER = 250;

/**
 * Lines that are entered together are kept together, a transaction up to each signature that is due, whatever their number; a
 * line that is refused is said. `together` writes many at once, all of them or none: then it is seen which isn't taken.
 */
export async function wroteAll<T>(
  lines: readonly T[],
  call: (device: Device, line: T) => unknown,
  together?: (device: Device, lines: readonly T[]) => unknown,
) {
  const refused: { line: number; said: ReturnType<MedlotError["toJSON"]> }[] = [];
  let next = 0;
  const began = performance.now();
  /** Writes on; ends early where a signature is due first. */
  const some = (device: Device): void => {
    const once = (act: () => unknown): MedlotError | undefined => {
      const before = device.changes();
      if (before.length > 0) {
        store?.hold(before);
        device.confirm();
      }
      return refusal(act);
    };
    while (next < lines.length) {
      const chunk = lines.slice(next, next + TOGETHER);
      if (together && chunk.length > 1) {
        const failed = once(() => together(device, chunk));
        if (failed?.code === SIGNATURE_DUE) return;
        if (!failed) {
          next += chunk.length;
          continue;
        }
      }
      for (const line of chunk) {
        const error = once(() => call(device, line));
        if (error?.code === SIGNATURE_DUE) return;
        next += 1;
        if (error) refused.push({ line: next, said: error.toJSON() });
      }
    }
  };
  /** So many are on the disk. */
  let kept = 0;
  while (kept < lines.length) {
    const before = kept;
    try {
      await here().write(some);
      // What was held back behind a last line that was refused.
      await store?.apply([]);
      kept = next;
      if (kept < lines.length && (await here().seal(now())) === 0 && kept === before) throw new Error("a signature is due, and nothing is there to sign");
    } catch (error) {
      // What the device has in memory isn't on the disk: it is opened anew from there.
      await close();
      await begun(which, true);
      if (kept === 0) throw error;
      // Who enters everything again would book twice what is kept: only the rest is said not to be.
      const said = error instanceof MedlotError ? error.toJSON() : unstored(error);
      refused.splice(0, refused.length, ...refused.filter(({ line }) => line <= kept));
      for (let line = kept + 1; line <= lines.length; line += 1) refused.push({ line, said });
      break;
    }
  }
  const durable = performance.now() - began;
  // Said as soon as it is durable; what is asked next waits until the stock is worked out anew.
  void queue(() => {
    if (!opened) return;
    const parts = refresh();
    timed({ name: "medlot-receipt", began, detail: { durable, ...parts } });
  }).catch(() => undefined);
  sealSoon();
  return { count: lines.length - refused.length, refused };
}

const nobody = { facility: "", records: 0, unsealed: 0, readOnly: false, enrolled: false };

export function standing(state?: Standing["state"]): Standing {
  if (!opened) return { ...nobody, state: state ?? "none", which, now: now().getTime() };
  const { facility, enrolled, records, unsealed, readOnly: closed } = opened.device.status();
  const readOnly = closed !== undefined;
  // A key that is waited for doesn't keep anybody from reading what is held already.
  const reads = enrolled || readOnly || rows.all.length > 0;
  return { state: reads ? "ready" : "joining", which, facility, records, unsealed, readOnly, enrolled, now: now().getTime() };
}

export type Join = { invitation: Uint8Array; facility?: string; label?: string };

/** Under which name the browser keeps the own key: after a log was closed it is another one. */
const KEY = "key:own";
const keyName = async (): Promise<string> => {
  const name = await kept(KEY);
  return name ? new TextDecoder().decode(name) : "own";
};

/** Forgets the own key for good. */
export async function keyless(): Promise<void> {
  await WebCryptoSigner.remove(await keyName());
  await forget(KEY);
}

/** Goes on under a new key where the log takes no further record; the device waits to be enrolled then. */
export async function again(join: Join): Promise<Standing> {
  const old = await keyName();
  const fresh = `own-${crypto.randomUUID()}`;
  const signer = await WebCryptoSigner.open(fresh);
  // Noted first: a log whose key can't be found again could never be signed.
  await keep(KEY, new TextEncoder().encode(fresh));
  try {
    await here().write((device) => device.beginAgain(join.invitation, { ...without(join), suite: signer.suite, publicKey: signer.publicKey() }, now()));
  } catch (error) {
    await keep(KEY, new TextEncoder().encode(old));
    await WebCryptoSigner.remove(fresh);
    throw error;
  }
  await WebCryptoSigner.remove(old);
  await close();
  return begun(which, true);
}

const without = ({ invitation: _, ...says }: Join) => says;

export async function begun(name: Which, wait: boolean, join?: Join): Promise<Standing> {
  which = name;
  const parts: Record<string, number> = {};
  const began = performance.now();
  let last = began;
  const part = (done: string): void => {
    parts[done] = performance.now() - last;
    last = performance.now();
  };
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
  part("module");
  const steps = {
    load: async () => {
      part("key");
      const files = await inner.load();
      part("files");
      progress("open", 0.4);
      return files;
    },
    apply: inner.apply.bind(inner),
    close: inner.close.bind(inner),
  };
  // The sample's key stands with its files, for anybody to see; a pharmacy's own stays in the browser's key store.
  const signer = name === "own" ? await WebCryptoSigner.open(await keyName()) : undefined;
  pinned = pin ? Number(new TextDecoder().decode(pin)) : undefined;
  catalogue = list ? Catalogue.saved(list) : new Catalogue();
  names.clear();
  opened = await open(name, { store: steps, now: now(), ...(signer && { signer }), ...(join && { join }) });
  part("opened");
  progress("verify", 0.6);
  const { asked, rows: shown } = refresh();
  Object.assign(parts, { asked, rows: shown });
  part("stock");
  // Asked after the stock, which judged everything held: that isn't done twice.
  const { enrolled, unsealed, readOnly } = opened.device.status();
  // A page that was left before its minute was over; a storage that is full doesn't keep it from opening.
  if (enrolled && unsealed > 0 && !readOnly) sealSoon();
  progress("verify", 1);
  timed({ name: "medlot-opened", began, detail: parts });
  return standing();
}
