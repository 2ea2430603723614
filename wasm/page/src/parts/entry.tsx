/** One line of goods: scanned or typed. */
import { useState } from "preact/hooks";
import { say } from "../state.js";
import { t } from "../words/words.js";
import { ProductField, type Product } from "./product.js";
import { Scan, type Pack } from "./scan.js";
import { Monitor, Text } from "./ui.js";

export interface Entered {
  product: string;
  name: string;
  lot: string;
  expiry: string;
  quantity: string;
  amount?: string;
  /** Stage of the vaccine vial monitor. */
  vvm?: number;
}

/** `counted`: 0 is a quantity too. */
export function Entry({ onEntered, priced = false, counted = false }: { onEntered: (line: Entered) => void; priced?: boolean; counted?: boolean }) {
  const [product, take] = useState<Product>();
  const [lot, name] = useState("");
  const [expiry, until] = useState("");
  const [quantity, count] = useState("");
  const [amount, pay] = useState("");
  const [vvm, stage] = useState(0);
  // What a second scan doesn't say stays as the first one said it.
  const onPack = (pack: Pack) => {
    if (pack.product) take({ product: pack.product, name: pack.name });
    if (pack.lot) name(pack.lot);
    if (pack.expiry) until(pack.expiry);
  };
  const enter = () => {
    if (!product) return say("failed", t("entry.noProduct"));
    if (!(counted ? /^\d{1,9}$/ : /^[1-9]\d{0,8}$/).test(quantity)) return say("failed", t(counted ? "count.whole" : "quantity.whole"));
    if (expiry && !/^\d{4}-\d{2}(-\d{2})?$/.test(expiry)) return say("failed", t("entry.badExpiry", { value: expiry }));
    onEntered({ ...product, lot, expiry, quantity, ...(amount && { amount }), ...(vvm && { vvm }) });
    take(undefined);
    stage(0);
    for (const clear of [name, until, count, pay]) clear("");
  };
  return (
    <>
      <Scan onPack={onPack} />
      <form
        class="row-of-fields"
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <ProductField label={t("product")} value={product} onChange={take} />
        <Text label={t("lot")} value={lot} onInput={name} />
        <Text label={t("expiry")} hint={t("entry.expiryHint")} value={expiry} onInput={until} />
        <Text label={t("quantity")} inputMode="numeric" value={quantity} onInput={count} />
        {priced && <Text label={t("entry.amount")} inputMode="numeric" value={amount} onInput={pay} />}
        <Monitor value={vvm} onChange={stage} />
        <button type="submit">{t("entry.add")}</button>
      </form>
    </>
  );
}
