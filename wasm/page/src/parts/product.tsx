/** Finds a product by its words, without diacritics, by keyboard alone too. */
import { useEffect, useId, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { useStore } from "../state.js";

export interface Product {
  product: string;
  name: string;
}

export function ProductField({ label, value, onChange }: { label: string; value: Product | undefined; onChange: (value: Product | undefined) => void }) {
  const id = useId();
  const [words, type] = useState(value?.name ?? "");
  const [found, find] = useState<Product[]>([]);
  const [open, show] = useState(false);
  const [at, move] = useState(0);
  const { version } = useStore();
  useEffect(() => type(value?.name ?? ""), [value?.product]);
  useEffect(() => {
    let current = true;
    if (open) void device.products(words === value?.name ? "" : words).then((list) => current && (find(list), move(0)));
    return () => void (current = false);
  }, [words, open, version]);
  const take = (product: Product | undefined) => {
    if (!product) return;
    onChange(product);
    type(product.name);
    show(false);
  };
  return (
    <div class="field combobox">
      <label for={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        aria-expanded={open && found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[at] ? `${id}-${at}` : undefined}
        autocomplete="off"
        value={words}
        onFocus={() => show(true)}
        onBlur={() => setTimeout(() => show(false), 150)}
        onInput={(event) => {
          type(event.currentTarget.value);
          show(true);
          if (value) onChange(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            show(true);
            move((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length));
          } else if (event.key === "Enter" && open && found.length > 0) {
            event.preventDefault();
            take(found[at]);
          } else if (event.key === "Escape") show(false);
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!open || found.length === 0}>
        {found.map((product, index) => (
          <li key={product.product} id={`${id}-${index}`} role="option" aria-selected={index === at} onPointerDown={(event) => (event.preventDefault(), take(product))}>
            {product.name} <small>{product.product}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
