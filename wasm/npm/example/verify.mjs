// node example/verify.mjs ANCHOR BUNDLE: what may be believed of a bundle that someone sent.
import { readFile } from "node:fs/promises";
import { init, MedlotError, Verifier } from "medlot";

await init();
try {
  const verifier = new Verifier(await readFile(process.argv[2]));
  const { verdict, reasons, records } = verifier.verify(await readFile(process.argv[3]), new Date());
  console.log(`${verdict}: ${records.length} records`, ...reasons.map(({ code, message }) => `\n${code}: ${message}`));
} catch (error) {
  if (!(error instanceof MedlotError)) throw error;
  console.log(`${error.code}: ${error.message} (${error.vietnamese})`);
}
