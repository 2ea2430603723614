/** medlot in a worker, so that the page never waits for it. */
import type * as api from "./api.js";
import type { Device, Instant, SyncAnswer, SyncProgress } from "./api.js";
import { failure, understood, type Said } from "./error.js";
import type { OpenOptions } from "./open.js";
import type { Suite } from "./signer.js";
import type { SyncOptions } from "./sync.js";

type Api = typeof api;
type AnyFunction = (...args: never[]) => unknown;
type AnyClass = abstract new (...args: never[]) => unknown;

/** The names of the module's functions. */
export type FunctionName = { [K in keyof Api]: Api[K] extends AnyClass ? never : Api[K] extends AnyFunction ? K : never }[keyof Api];
/** The names of the module's classes. */
export type ClassName = { [K in keyof Api]: Api[K] extends AnyClass ? K : never }[keyof Api];

/** What a call answers, from the worker: objects of the module stay there. */
export type Answered<T> = Promise<Awaited<T> extends { free(): void } ? Remote<Awaited<T>> : Awaited<T>>;

/** An object of the module that lives in the worker: the same methods, answering by promises. `free` it after use. */
export type Remote<T> = {
  [K in keyof T & string]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Answered<R> : never;
};

/** A key of WebCrypto by its name: the worker opens it, since a key's handle needn't cross. */
export interface SignerName {
  /** Its name, as `WebCryptoSigner.open` takes it. */
  name: string;
  /** Its suite; by default P-256. */
  suite?: Suite;
}

/** How a device is opened in the worker. */
export interface RemoteOpenOptions extends Pick<OpenOptions, "storageKey" | "join" | "now" | "wait" | "signal"> {
  /** What signs, where the key isn't kept with the files: the same one each time. */
  signer?: SignerName;
  /** What signs once a renewal that was begun is enrolled. */
  next?: SignerName;
}

/** How a call is made. */
export interface CallOptions {
  /** Ends it where it hasn't begun: then it never happens, and fails with the signal's reason. */
  signal?: AbortSignal;
}

/** What of a device is the worker's own: it keeps what was written before it answers. */
type Kept = "changes" | "confirm" | "failed" | "prepareSeal" | "attachSeal" | "attachRenewal" | "seal" | "renew" | "close" | "free";

/**
 * A device at work in the worker: its calls by the same names and types, one after the other, each answered when what it
 * wrote is durable.
 */
export type RemoteDevice = Omit<Remote<Device>, Kept> & {
  /** Seals what stands, by the signer or by the key that is kept with the files. Gives how many records are sealed. */
  seal(now?: Instant): Promise<number>;
  /** Begins to go on with a new key: see `OpenDevice.renew`. */
  renew(signer: SignerName, now?: Instant): Promise<Uint8Array>;
  /** Synchronises with a server: see `OpenDevice.synchronise`. */
  synchronise(url: string, options?: SyncOptions): Promise<SyncAnswer>;
  /** The same device, whose calls are made so. */
  with(options: CallOptions): RemoteDevice;
  /** Ends it, after what is under way; its store is free for others from then on. */
  close(): Promise<void>;
};

/** What the page asks the worker. */
export type Asked =
  | { id: number; what: "cancel" }
  | { id: number; what: "open"; name: string; options: Omit<RemoteOpenOptions, "signal"> }
  | { id: number; what: "device"; handle: number; method: string; args: unknown[] }
  | { id: number; what: "init"; module: unknown }
  | { id: number; what: "function"; name: string; args: unknown[] }
  | { id: number; what: "new"; name: string; args: unknown[] }
  | { id: number; what: "static"; name: string; method: string; args: unknown[] }
  | { id: number; what: "method"; handle: number; method: string; args: unknown[] };

/** What the worker answers. */
export type Reply = { id: number } & (
  | { value: unknown }
  | { handle: number }
  | { error: Said }
  | { message: string }
  | { progress: SyncProgress }
  | { cancelled: true }
);

/** What of a call stays in the page. */
interface Heard {
  signal?: AbortSignal | undefined;
  progress?: ((progress: SyncProgress) => void) | undefined;
}

interface Waiting extends Heard {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  cancel: () => void;
}

type Ask = Asked extends infer One ? (One extends { id: number } ? Omit<One, "id"> : never) : never;

/** How a worker is started. */
export interface WorkerOptions {
  /** A worker that runs `medlot/worker`; by default one of `worker.js` beside this file. */
  worker?: Worker;
  /** Where the module is, or the module compiled. */
  module?: string | URL | BufferSource | WebAssembly.Module;
}

