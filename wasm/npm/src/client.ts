/** medlot in a worker, so that the page never waits for it. */
import type * as api from "./api.js";
import { failure, understood, type Said } from "./error.js";

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

/** What the page asks the worker. */
export type Asked =
  | { id: number; what: "init"; module: unknown }
  | { id: number; what: "function"; name: string; args: unknown[] }
  | { id: number; what: "new"; name: string; args: unknown[] }
  | { id: number; what: "static"; name: string; method: string; args: unknown[] }
  | { id: number; what: "method"; handle: number; method: string; args: unknown[] };

/** What the worker answers. */
export type Reply = { id: number } & ({ value: unknown } | { handle: number } | { error: Said } | { message: string });

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
  #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
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

  /** Ends it: what is asked and not answered fails. */
  stop(): void {
    this.#end("it was stopped");
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#gone());
    this.#waiting.clear();
  }

  #gone(): Error {
    return failure("unknown_here", `the worker of medlot ended: ${this.#ended}: whether it did what was asked isn't known`);
  }

  #ask(ask: Ask): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#gone());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.#worker.postMessage({ ...ask, id });
      } catch (error) {
        this.#waiting.delete(id);
        const name = "method" in ask ? ask.method : "name" in ask ? ask.name : ask.what;
        reject(failure("argument", `${name}: an argument can't cross to a worker: ${String(error)}`, { cause: error }));
      }
    });
  }

  #answered(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting.reject(understood(reply.error));
    else if ("message" in reply) waiting.reject(new TypeError(reply.message));
    else if ("handle" in reply) waiting.resolve(this.#remote(reply.handle));
    else waiting.resolve(reply.value);
  }

  #remote(handle: number): object {
    const ask = (method: string, args: unknown[]) => this.#ask({ what: "method", handle, method, args });
    return new Proxy(Object.freeze({}), {
      // No `then`: what has one is taken for a promise.
      get: (_, method) =>
        typeof method !== "string" || method === "then" ? undefined : (...args: unknown[]) => ask(method, args),
    });
  }
}
