/** One lot of those that are here, and how much of it. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import type { Shelf } from "../device/counting.js";
import { attempt, say } from "../state.js";
import { expiry, number, stage, t } from "../words/words.js";
import { ProductField, type Product } from "./product.js";
import { Select, Text } from "./ui.js";

/** What tells a lot from another one of its medicine. */
export const lotText = (shelf: Shelf): string =>
  [shelf.lot || t("lot.none"), expiry(shelf.expiry, shelf.wholeMonth), number(shelf.onHand), shelf.store, stage(shelf.vvm), shelf.held ? t("state.held") : ""].filter(Boolean).join(" · ");

/** `usable`: only what may be given to be used. */
export function LotForm({ usable = false, onAdd }: { usable?: boolean; onAdd: (shelf: Shelf, quantity: string) => void }) {
  const [product, take] = useState<Product>();
  const [lots, offer] = useState<Shelf[]>([]);
  const [chosen, choose] = useState("0");
  const [quantity, count] = useState("");
  const pick = (product: Product | undefined) =>
    attempt(async () => {
      take(product);
      offer(product ? await device.shelves(product.product, usable) : []);
      choose("0");
    });
  const add = () => {
    const shelf = lots[Number(chosen)];
    if (!shelf) return say("failed", t("entry.noProduct"));
    if (!/^[1-9]\d{0,8}$/.test(quantity)) return say("failed", t("quantity.whole"));
    onAdd(shelf, quantity);
    take(undefined);
    offer([]);
    count("");
  };
  return (
    <form
      class="row-of-fields"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <ProductField label={t("product")} value={product} onChange={(product) => void pick(product)} />
      <Select label={t("lot")} value={chosen} onChange={choose} options={lots.map((shelf, index) => [String(index), lotText(shelf)] as const)} />
      <Text label={t("quantity")} inputMode="numeric" value={quantity} onInput={count} />
      <button type="submit">{t("entry.add")}</button>
    </form>
  );
}

export interface LotLine {
  shelf: Shelf;
  quantity: string;
}

/** The lines that were entered, each to be taken out again. */
export function LotLines({ lines, onChange }: { lines: LotLine[]; onChange: (lines: LotLine[]) => void }) {
  return (
    <ol class="lines">
      {lines.map(({ shelf, quantity }, index) => (
        <li key={index}>
          <strong>{quantity}</strong> {shelf.name} · {t("lot.lot", { lot: shelf.lot || t("lot.none") })} {stage(shelf.vvm)} {shelf.held && t("state.held")}{" "}
          <button type="button" aria-label={t("entry.remove", { line: index + 1 })} onClick={() => onChange(lines.filter((_, other) => other !== index))}>
            ✕
          </button>
        </li>
      ))}
    </ol>
  );
}
