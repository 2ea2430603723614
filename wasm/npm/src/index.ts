/**
 * medlot in a page or a worker, from plain ES modules or a bundler.
 *
 * `await init()` once; then every call answers at once.
 */
import start, { type InitInput } from "./bindings.js";
import { loaded } from "./guard.js";

export * from "./api.js";
export * from "./common.js";

let starting: Promise<void> | undefined;

/**
 * Loads the module; again and again is fine.
 *
 * @param module where it is: by default `medlot.wasm` beside this file. An URL, its bytes, a `Response` or a compiled module.
 */
export function init(module?: InitInput | Promise<InitInput>): Promise<void> {
  const from = () => start({ module_or_path: module ?? new URL("medlot.wasm", import.meta.url) });
  starting ??= loaded(from).catch((error: unknown) => {
    // The next call tries again.
    starting = undefined;
    throw error;
  });
  return starting;
}
