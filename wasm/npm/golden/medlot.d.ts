// index.d.ts
/**
 * medlot in a page or a worker, from plain ES modules or a bundler.
 *
 * `await init()` once; then every call answers at once.
 */
import { type InitInput } from "./bindings.js";
export * from "./api.js";
export * from "./common.js";
/**
 * Loads the module; again and again is fine.
 *
 * @param module where it is: by default `medlot.wasm` beside this file. An URL, its bytes, a `Response` or a compiled module.
 */
export declare function init(module?: InitInput | Promise<InitInput>): Promise<void>;

// node.d.ts
export * from "./api.js";
export * from "./common.js";
/**
 * Loads the module; again and again is fine.
 *
 * @param module its bytes or a compiled module; by default `medlot.wasm` beside this file.
 */
export declare function init(module?: BufferSource | WebAssembly.Module): Promise<void>;

// api.d.ts
// Generated from the Rust of sdk/src/api.

/** Bytes that are given. */
export type Bytes = Uint8Array | ArrayBuffer;

/** An instant that is given: a `Date`, or seconds (not milliseconds) since 1970 in UTC. */
export type Instant = Date | number | bigint;

/**
 * A document that a movement names.
 */
export interface Document {
    /**
     * Its kind, for example `invoice`.
     */
    kind: string;
    /**
     * Its number.
     */
    number: string;
}

/**
 * A medicine as its code says it (GS1 General Specifications, sections 3 and 7.8).
 */
export interface ReadItem {
    /**
     * GTIN-14.
     */
    gtin?: string | undefined;
    /**
     * AI 10.
     */
    lot?: string | undefined;
    /**
     * The last usable day.
     */
    expiry?: string | undefined;
    /**
     * The code named the month, not the day.
     */
    expiryWholeMonth?: boolean;
    /**
     * AI 21.
     */
    serial?: string | undefined;
    /**
     * Every element in the order scanned.
     */
    elements: AiValue[];
    /**
     * A national system whose code it is.
     */
    system?: string | undefined;
    /**
     * Damage that was undone.
     */
    repairs: string[];
    /**
     * What a person should look at.
     */
    warnings: string[];
    /**
     * Application identifiers that still must be scanned.
     */
    incomplete: string[];
}

/**
 * A product as it is named: by `gtin`, `registration`, `permit`, `national` or `local`.
 */
export interface ProductName {
    /**
     * How it is named.
     */
    scheme: string;
    /**
     * Its name there.
     */
    value: string;
}

/**
 * A record that another points to.
 */
export interface Reference {
    /**
     * The first 16 digits of its log; absent: the same log.
     */
    log?: string | undefined;
    /**
     * Its place there.
     */
    index: number;
    /**
     * The first half of its identity, where the log is another.
     */
    id?: string | undefined;
}

/**
 * A record, with what its kind says; what it doesn't say is absent.
 */
export interface RecordView {
    /**
     * Its log, h₀ in hex.
     */
    log: string;
    /**
     * Its place in the log, from 0.
     */
    index: number;
    /**
     * Its identity: the chain's value after it.
     */
    id?: string | undefined;
    /**
     * What it is: `movement`, `reversal`, `count_line`, `enrol`, `recall` … (`spec/json/movements.schema.json`).
     */
    kind: string;
    /**
     * Who wrote it.
     */
    facility?: string | undefined;
    /**
     * When it was written, RFC 3339.
     */
    recordedAt?: string | undefined;
    /**
     * When it took place, where that is another time.
     */
    effectiveAt?: string | undefined;
    /**
     * `in`, `out` or `move`.
     */
    direction?: string | undefined;
    /**
     * Why goods moved, or a log is cut.
     */
    reason?: string | undefined;
    /**
     * The product.
     */
    product?: ProductName | undefined;
    /**
     * The lot.
     */
    lot?: string | undefined;
    /**
     * The last usable day; `none` where the pack has none.
     */
    expiry?: string | undefined;
    /**
     * The pack names the month, not the day.
     */
    expiryWholeMonth?: boolean | undefined;
    /**
     * The serial.
     */
    serial?: string | undefined;
    /**
     * Whole units.
     */
    quantity?: number | undefined;
    /**
     * Parts of a unit.
     */
    parts?: number | undefined;
    /**
     * How many parts a unit has.
     */
    partsPerUnit?: number | undefined;
    /**
     * What a part is.
     */
    measure?: string | undefined;
    /**
     * The store.
     */
    store?: string | undefined;
    /**
     * The fund that paid for it.
     */
    fund?: string | undefined;
    /**
     * The vaccine vial monitor's stage, 1 to 4.
     */
    vvm?: number | undefined;
    /**
     * Out of which stock: `available`, `hold` or `transit`.
     */
    from?: string | undefined;
    /**
     * Into which stock.
     */
    to?: string | undefined;
    /**
     * The store that it moves to.
     */
    toStore?: string | undefined;
    /**
     * The other party.
     */
    counterparty?: string | undefined;
    /**
     * It is on its way to the other party.
     */
    sent?: boolean;
    /**
     * The shipment's line that it answers.
     */
    answers?: Reference | undefined;
    /**
     * What it takes back.
     */
    reverses?: Reference | undefined;
    /**
     * How much of it is taken back in all.
     */
    total?: number | undefined;
    /**
     * Its documents.
     */
    documents?: Document[];
    /**
     * What it cost.
     */
    amount?: Amount | undefined;
    /**
     * Who did it.
     */
    operator?: string | undefined;
    /**
     * Whether it counts: `yes`, `no` or `unknown`.
     */
    counts?: string | undefined;
    /**
     * No seal vouches for it yet.
     */
    unsealed?: boolean;
    /**
     * Why it doesn't count.
     */
    why?: Reason | undefined;
}

