/** The files of one device, kept in IndexedDB. */
import type { StoredChange, StoredFile } from "./api.js";
import { failure, MedlotError } from "./error.js";
import { bytes, text } from "./guard.js";
import { asked, database, finished } from "./idb.js";

/** A file as it is kept. */
export type KeptFile = Required<StoredFile>;

/** How a store is opened. */
export interface StoreOptions {
  /** Waits until no other tab has it, instead of failing. */
  wait?: boolean;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

const CHUNKS = "chunks";
type Key = [name: string, at: number];

/** Every chunk of a file: an array stands behind every number. */
const chunksOf = (name: string): IDBKeyRange => IDBKeyRange.bound([name], [name, []]);

/** Lets a lock go; resolves when others may have it. */
type Release = () => Promise<void>;

/** Takes the lock of a store. */
async function hold(name: string, device: string, { wait = false, signal }: StoreOptions): Promise<Release> {
  if (!globalThis.navigator?.locks) {
    throw failure("folder", "the store needs Web Locks: a page served by https or from localhost, in a browser of 2022 or newer");
  }
  return new Promise((resolve, reject) => {
    const options: LockOptions = wait ? (signal ? { signal } : {}) : { ifAvailable: true };
    const held = navigator.locks.request(name, options, (lock) => {
      if (!lock) {
        reject(failure("folder", `the store of ${device} is in use in another tab: close it there, or go on there`));
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve(async () => {
          release();
          await held;
        });
      });
    });
    held.catch((error: unknown) => {
      reject(failure("folder", `waiting for the store of ${device} ended: ${String(error)}`, { cause: error }));
    });
  });
}

/**
 * Keeps the files of one device in IndexedDB, for one tab or worker at a time.
 *
 * What `apply` resolved for is on the disk; a tab that is killed on the way leaves all of a call's changes or none.
 */
export class IdbStore {
  readonly device: string;
  #database: IDBDatabase;
  #release: Release;
  #closed = "";

  private constructor(device: string, database: IDBDatabase, release: Release) {
    this.device = device;
    this.#database = database;
    this.#release = release;
    // The person clears the site's data, or another tab deletes it: nothing is written past that.
    database.onclose = () => void this.#end("the browser took its data away");
    database.onversionchange = () => void this.#end("it is being deleted or renewed in another tab");
  }

  /** Opens the store of a device, empty at first; fails while another tab has it. */
  static async open(device: string, options: StoreOptions = {}): Promise<IdbStore> {
    const name = `medlot:${text("device", device)}`;
    const release = await hold(name, device, options);
    try {
      return new IdbStore(device, await database(name, CHUNKS), release);
    } catch (error) {
      await release();
      throw IdbStore.#failed(device, "open", error);
    }
  }

