/** What the page keeps besides the device's files: the catalogue of names, the sample's day. */
const STORE = "kept";

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("medlot-page", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

export async function kept(name: string): Promise<Uint8Array | undefined> {
  const db = await database();
  try {
    return await new Promise((resolve, reject) => {
      const asked = db.transaction(STORE).objectStore(STORE).get(name);
      asked.onsuccess = () => resolve(asked.result as Uint8Array | undefined);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    db.close();
  }
}

export async function keep(name: string, bytes: Uint8Array): Promise<void> {
  const db = await database();
  try {
    await new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).put(bytes, name);
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}