/**
 * Money.
 */
export interface Amount {
    /**
     * In the currency's smallest unit, đồng.
     */
    value: number;
    /**
     * Whether tax is in it.
     */
    taxIncluded: boolean;
}

/**
 * One GS1 element as it was scanned.
 */
export interface AiValue {
    /**
     * The application identifier, for example `10`.
     */
    ai: string;
    /**
     * Its value.
     */
    value: string;
}

/**
 * Something to look at, naming its records.
 */
export interface Fault {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What was found.
     */
    message: string;
    /**
     * The records concerned.
     */
    records: RecordAt[];
}

/**
 * The answer about an object.
 */
export interface Verdict {
    /**
     * What may be believed.
     */
    verdict: VerdictKind;
    /**
     * `yes`, or the gravest reason why what is known may be outdated.
     */
    current: string;
    /**
     * Why, the gravest first.
     */
    reasons: Reason[];
    /**
     * What to look at.
     */
    findings: Fault[];
    /**
     * The trust anchor, h₀ in hex.
     */
    root: string;
    /**
     * Its records.
     */
    records: RecordView[];
}

/**
 * What became of a scan.
 */
export type Scanned = { outcome: "read"; item: ReadItem; alternatives: ReadItem[] } | { outcome: "confirm"; candidates: ReadItem[] } | { outcome: "foreign"; system: string; text: string; product: string | undefined; gtin: string | undefined; lot: string | undefined; serial: string | undefined; expiry: string | undefined } | { outcome: "refused"; code: number; name: string; english: string; vietnamese: string; position: number };

/**
 * What may be believed of an object.
 */
export type VerdictKind = "valid" | "invalid" | "unknown";

/**
 * Where a record stands.
 */
export interface RecordAt {
    /**
     * Its log, h₀ in hex.
     */
    log: string;
    /**
     * Its place in the log, from 0.
     */
    index: number;
}

/**
 * Which other log's news would settle it.
 */
export interface AskFor {
    /**
     * The log, or the first 16 digits of it.
     */
    log: string;
    /**
     * From which record on.
     */
    index?: number | undefined;
}

/**
 * Why: a stable number and name (`spec/error-codes.md`), and a text.
 */
export interface Reason {
    /**
     * The stable number.
     */
    code: number;
    /**
     * The stable name.
     */
    name: string;
    /**
     * What it means and what to do.
     */
    message: string;
    /**
     * What to ask the sender for.
     */
    askFor?: AskFor | undefined;
    /**
     * Since when, RFC 3339.
     */
    since?: string | undefined;
}


/**
 * Verifies bundles under one trust anchor, without a network, a device or a key.
 */
export class Verifier {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Keeps what is known besides: news of authorities, State lists, the other half of a fork. Gives how many objects are
     * kept. The same bytes twice are kept once.
     *
     * # Errors
     * Bytes that are none of medlot's objects.
     */
    keep(object: Bytes): number;
    /**
     * Begins with the trust anchor: the bytes of a root object.
     *
     * # Errors
     * Bytes that are no trust anchor.
     */
    constructor(anchor: Bytes);
    /**
     * Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
     * set; `facility`: the own one, what is addressed to another is said.
     *
     * # Errors
     * 4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
     */
    verify(object: Bytes, now?: Instant | null, facility?: string | null): Verdict;
}