  static #failed(device: string, what: string, error: unknown): MedlotError {
    if (error instanceof MedlotError) return error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const full = error instanceof Error && error.name === "QuotaExceededError";
    const way = full ? ". The disk or the site's share of it is full: free space, then do it again" : "";
    return failure("file", `the store of ${device}: ${what}: ${why}${way}`, { cause: error });
  }

  async #end(why: string): Promise<void> {
    this.#closed ||= why;
    this.#database.close();
    await this.#release();
  }

  #begin(mode: IDBTransactionMode): { transaction: IDBTransaction; chunks: IDBObjectStore } {
    if (this.#closed) throw failure("folder", `the store of ${this.device} is closed: ${this.#closed}`);
    const transaction = this.#database.transaction(CHUNKS, mode, { durability: "strict" });
    return { transaction, chunks: transaction.objectStore(CHUNKS) };
  }

  /** Every file, by name. */
  async load(): Promise<KeptFile[]> {
    try {
      const { chunks } = this.#begin("readonly");
      const [keys, values] = await Promise.all([asked(chunks.getAllKeys()), asked(chunks.getAll())]);
      const files = new Map<string, { end: number; parts: Uint8Array[] }>();
      keys.forEach((key, i) => {
        const [name, at] = key as Key;
        const part = values[i] as Uint8Array;
        const file = files.get(name) ?? { end: 0, parts: [] };
        if (file.end !== at) {
          throw failure("folder", `the store of ${this.device} is damaged: ${name} has ${file.end} bytes, then some at ${at}`);
        }
        file.parts.push(part);
        file.end += part.length;
        files.set(name, file);
      });
      return [...files].map(([name, { end, parts }]) => {
        const bytes = new Uint8Array(end);
        let at = 0;
        for (const part of parts) {
          bytes.set(part, at);
          at += part.length;
        }
        return { name, bytes };
      });
    } catch (error) {
      throw IdbStore.#failed(this.device, "load", error);
    }
  }

  /**
   * Keeps all of the changes, in their order, or none; resolves when they are on the disk. `write` replaces a file, `append`
   * puts bytes at `at` and ends it there, `remove` forgets it.
   */
  async apply(changes: readonly StoredChange[]): Promise<void> {
    if (!Array.isArray(changes)) throw failure("argument", "changes: an array is needed");
    try {
      const { transaction, chunks } = this.#begin("readwrite");
      const end = finished(transaction);
      try {
        for (const change of changes) await one(chunks, change);
        transaction.commit();
      } catch (error) {
        end.catch(() => undefined);
        try {
          transaction.abort();
        } catch {
          // It has ended by itself, for the reason that is thrown.
        }
        throw transaction.error ?? error;
      }
      await end;
    } catch (error) {
      throw IdbStore.#failed(this.device, "apply", error);
    }
  }

  /** Lets another tab have it; resolves when it may. */
  close(): Promise<void> {
    return this.#end("it was closed here");
  }

  /** Deletes the store of a device, with all that it holds. */
  static async remove(device: string): Promise<void> {
    const name = `medlot:${device}`;
    const release = await hold(name, device, {});
    try {
      await asked(indexedDB.deleteDatabase(name));
    } catch (error) {
      throw IdbStore.#failed(device, "remove", error);
    } finally {
      await release();
    }
  }
}

async function one(chunks: IDBObjectStore, change: StoredChange): Promise<void> {
  const name = text("name", change?.name);
  // A copy: the caller may go on with its own.
  const given = () => bytes(`bytes of ${name}`, (change as { bytes?: unknown }).bytes).slice();
  if (change.kind === "write") {
    await asked(chunks.delete(chunksOf(name)));
    await asked(chunks.put(given(), [name, 0]));
  } else if (change.kind === "append") {
    await append(chunks, name, change.at, given());
  } else if (change.kind === "remove") {
    await asked(chunks.delete(chunksOf(name)));
  } else {
    throw failure("argument", `kind: ${String((change as { kind: unknown }).kind)}; it is write, append or remove`);
  }
}

/** What stands from `at` on goes first: the rest of what was never acknowledged. */
async function append(chunks: IDBObjectStore, name: string, at: number, given: Uint8Array): Promise<void> {
  const last = await asked(chunks.openCursor(chunksOf(name), "prev"));
  const end = last ? (last.key as Key)[1] + (last.value as Uint8Array).length : 0;
  if (!Number.isSafeInteger(at) || at < 0 || at > end) {
    throw failure("argument", `at of ${name}: ${String(at)}; it has ${end} bytes`);
  }
  if (at < end) {
    await asked(chunks.delete(IDBKeyRange.bound([name, at], [name, []])));
    const cut = await asked(chunks.openCursor(chunksOf(name), "prev"));
    if (cut) await asked(chunks.put((cut.value as Uint8Array).slice(0, at - (cut.key as Key)[1]), cut.key));
  }
  // An empty file's own chunk stands at 0 too; nothing is added to it.
  if (given.length > 0 || at === 0) await asked(chunks.put(given, [name, at]));
}