/** The module in a worker of its own. */
export class MedlotWorker {
  #worker: Worker;
  #waiting = new Map<number, Waiting>();
  #next = 0;
  #ended = "";

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#answered(data);
    worker.onerror = (event) => this.#end(event.message || "its script couldn't be loaded");
    worker.onmessageerror = () => this.#end("an answer couldn't be read");
  }

  /** Starts a worker and loads the module in it. */
  static async start({ worker, module }: WorkerOptions = {}): Promise<MedlotWorker> {
    if (!globalThis.Worker) throw failure("argument", "MedlotWorker: there are no workers here; it is for pages");
    const made = new MedlotWorker(worker ?? new Worker(new URL("./worker.js", import.meta.url), { type: "module" }));
    try {
      await made.#ask({ what: "init", module: module instanceof URL ? module.href : module });
    } catch (error) {
      made.stop();
      throw error;
    }
    return made;
  }

  /** Calls a function of the module. */
  call<K extends FunctionName>(name: K, ...args: Parameters<Api[K]>): Answered<ReturnType<Api[K]>> {
    return this.#ask({ what: "function", name, args }) as Answered<ReturnType<Api[K]>>;
  }

  /** Makes an object of the module: `await worker.make("Verifier", anchor)`. */
  make<K extends ClassName>(
    name: K,
    ...args: ConstructorParameters<Api[K]>
  ): Promise<Remote<InstanceType<Api[K]>>> {
    return this.#ask({ what: "new", name, args }) as Promise<Remote<InstanceType<Api[K]>>>;
  }

  /**
   * Opens a device in the worker, or begins it: its files in IndexedDB, its key there too or in WebCrypto. One tab or worker
   * at a time has it: another fails with 4003, or waits with `wait`.
   */
  async open(name: string, { signal, ...options }: RemoteOpenOptions = {}): Promise<RemoteDevice> {
    const handle = await this.#ask({ what: "open", name, options }, { signal });
    return this.#device(handle as number, {});
  }

  /** Ends it: what is asked and not answered fails. */
  stop(): void {
    this.#end("it was stopped");
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#worker.terminate();
    for (const id of [...this.#waiting.keys()]) this.#settled(id)?.reject(this.#gone());
  }

  #gone(): Error {
    return failure("unknown_here", `the worker of medlot ended: ${this.#ended}: whether it did what was asked isn't known`);
  }

  #ask(ask: Ask, { signal, progress }: Heard = {}): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#gone());
    if (signal?.aborted) return Promise.reject(signal.reason as unknown);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => this.#worker.postMessage({ id, what: "cancel" } satisfies Asked);
      this.#waiting.set(id, { resolve, reject, progress, signal, cancel });
      signal?.addEventListener("abort", cancel);
      try {
        this.#worker.postMessage({ ...ask, id });
      } catch (error) {
        this.#settled(id);
        const name = "method" in ask ? ask.method : "name" in ask ? ask.name : ask.what;
        reject(failure("argument", `${name}: an argument can't cross to a worker: ${String(error)}`, { cause: error }));
      }
    });
  }

  /** Who waits for this answer, from now on no more. */
  #settled(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.signal?.removeEventListener("abort", waiting.cancel);
    return waiting;
  }

  #answered(reply: Reply): void {
    if ("progress" in reply) return this.#waiting.get(reply.id)?.progress?.(reply.progress);
    const waiting = this.#settled(reply.id);
    if (!waiting) return;
    if ("error" in reply) waiting.reject(understood(reply.error));
    else if ("message" in reply) waiting.reject(new TypeError(reply.message));
    else if ("cancelled" in reply) waiting.reject(waiting.signal?.reason);
    else if ("handle" in reply) waiting.resolve(this.#remote(reply.handle));
    else waiting.resolve(reply.value);
  }

  #remote(handle: number): object {
    return calls((method, args) => this.#ask({ what: "method", handle, method, args }));
  }

  #device(handle: number, options: CallOptions): RemoteDevice {
    return calls((method, args) => {
      if (method === "with") return this.#device(handle, { ...options, ...(args[0] as CallOptions) });
      if (method !== "synchronise") return this.#ask({ what: "device", handle, method, args }, options);
      const { signal, progress, ...rest } = { ...options, ...(args[1] as SyncOptions | undefined) };
      return this.#ask({ what: "device", handle, method, args: [args[0], rest] }, { signal, progress });
    }) as RemoteDevice;
  }
}

/** An object whose every method is this call. */
function calls(call: (method: string, args: unknown[]) => unknown): object {
  return new Proxy(Object.freeze({}), {
    // No `then`: what has one is taken for a promise.
    get: (_, method) =>
      typeof method !== "string" || method === "then" ? undefined : (...args: unknown[]) => call(method, args),
  });
}
