/** Reports take long where there are many records: they are worked out beside the device, from a copy of its files. */
import { Device, init, type StoredFile } from "medlot";
import { day } from "./rows.js";

export interface Reported {
  /** Months of stock: the middle of all products, and the one that lasts the shortest. */
  months: number | undefined;
  shortest: { product: string; months: number } | undefined;
  /** Đồng of what expires within 90 days; lots of it that have no price. */
  atRisk: number;
  unpriced: number;
  /** Days on which a product was out, over all products. */
  outDays: number;
  outProducts: number;
  from: string;
  until: string;
}

/** The last three whole months. */
function period(at: Date): { from: string; until: string } {
  const today = day(at);
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const first = new Date(Date.UTC(year, month - 4, 1));
  const last = new Date(Date.UTC(year, month - 1, 0));
  return { from: first.toISOString().slice(0, 10), until: last.toISOString().slice(0, 10) };
}

const amount = (cell: string | undefined): number | undefined => {
  const value = Number.parseFloat(cell ?? "");
  return Number.isFinite(value) ? value : undefined;
};

function reported(device: Device, at: Date): Reported {
  const of = period(at);
  const table = (report: "usage" | "at_risk" | "stock_outs", from: string, until: string) => {
    const { columns, rows } = device.report({ report, from, until }, 0, 100_000, "en", at);
    return rows.map(({ cells }) => Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""])));
  };
  const lasts = table("usage", of.from, of.until)
    .map((row) => ({ product: row["product"] ?? "", months: amount(row["months_of_stock"]) }))
    .filter((row): row is { product: string; months: number } => row.months !== undefined)
    .sort((a, b) => a.months - b.months);
  const risk = table("at_risk", of.from, day(at));
  const out = table("stock_outs", of.from, of.until).map((row) => Number(row["out_of_stock"] ?? 0));
  return {
    months: lasts[lasts.length >> 1]?.months,
    shortest: lasts[0],
    atRisk: risk.reduce((sum, row) => sum + (amount(row["value"]) ?? 0), 0),
    unpriced: risk.filter((row) => !row["value"]).length,
    outDays: out.reduce((sum, days) => sum + days, 0),
    outProducts: out.filter((days) => days > 0).length,
    ...of,
  };
}

onmessage = async ({ data }: MessageEvent<{ files: StoredFile[]; now: number }>) => {
  await init();
  const at = new Date(data.now);
  postMessage(reported(Device.open(data.files, undefined, at), at));
};