/**
 * Reads one scan. `gs` is what the scanner sends for the GS1 separator where it can't send it, from its profile; `today`
 * places two-digit years.
 *
 * # Errors
 * 4001: `today` is no date. A code that can't be used is an answer ([`Scanned::Refused`]).
 *
 * ```
 * use medlot_sdk::api::{Scanned, scan};
 * let scanned = scan("010340093595583810A21\u{1d}17271130", None, "2026-11-23").unwrap();
 * let Scanned::Read { item, .. } = scanned else { panic!("{scanned:?}") };
 * assert_eq!((item.lot.as_deref(), item.expiry.as_deref()), (Some("A21"), Some("2027-11-30")));
 * ```
 */
export function scan(raw: string, gs: string | null | undefined, today: string): Scanned;

// common.d.ts
/** What is beside the module's own calls. */
export { MedlotError, type Kind, type Said } from "./error.js";
export { IdbStore, type StoreChange, type StoredFile, type StoreOptions } from "./store.js";
export { WebCryptoSigner, type Suite } from "./signer.js";
export { MedlotWorker, type Remote, type WorkerOptions } from "./client.js";

// error.d.ts
/** How grave a failure is. */
export type Kind = "invalid" | "unknown" | "usage" | "refused";
/** What is said of a failure. */
export interface Said {
    /** What happened and what to do, in English. */
    message: string;
    /** The stable number of `spec/error-codes.md`. */
    code: number;
    /** The stable name of that number. */
    codeName: string;
    /** `invalid`: the bytes are wrong; `unknown`: what would decide isn't here; `usage`: an argument or the store; `refused`: a rule forbids it. */
    kind: Kind;
    /** What happened and what to do, for a pharmacist, in Vietnamese. */
    vietnamese: string;
    /** The field that it concerns, where it is one. */
    field: string | undefined;
}
/** The one error that medlot throws. */
export declare class MedlotError extends Error implements Said {
    readonly code: number;
    readonly codeName: string;
    readonly kind: Kind;
    readonly vietnamese: string;
    readonly field: string | undefined;
    constructor(said: Said, options?: ErrorOptions);
    /** Its fields as a plain object: what crosses from a worker, or goes into a log. */
    toJSON(): Said;
}
/** What the module or a worker threw, as a `MedlotError` where it says all that one says. */
export declare function understood(error: unknown): unknown;
declare const said: {
    readonly argument: readonly [4001, "usage", "Giá trị đã cho không hợp lệ: hãy xem giá trị được nêu tên rồi nhập lại."];
    readonly file: readonly [4002, "usage", "Không đọc hoặc không ghi được tệp: hãy xem lại đường dẫn, quyền và dung lượng còn trống."];
    readonly folder: readonly [4003, "usage", "Thư mục không phải của medlot, đang được dùng, hoặc bị hỏng: hãy chọn đúng thư mục, hoặc đóng chương trình đang dùng nó."];
    readonly unknown_here: readonly [4005, "unknown", "Ở đây chưa có dữ liệu để quyết định: hãy đồng bộ rồi thử lại."];
};
/** A failure found on this side of the module. */
export declare function failure(codeName: keyof typeof said, message: string, options?: ErrorOptions): MedlotError;
export {};

// store.d.ts
/** A named file. */
export interface StoredFile {
    name: string;
    bytes: Uint8Array;
}
/** What is to be kept: `write` replaces a file, `append` adds at its end, which is `at`, `remove` forgets it. */
export interface StoreChange {
    kind: "write" | "append" | "remove";
    name: string;
    /** Absent for `remove`. */
    bytes?: Uint8Array | undefined;
    /** Where an `append` begins: the length of the file before it. */
    at?: number | undefined;
}
/** How a store is opened. */
export interface StoreOptions {
    /** Waits until no other tab has it, instead of failing. */
    wait?: boolean;
    /** Ends the waiting. */
    signal?: AbortSignal;
}
/**
 * Keeps the files of one device in IndexedDB, for one tab or worker at a time.
 *
 * What `apply` resolved for is on the disk; a tab that is killed on the way leaves all of a call's changes or none.
 */
