/** What the page keeps besides the device's files: the catalogue of names, the sample's day, what is being counted. */
const STORE = "kept";

async function database<T>(act: (db: IDBDatabase) => Promise<T>): Promise<T> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open("medlot-page", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  try {
    return await act(db);
  } finally {
    db.close();
  }
}

const answer = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const changing = (act: (store: IDBObjectStore) => void): Promise<void> =>
  database(
    (db) =>
      new Promise<void>((resolve, reject) => {
        const transaction = db.transaction(STORE, "readwrite");
        act(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve();
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      }),
  );

export const kept = (name: string): Promise<Uint8Array | undefined> =>
  database((db) => answer<Uint8Array | undefined>(db.transaction(STORE).objectStore(STORE).get(name)));

export const keep = (name: string, value: unknown): Promise<void> => changing((store) => store.put(value, name));

export const forget = (name: string): Promise<void> => changing((store) => store.delete(name));

const under = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

/** Everything whose name begins so, by the rest of its name. */
export const keptAll = (prefix: string): Promise<Map<string, unknown>> =>
  database(async (db) => {
    const store = db.transaction(STORE).objectStore(STORE);
    const [keys, values] = await Promise.all([answer(store.getAllKeys(under(prefix))), answer<unknown[]>(store.getAll(under(prefix)))]);
    return new Map(keys.map((key, at) => [String(key).slice(prefix.length), values[at]]));
  });

export const forgetAll = (prefix: string): Promise<void> => changing((store) => store.delete(under(prefix)));
