/** How much: whole units, and parts of an opened one where a medicine is given by the piece, the dose or the millilitre. */
import { useEffect, useState } from "preact/hooks";
import { MEASURES, written, type Form } from "../device/parts.js";
import { code, t } from "../words/words.js";
import { Select, Text } from "./ui.js";

export interface Amount {
  units: string;
  parts: string;
  perUnit: string;
  measure: string;
  /** Whether a person wrote the units: what is only proposed gives way to parts. */
  written?: boolean;
}

export const NONE: Amount = { units: "", parts: "", perUnit: "", measure: "piece" };

const KEPT = "medlot.forms";

function forms(): Record<string, Form> {
  try {
    return (JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, Form> | null) ?? {};
  } catch {
    return {};
  }
}

/** How units of a medicine were divided the last time. */
export const formOf = (product: string): Form | undefined => forms()[product];

/** Remembers it: nobody says twice that ten tablets make a blister. */
export function remember(product: string, quantity: string): void {
  const [, perUnit, measure] = /^\d+\/(\d+) (.+)$/.exec(quantity) ?? [];
  if (perUnit && measure) localStorage.setItem(KEPT, JSON.stringify({ ...forms(), [product]: { perUnit: Number(perUnit), measure } }));
}

const whole = (text: string): boolean => /^\d{1,9}$/.test(text);

/** As a movement names it; none where it isn't one. 0 is one where it is counted. */
export function quantityOf({ units, parts, perUnit, measure }: Amount, counted = false): string | undefined {
  const divided = parts !== "" && (counted || Number(parts) > 0);
  if (!divided) return whole(units) && (counted || Number(units) > 0) ? String(Number(units)) : undefined;
  if (!whole(parts) || !(units === "" || whole(units)) || !/^\d{1,5}$/.test(perUnit) || Number(perUnit) < 2) return undefined;
  return written(Number(units) * Number(perUnit) + Number(parts), { perUnit: Number(perUnit), measure });
}

export function AmountField({ value, product, known, opened = false, onChange }: { value: Amount; product?: string | undefined; known?: Form | undefined; opened?: boolean; onChange: (change: (now: Amount) => Amount) => void }) {
  const [open, show] = useState(opened);
  const form = product === undefined ? undefined : (known ?? formOf(product));
  useEffect(() => {
    if (!form) return;
    show(true);
    // What a person types meanwhile stays: the fields are changed as they are then, not as they were drawn.
    onChange((now) => ({ ...now, perUnit: String(form.perUnit), measure: form.measure }));
  }, [product, form?.perUnit, form?.measure]);
  return (
    <>
      <Text label={t("quantity")} inputMode="numeric" value={value.units} onInput={(units) => onChange((now) => ({ ...now, units, written: true }))} />
      <details class="opened" open={open} onToggle={(event) => show(event.currentTarget.open)}>
        <summary>{t("parts.title")}</summary>
        <div class="row-of-fields">
          <Text label={t("parts.count")} inputMode="numeric" value={value.parts} onInput={(parts) => onChange((now) => ({ ...now, parts, units: now.written ? now.units : "" }))} />
          <Text label={t("parts.perUnit")} inputMode="numeric" value={value.perUnit} onInput={(perUnit) => onChange((now) => ({ ...now, perUnit }))} />
          <Select label={t("parts.measure")} value={value.measure} onChange={(measure) => onChange((now) => ({ ...now, measure }))} options={MEASURES.map((name) => [name, code("measure", name)] as const)} />
        </div>
      </details>
    </>
  );
}