export declare class IdbStore {
    #private;
    readonly device: string;
    private constructor();
    /** Opens the store of a device, empty at first; fails while another tab has it. */
    static open(device: string, options?: StoreOptions): Promise<IdbStore>;
    /** Every file, by name. */
    load(): Promise<StoredFile[]>;
    /** Keeps all of the changes, in their order, or none; resolves when they are on the disk. */
    apply(changes: readonly StoreChange[]): Promise<void>;
    /** Lets another tab have it; resolves when it may. */
    close(): Promise<void>;
    /** Deletes the store of a device, with all that it holds. */
    static remove(device: string): Promise<void>;
}

// signer.d.ts
/** How a key signs. */
export type Suite = "ed25519" | "p256";
/**
 * Signs with a key of WebCrypto that can't be exported: the browser holds it, IndexedDB keeps its handle.
 *
 * Whoever clears the site's data deletes it: the device is then enrolled anew.
 */
export declare class WebCryptoSigner {
    #private;
    readonly name: string;
    readonly suite: Suite;
    private constructor();
    /**
     * The key of this name; made where there is none. By default P-256, which every browser has.
     *
     * @throws MedlotError where there is a key of another suite, or the browser lacks the suite.
     */
    static open(name: string, { suite }?: {
        suite?: Suite;
    }): Promise<WebCryptoSigner>;
    /** Whether this browser has a suite. */
    static has(suite: Suite): Promise<boolean>;
    /** Deletes a key. */
    static remove(name: string): Promise<void>;
    /** 32 bytes of Ed25519, or 33 of P-256 (SEC1, compressed). */
    publicKey(): Uint8Array;
    /** 64 bytes: an Ed25519 signature, or r and s of ECDSA with SHA-256. */
    sign(bytes: Uint8Array): Promise<Uint8Array>;
}

// client.d.ts
/** medlot in a worker, so that the page never waits for it. */
import type * as api from "./api.js";
import { type Said } from "./error.js";
type Api = typeof api;
type AnyFunction = (...args: never[]) => unknown;
type AnyClass = abstract new (...args: never[]) => unknown;
/** The names of the module's functions. */
export type FunctionName = {
    [K in keyof Api]: Api[K] extends AnyClass ? never : Api[K] extends AnyFunction ? K : never;
}[keyof Api];
/** The names of the module's classes. */
export type ClassName = {
    [K in keyof Api]: Api[K] extends AnyClass ? K : never;
}[keyof Api];
/** What a call answers, from the worker: objects of the module stay there. */
export type Answered<T> = Promise<Awaited<T> extends {
    free(): void;
} ? Remote<Awaited<T>> : Awaited<T>>;
/** An object of the module that lives in the worker: the same methods, answering by promises. `free` it after use. */
export type Remote<T> = {
    [K in keyof T & string]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Answered<R> : never;
};
/** What the page asks the worker. */
export type Asked = {
    id: number;
    what: "init";
    module: unknown;
} | {
    id: number;
    what: "function";
    name: string;
    args: unknown[];
} | {
    id: number;
    what: "new";
    name: string;
    args: unknown[];
} | {
    id: number;
    what: "static";
    name: string;
    method: string;
    args: unknown[];
} | {
    id: number;
    what: "method";
    handle: number;
    method: string;
    args: unknown[];
};
/** What the worker answers. */
export type Reply = {
    id: number;
} & ({
    value: unknown;
} | {
    handle: number;
} | {
    error: Said;
} | {
    message: string;
});
/** How a worker is started. */
export interface WorkerOptions {
    /** A worker that runs `medlot/worker`; by default one of `worker.js` beside this file. */
    worker?: Worker;
    /** Where the module is, or the module compiled. */
    module?: string | URL | BufferSource | WebAssembly.Module;
}
/** The module in a worker of its own. */
export declare class MedlotWorker {
    #private;
    private constructor();
    /** Starts a worker and loads the module in it. */
    static start({ worker, module }?: WorkerOptions): Promise<MedlotWorker>;
    /** Calls a function of the module. */
    call<K extends FunctionName>(name: K, ...args: Parameters<Api[K]>): Answered<ReturnType<Api[K]>>;
    /** Makes an object of the module: `await worker.make("Verifier", anchor)`. */
    make<K extends ClassName>(name: K, ...args: ConstructorParameters<Api[K]>): Promise<Remote<InstanceType<Api[K]>>>;
    /** Ends it: what is asked and not answered fails. */
    stop(): void;
}
export {};
