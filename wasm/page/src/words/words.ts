/** The interface's languages: texts stand in `vi.ts` and `en.ts` alone. */
import { split, type Split } from "../device/parts.js";
import { en } from "./en.js";
import { vi } from "./vi.js";

export type Language = "vi" | "en";
export type Word = keyof typeof vi;

const all: Record<Language, Record<Word, string>> = { vi, en };
const KEPT = "medlot.language";

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "vi" || kept === "en") return kept;
  return navigator.languages.find((language) => /^(vi|en)\b/.test(language))?.startsWith("en") ? "en" : "vi";
}

let language: Language = first();
const listeners = new Set<() => void>();

export const spoken = (): Language => language;

export function speak(next: Language): void {
  language = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export function onSpoken(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A text, `{name}` in it replaced. */
export function t(word: Word, parts: Record<string, string | number> = {}): string {
  return all[language][word].replace(/\{(\w+)\}/g, (_, name: string) => {
    const part = parts[name];
    return typeof part === "number" ? number(part) : (part ?? "");
  });
}

/** What the library says, which it does in both languages. */
export function told({ message, vietnamese }: { message: string; vietnamese: string }): string {
  return language === "vi" ? vietnamese : message;
}

/** A code of the library, as a word; itself where there is none. */
export function code(group: string, name: string | undefined): string {
  const word = `${group}.${name ?? ""}`;
  return word in all[language] ? all[language][word as Word] : (name ?? "");
}

const numbers = { vi: new Intl.NumberFormat("vi-VN"), en: new Intl.NumberFormat("en-GB") };
const money = {
  vi: new Intl.NumberFormat("vi-VN", { style: "currency", currency: "VND" }),
  en: new Intl.NumberFormat("en-GB", { style: "currency", currency: "VND" }),
};

export const number = (value: number): string => numbers[language].format(value);
export const dong = (value: number): string => money[language].format(value);

/** A quantity for people: whole units, and what is left of an opened one. */
export function amount(quantity: string | number): string {
  const said = typeof quantity === "number" ? quantity : split(quantity);
  if (typeof said === "number") return number(said);
  return said ? divided(said) : String(quantity);
}

function divided({ parts, perUnit, measure }: Split): string {
  const units = Math.trunc(parts / perUnit);
  const rest = parts - units * perUnit;
  const opened = `${number(rest)}/${number(perUnit)} ${code("measure", measure)}`;
  if (units === 0) return opened;
  return rest === 0 ? number(units) : `${number(units)} + ${opened}`;
}

/** What a record moved or counted. */
export function amountOf({ quantity = 0, parts, partsPerUnit, measure = "" }: { quantity?: number | undefined; parts?: number | undefined; partsPerUnit?: number | undefined; measure?: string | undefined }): string {
  return parts === undefined || !partsPerUnit ? number(quantity) : divided({ parts, perUnit: partsPerUnit, measure });
}

/** Opened units, form by form. */
export const opened = (parts: readonly { count: number; perUnit: number; measure: string }[]): string =>
  parts.map(({ count, ...form }) => divided({ parts: count, ...form })).join(", ");

/** A vaccine vial monitor's stage; nothing where there is none. */
export const stage = (vvm: number | undefined): string => (vvm ? `VVM ${vvm}` : "");

/** A last usable day: as a date, or as the month that the pack names. */
export function expiry(value: string | undefined, wholeMonth = false): string {
  if (!value) return "–";
  if (value === "none") return t("lot.noExpiry");
  const [year, month, date] = value.split("-");
  return wholeMonth || !date ? `${month}/${year}` : `${date}/${month}/${year}`;
}

/** An instant, in Vietnam's time as the law counts days. */
export function instant(value: string | number | undefined): string {
  if (value === undefined) return "–";
  const format = { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" } as const;
  return new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", format).format(new Date(value));
}
