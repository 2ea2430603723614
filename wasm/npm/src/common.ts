/** What is beside the module's own calls. */
export { MedlotError, type Kind, type Said } from "./error.js";
export { IdbStore, type KeptFile, type StoreOptions } from "./store.js";
export { WebCryptoSigner, type Suite } from "./signer.js";
export {
  MedlotWorker,
  type CallOptions,
  type Remote,
  type RemoteDevice,
  type RemoteOpenOptions,
  type SignerName,
  type WorkerOptions,
} from "./client.js";
export { open, OpenDevice, type OpenOptions, type Signer, type Store } from "./open.js";
export type { SyncOptions } from "./sync.js";
