/** A device's key, which never leaves the browser. */
import { failure, MedlotError } from "./error.js";
import { bytes as bytesGiven, text } from "./guard.js";
import { asked, database, finished } from "./idb.js";

/** How a key signs. */
export type Suite = "ed25519" | "p256";

const KEYS = "keys";
const DATABASE = "medlot-keys";

const algorithms = {
  ed25519: { make: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  p256: { make: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
} as const;

interface Kept {
  suite: Suite;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

async function make(suite: Suite): Promise<Kept> {
  const pair = (await crypto.subtle.generateKey(algorithms[suite].make, false, ["sign", "verify"])) as CryptoKeyPair;
  return { suite, privateKey: pair.privateKey, publicKey: pair.publicKey };
}

/** 32 bytes of Ed25519; 33 of P-256, compressed: the x, and whether y is odd. */
async function written({ suite, publicKey }: Kept): Promise<Uint8Array> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  if (suite === "ed25519") return raw;
  const compressed = raw.slice(0, 33);
  compressed[0] = 2 + ((raw[64] ?? 0) & 1);
  return compressed;
}

/**
 * Signs with a key of WebCrypto that can't be exported: the browser holds it, IndexedDB keeps its handle.
 *
 * Whoever clears the site's data deletes it: the device is then enrolled anew.
 */
export class WebCryptoSigner {
  readonly name: string;
  readonly suite: Suite;
  #kept: Kept;
  #public: Uint8Array;

  private constructor(name: string, kept: Kept, publicKey: Uint8Array) {
    this.name = name;
    this.suite = kept.suite;
    this.#kept = kept;
    this.#public = publicKey;
  }

  /**
   * The key of this name; made where there is none. By default P-256, which every browser has.
   *
   * @throws MedlotError where there is a key of another suite, or the browser lacks the suite.
   */
  static async open(name: string, { suite }: { suite?: Suite } = {}): Promise<WebCryptoSigner> {
    text("name", name);
    if (suite !== undefined && !Object.hasOwn(algorithms, suite)) {
      throw failure("argument", `suite: ${String(suite)}; it is ed25519 or p256`);
    }
    if (!globalThis.crypto?.subtle) {
      throw failure("folder", "keys need WebCrypto: a page served by https or from localhost");
    }
    try {
      const keys = await database(DATABASE, KEYS);
      try {
        const read = () => asked<Kept | undefined>(keys.transaction(KEYS).objectStore(KEYS).get(name));
        let kept = await read();
        if (!kept) {
          const made = await make(suite ?? "p256");
          // `add`: of two tabs that begin at once, the first one's key stays for both.
          const transaction = keys.transaction(KEYS, "readwrite", { durability: "strict" });
          transaction.objectStore(KEYS).add(made, name);
          await finished(transaction).catch((error: unknown) => {
            if ((error as Error).name !== "ConstraintError") throw error;
          });
          kept = await read();
        }
        if (!kept) throw failure("file", `the key ${name} wasn't kept`);
        if (suite !== undefined && kept.suite !== suite) {
          throw failure("folder", `the key ${name} is of ${kept.suite}, not ${suite}: take another name`);
        }
        return new WebCryptoSigner(name, kept, await written(kept));
      } finally {
        keys.close();
      }
    } catch (error) {
      if (error instanceof MedlotError) throw error;
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const way = suite === "ed25519" ? ". This browser may lack Ed25519: take p256" : "";
      throw failure("file", `the key ${name}: ${why}${way}`, { cause: error });
    }
  }

  /** Whether this browser has a suite. */
  static async has(suite: Suite): Promise<boolean> {
    try {
      await make(suite);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes a key. */
  static async remove(name: string): Promise<void> {
    const keys = await database(DATABASE, KEYS);
    try {
      const transaction = keys.transaction(KEYS, "readwrite", { durability: "strict" });
      transaction.objectStore(KEYS).delete(name);
      await finished(transaction);
    } finally {
      keys.close();
    }
  }

  /** 32 bytes of Ed25519, or 33 of P-256 (SEC1, compressed). */
  publicKey(): Uint8Array {
    return this.#public.slice();
  }

  /** 64 bytes: an Ed25519 signature, or r and s of ECDSA with SHA-256. */
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    const own = bytesGiven("bytes", bytes).slice();
    return new Uint8Array(await crypto.subtle.sign(algorithms[this.suite].sign, this.#kept.privateKey, own));
  }
}
