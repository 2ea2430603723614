/** medlot in Node.js: the module's bytes come from the disk. */
import { readFile } from "node:fs/promises";
import { initSync } from "./bindings.js";
import { loaded } from "./guard.js";

export * from "./api.js";
export * from "./common.js";

/**
 * Loads the module; again and again is fine.
 *
 * @param module its bytes or a compiled module; by default `medlot.wasm` beside this file.
 */
export function init(module?: BufferSource | WebAssembly.Module): Promise<void> {
  return loaded(async () => {
    const bytes = module ?? (await readFile(new URL("medlot.wasm", import.meta.url)));
    // A second load is the first's module: the glue sees to that.
    initSync({ module: bytes });
  });
}
