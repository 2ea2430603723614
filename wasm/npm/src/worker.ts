/** The worker's own script: does what the page asks, one after the other. */
import type { Asked, RemoteOpenOptions, Reply, SignerName } from "./client.js";
import type { Device } from "./api.js";
import { failure, MedlotError } from "./error.js";
import * as medlot from "./index.js";
import type { SyncOptions } from "./sync.js";

type Method = (...args: unknown[]) => unknown;
type Live = Record<string, Method>;
type Of<What> = Extract<Asked, { what: What }>;

const names = medlot as unknown as Record<string, unknown>;
const live = new Map<number, Live>();
const devices = new Map<number, medlot.OpenDevice>();
let next = 1;

/** What was asked and not answered: the page may end it. */
const asking = new Map<number, AbortController>();

const tell = (reply: Reply): void => postMessage(reply);

function member(owner: unknown, where: string, name: string): Method {
  const found = (owner as Live | undefined)?.[name];
  // Only what the module's classes declare: not what every object has.
  if (typeof found !== "function" || name in Object.prototype) throw failure("argument", `${where} has no ${name}`);
  return found;
}

const signerOf = ({ name, suite }: SignerName): Promise<medlot.WebCryptoSigner> =>
  medlot.WebCryptoSigner.open(name, suite && { suite });

/** Ends what is asked here where the page doesn't want it any more. */
class Cancelled extends Error {}

async function open({ name, options }: Of<"open">, signal: AbortSignal): Promise<number> {
  const { signer, next: renewed, ...rest } = options as RemoteOpenOptions;
  const signers = { ...(signer && { signer: await signerOf(signer) }), ...(renewed && { next: await signerOf(renewed) }) };
  if (signal.aborted) throw new Cancelled();
  const device = await medlot.open(name, { ...rest, ...signers, signal });
  if (signal.aborted) {
    await device.close();
    throw new Cancelled();
  }
  devices.set(next, device);
  return next++;
}

/** Lets messages in that came meanwhile: one of them may say that this call isn't wanted any more. */
const { port1: here, port2: there } = new MessageChannel();
const turns: (() => void)[] = [];
there.onmessage = () => turns.shift()?.();
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    turns.push(resolve);
    here.postMessage(undefined);
  });

/** What a device's calls are kept from: the worker does it. */
const KEPT = ["changes", "confirm", "failed", "prepareSeal", "attachSeal", "attachRenewal", "free"];

async function onDevice({ id, handle, method, args }: Of<"device">, signal: AbortSignal): Promise<unknown> {
  const device = devices.get(handle);
  if (!device) throw failure("argument", `${method}: this device was closed`);
  await turn();
  if (signal.aborted) throw new Cancelled();
  const now = args[0] as Date | undefined;
  if (method === "seal") return device.seal(now);
  if (method === "renew") return device.renew(await signerOf(args[0] as SignerName), args[1] as Date | undefined);
  if (method === "synchronise") {
    const options = { ...(args[1] as SyncOptions), signal, progress: (progress: medlot.SyncProgress) => tell({ id, progress }) };
    return device.synchronise(args[0] as string, options);
  }
  if (method === "close") {
    devices.delete(handle);
    return device.close();
  }
  if (KEPT.includes(method)) throw failure("argument", `${method}: the worker does this by itself`);
  member(medlot.Device.prototype, "a device", method);
  return device.write((inner: Device) => {
    // What came before it took its time.
    if (signal.aborted) throw new Cancelled();
    return member(inner, "a device", method).apply(inner, args);
  });
}

async function answer(asked: Exclude<Asked, { what: "cancel" }>, signal: AbortSignal): Promise<unknown> {
  if (asked.what === "init") return medlot.init(asked.module as never);
  if (asked.what === "open") return open(asked, signal);
  if (asked.what === "device") return onDevice(asked, signal);
  if (asked.what === "function") return member(names, "medlot", asked.name)(...asked.args);
  if (asked.what === "new") {
    return Reflect.construct(member(names, "medlot", asked.name), asked.args) as unknown;
  }
  if (asked.what === "static") {
    const owner = names[asked.name];
    return member(owner, asked.name, asked.method).apply(owner, asked.args);
  }
  const object = live.get(asked.handle);
  if (!object) throw failure("argument", `${asked.method}: this object was freed`);
  const value = member(object, "this object", asked.method).apply(object, asked.args);
  if (asked.method === "free") live.delete(asked.handle);
  return value;
}

async function replied(asked: Exclude<Asked, { what: "cancel" }>): Promise<Reply> {
  const { id } = asked;
  const ends = new AbortController();
  asking.set(id, ends);
  try {
    const value = await answer(asked, ends.signal);
    if (typeof value === "object" && value !== null && "__wbg_ptr" in value) {
      live.set(next, value as Live);
      return { id, handle: next++ };
    }
    return { id, value };
  } catch (error) {
    // Waiting for the store says in its own words that it was ended.
    if (ends.signal.aborted && (error instanceof Cancelled || error === ends.signal.reason || asked.what === "open")) {
      return { id, cancelled: true };
    }
    return error instanceof MedlotError ? { id, error: error.toJSON() } : { id, message: String(error) };
  } finally {
    asking.delete(id);
  }
}

onmessage = async ({ data }: MessageEvent<Asked>) => {
  if (data.what === "cancel") asking.get(data.id)?.abort();
  else tell(await replied(data));
};
