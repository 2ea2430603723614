/** A device at work whose files stand in a store: what a call wrote is durable before it is given out. */
import { Device } from "./api.js";
import type { Instant, JoinInput, StoredChange, SyncAnswer } from "./api.js";
import { failure } from "./error.js";
import type { WebCryptoSigner } from "./signer.js";
import { IdbStore, type KeptFile, type StoreOptions } from "./store.js";
import { synchronise, type SyncOptions } from "./sync.js";

/** What keeps a device's files: `IdbStore`, or another that does as it does. */
export interface Store {
  /** Every file. */
  load(): Promise<KeptFile[]>;
  /** Keeps all changes or none; resolves when they are durable. */
  apply(changes: readonly StoredChange[]): Promise<void>;
  /** Lets others have it. */
  close(): Promise<void>;
}

/** What signs for a device: `WebCryptoSigner`, or another that does as it does. */
export type Signer = Pick<WebCryptoSigner, "suite" | "publicKey" | "sign">;

/** How a device is opened. */
export interface OpenOptions extends StoreOptions {
  /** Where its files are kept; by default an `IdbStore` of the device's name. */
  store?: Store;
  /** What signs, where the key isn't kept with the files: the same one each time. */
  signer?: Signer;
  /** What signs once a renewal that was begun is enrolled: see `OpenDevice.renew`. */
  next?: Signer;
  /** 32 bytes, where the files are encrypted at rest. */
  storageKey?: Uint8Array;
  /** Begins the device, where the store is empty: an authority's invitation, and what the device says of itself. */
  join?: { invitation: Uint8Array } & Omit<JoinInput, "suite" | "publicKey">;
  /** Now; by the clock of this machine where absent. */
  now?: Instant;
}

/** A device at work. */
export class OpenDevice {
  /** The device: what only reads may be called on it directly. */
  readonly device: Device;
  #store: Store;
  /** The one in use, and that of a renewal. */
  #signers: Signer[];
  #last: Promise<unknown> = Promise.resolve();
  /** Why something couldn't be made durable: nothing of this device is kept any more. */
  #failed: { cause: unknown } | undefined;

  /** @internal */
  constructor(device: Device, store: Store, ...signers: (Signer | undefined)[]) {
    this.device = device;
    this.#store = store;
    this.#signers = signers.filter((signer) => signer !== undefined);
  }

  /**
   * Makes a call that writes, one after the other; what it gave is given when it is durable. Where it can't be made durable
   * the device ends: open it anew from what is stored; the call never happened.
   */
  write<T>(call: (device: Device) => T): Promise<T> {
    return this.#alone(() => this.#kept(call));
  }

  /** Seals what stands, by the signer or by the key that is kept with the files. Gives how many records are sealed. */
  seal(now: Instant = new Date()): Promise<number> {
    return this.#alone(async () => {
      const signer = this.#signer();
      if (!signer) return this.#kept((device) => device.seal(now));
      // What is signed is durable before it is signed: no second history can be.
      const due = await this.#kept((device) => device.prepareSeal(now));
      if (!due) return 0;
      const signature = await signer.sign(Uint8Array.from(due.bytes));
      await this.#kept((device) => device.attachSeal(due.count, signature, false, now));
      return due.count;
    });
  }

  /**
   * Begins to go on with a new key. Gives the request for the authority; once its enrolment is accepted, the new log takes
   * over and this signer signs. Until then give it to `open` too, as `next`. Done again with the same signer, it goes on
   * where it was.
   */
  renew(signer: Signer, now: Instant = new Date()): Promise<Uint8Array> {
    return this.#alone(async () => {
      const key = { suite: signer.suite, publicKey: signer.publicKey() };
      const { log, toSign, request } = await this.#kept((device) => device.renew(key, now));
      const signature = toSign && (await signer.sign(Uint8Array.from(toSign.bytes)));
      const asked = signature ? await this.#kept((device) => device.attachRenewal(log, signature, false, now)) : request;
      if (!asked) throw failure("argument", "renew: the device gave neither a request nor what is to be signed");
      this.#signers.push(signer);
      return asked;
    });
  }

  /**
   * Synchronises with a server over `POST url`. While it runs, the device answers nothing else. Cut off or ended by its
   * signal it fails; what came stays, and the next one goes on where it was.
   */
  synchronise(url: string, options: SyncOptions = {}): Promise<SyncAnswer> {
    return synchronise(this, url, options);
  }

  /** What signs for the log in use; none: its key is kept with the files. */
  #signer(): Signer | undefined {
    const [first] = this.#signers;
    if (this.#signers.length < 2) return first;
    const inUse = this.device.publicKey();
    return this.#signers.find((signer) => signer.publicKey().every((byte, at) => byte === inUse[at])) ?? first;
  }

  /** Ends it, after what is under way; the store is free for others from then on. */
  close(): Promise<void> {
    return this.#alone(async () => {
      this.device.close();
      await this.#store.close();
    });
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #kept<T>(call: (device: Device) => T): Promise<T> {
    if (this.#failed) {
      throw failure("folder", "the device ended, since what it wrote couldn't be stored: open it anew", this.#failed);
    }
    let given: T;
    try {
      given = call(this.device);
    } finally {
      // A call that fails may have written before: that is kept too.
      await this.#keep();
    }
    return given;
  }

  async #keep(): Promise<void> {
    const changes = this.device.changes();
    if (changes.length === 0) return;
    try {
      await this.#store.apply(changes);
    } catch (error) {
      this.#failed = { cause: error };
      this.device.failed();
      await this.#store.close();
      throw error;
    }
    this.device.confirm();
  }
}

/** Opens a device by its name, or begins it by an invitation. */
export async function open(name: string, options: OpenOptions = {}): Promise<OpenDevice> {
  const { signer, next, storageKey, join, now = new Date() } = options;
  const store = options.store ?? (await IdbStore.open(name, options));
  try {
    const files = await store.load();
    if (files.length > 0) {
      const opened = new OpenDevice(Device.open(files, storageKey, now), store, signer, next);
      // What opening put right.
      await opened.write(() => undefined);
      const { enrolled, unsealed } = opened.device.status();
      // A page that ended while it joined: the first record still waits for its seal.
      if (signer && !enrolled && unsealed > 0) await opened.seal(now);
      return opened;
    }
    if (!join) throw failure("folder", `the store of ${name} is empty: begin the device by an authority's invitation (join)`);
    const { invitation, ...says } = join;
    const key = signer && { suite: signer.suite, publicKey: signer.publicKey() };
    const begun = new OpenDevice(Device.join(invitation, { ...says, ...key }, storageKey, now), store, signer);
    await begun.write(() => undefined);
    // Its first record is sealed before it asks to be enrolled.
    if (signer) await begun.seal(now);
    return begun;
  } catch (error) {
    await store.close();
    throw error;
  }
}
