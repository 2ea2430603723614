/** What is beside the module's own calls. */
export { MedlotError, type Kind, type Said } from "./error.js";
export { IdbStore, type StoreChange, type StoredFile, type StoreOptions } from "./store.js";
export { WebCryptoSigner, type Suite } from "./signer.js";
export { MedlotWorker, type Remote, type WorkerOptions } from "./client.js";
