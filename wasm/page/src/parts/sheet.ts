/** Tables as people keep them: CSV and XLSX, in and out. */
import Papa from "papaparse";
import type { Row } from "../device/rows.js";
import { opened, t } from "../words/words.js";
import type { Entered } from "./entry.js";

/** Names of columns that are understood, folded. */
const KNOWN: Record<"product" | "lot" | "expiry" | "quantity" | "amount" | "vvm", RegExp> = {
  product: /^(product|gtin|registration|so dang ky|sdk|ma thuoc|thuoc)$/,
  lot: /^(lot|batch|so lo|lo)$/,
  expiry: /^(expiry|expiry date|exp|han dung|hsd)$/,
  quantity: /^(quantity|qty|so luong|sl)$/,
  vvm: /^(vvm|vial monitor|giai doan vvm)$/,
  amount: /^(amount|value|thanh tien|gia tri)$/,
};

const folded = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d").replaceAll(/[_\s]+/g, " ").trim();

/** A date as tables write it: as a date, `dd/mm/yyyy`, `mm/yyyy` or as it is. */
function date(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  const text = String(cell ?? "").trim();
  const [, day, month, year] = /^(?:(\d{1,2})\/)?(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  if (!year || !month) return text;
  return [year, month.padStart(2, "0"), ...(day ? [day.padStart(2, "0")] : [])].join("-");
}

/** `gtin:…` and its kind as they are; digits alone by their number. */
function product(cell: unknown): string {
  const text = String(cell ?? "").trim();
  if (/^[a-z]+:/.test(text)) return text;
  if (/^(\d{8}|\d{13}|\d{14})$/.test(text)) return `gtin:${text.padStart(14, "0")}`;
  return text ? `registration:${text}` : "";
}

async function cells(file: File): Promise<unknown[][]> {
  if (!/\.xlsx$/i.test(file.name)) return Papa.parse<string[]>(await file.text(), { skipEmptyLines: "greedy" }).data;
  const { readSheet: read } = await import("read-excel-file/universal");
  return (await read(file)) as unknown[][];
}

/** The lines of a table, by the names of its columns; and the columns that it lacks. */
export async function readSheet(file: File): Promise<{ rows: Entered[]; without: string[] }> {
  const [head = [], ...rest] = await cells(file);
  const names = head.map((cell) => folded(String(cell ?? "")));
  const at = (name: keyof typeof KNOWN) => names.findIndex((text) => KNOWN[name].test(text));
  const places = { product: at("product"), lot: at("lot"), expiry: at("expiry"), quantity: at("quantity"), amount: at("amount"), vvm: at("vvm") };
  const without = (["product", "quantity"] as const).filter((name) => places[name] < 0);
  if (without.length > 0) return { rows: [], without };
  const rows = rest.map((row) => {
    const cell = (name: keyof typeof places) => (places[name] < 0 ? "" : row[places[name]]);
    const id = product(cell("product"));
    const amount = String(cell("amount") ?? "").trim();
    const vvm = Number(cell("vvm") ?? 0);
    return { product: id, name: id, lot: String(cell("lot") ?? "").trim(), expiry: date(cell("expiry")), quantity: String(cell("quantity") ?? "").trim(), ...(amount && { amount }), ...(vvm && { vvm }) };
  });
  return { rows: rows.filter((row) => row.product || row.quantity), without: [] };
}

const columns: [keyof Row, Parameters<typeof t>[0]][] = [
  ["product", "sheet.product"],
  ["name", "sheet.name"],
  ["lot", "sheet.lot"],
  ["expiry", "sheet.expiry"],
  ["store", "sheet.store"],
  ["vvm", "sheet.vvm"],
  ["onHand", "sheet.onHand"],
  ["available", "sheet.available"],
  ["hold", "sheet.hold"],
  ["parts", "sheet.parts"],
  ["coming", "sheet.coming"],
];

const cellOf = (row: Row, key: keyof Row): string | number => {
  const cell = key === "vvm" ? row.vvm || "" : row[key];
  return typeof cell === "number" ? cell : key === "parts" ? opened(row.parts) : String(cell ?? "");
};

const stateOf = (row: Row): string => t(`state.${row.state}`);

/** A cell that a spreadsheet would take for a formula is text. */
const safe = (cell: unknown): unknown => (typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

export function csv(rows: Row[]): string {
  const data = rows.map((row) => [...columns.map(([key]) => safe(cellOf(row, key))), stateOf(row)]);
  // With a mark of UTF-8: spreadsheets read Vietnamese wrongly without it.
  return `\ufeff${Papa.unparse({ fields: [...columns.map(([, word]) => t(word)), t("sheet.state")], data })}`;
}

export async function xlsx(rows: Row[]): Promise<Blob> {
  const { default: write } = await import("write-excel-file/universal");
  const head = [...columns.map(([, word]) => t(word)), t("sheet.state")].map((value) => ({ value, fontWeight: "bold" as const }));
  const body = rows.map((row) => [
    ...columns.map(([key]) => {
      const value = cellOf(row, key);
      return typeof value === "number" ? { type: Number, value } : { type: String, value };
    }),
    { type: String, value: stateOf(row) },
  ]);
  return await write([head, ...body], { sheet: t("nav.stock"), stickyRowsCount: 1 }).toBlob();
}
