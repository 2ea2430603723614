/** A device's store that several calls share one transaction of. */
import { IdbStore, type KeptFile, type Store, type StoreOptions, type StoredChange } from "medlot";

export class BatchStore implements Store {
  #inner: IdbStore;
  #waiting: StoredChange[] = [];

  private constructor(inner: IdbStore) {
    this.#inner = inner;
  }

  static async open(name: string, options?: StoreOptions): Promise<BatchStore> {
    return new BatchStore(await IdbStore.open(name, options));
  }

  load(): Promise<KeptFile[]> {
    return this.#inner.load();
  }

  /** Holds changes back: they become durable with the next `apply`, in one transaction. */
  hold(changes: readonly StoredChange[]): void {
    this.#waiting.push(...changes);
  }

  async apply(changes: readonly StoredChange[]): Promise<void> {
    const all = [...this.#waiting.splice(0), ...changes];
    if (all.length > 0) await this.#inner.apply(joined(all));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** Appends that follow each other in one file are one append. */
function joined(changes: readonly StoredChange[]): StoredChange[] {
  const out: StoredChange[] = [];
  let run: { kind: "append"; name: string; at: number; parts: Uint8Array[]; length: number } | undefined;
  const end = () => {
    if (!run) return;
    const bytes = new Uint8Array(run.length);
    let at = 0;
    for (const part of run.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    out.push({ kind: "append", name: run.name, at: run.at, bytes });
    run = undefined;
  };
  for (const change of changes) {
    if (change.kind !== "append") {
      end();
      out.push(change);
    } else if (run && run.name === change.name && run.at + run.length === change.at) {
      run.parts.push(change.bytes);
      run.length += change.bytes.length;
    } else {
      end();
      run = { kind: "append", name: change.name, at: change.at, parts: [change.bytes], length: change.bytes.length };
    }
  }
  end();
  return out;
}
