// A field into which a scanner types; what it read stands beside it.
import { init, scan } from "../dist/index.js";

await init();
document.querySelector("#scan").addEventListener("change", ({ target }) => {
  const scanned = scan(target.value, "{GS}", new Date().toLocaleDateString("sv"));
  const { gtin, lot, expiry } = scanned.item ?? {};
  const said = { read: `${gtin} lô ${lot} hạn ${expiry}`, refused: scanned.vietnamese }[scanned.outcome];
  document.querySelector("#said").value = said ?? scanned.outcome;
});
