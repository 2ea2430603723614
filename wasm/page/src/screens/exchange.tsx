/** What comes and goes: synchronising, files, tables, backup. */
import { useState } from "preact/hooks";
import type { SyncAnswer } from "medlot";
import { device } from "../device/client.js";
import { FileButton, give, Text } from "../parts/ui.js";
import { attempt, renewStanding, say, useStore } from "../state.js";
import { t, told } from "../words/words.js";

const KEPT = "medlot.sync";
declare const __SYNC_ORIGIN__: string;
const HOME = `${__SYNC_ORIGIN__ || location.origin}/v1/sync`;

export function Exchange() {
  const { standing } = useStore();
  const [url, address] = useState(localStorage.getItem(KEPT) ?? HOME);
  const [busy, work] = useState(false);
  const [answer, tell] = useState<SyncAnswer>();
  const [said, list] = useState<string[]>([]);
  const sample = standing?.which === "sample";
  const name = `${standing?.facility ?? ""}-${new Date(standing?.now ?? 0).toISOString().slice(0, 10)}`;

  const sync = async () => {
    work(true);
    tell(undefined);
    await attempt(async () => {
      localStorage.setItem(KEPT, url);
      tell(await device.sync(url));
      await renewStanding();
    });
    work(false);
  };
  const accept = (files: File[]) =>
    attempt(async () => {
      const objects = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
      const { objects: taken } = await device.accept(objects);
      list(taken.map((object) => (object.taken ? t("exchange.taken") : object.why ? `${told(object.why)} (${object.why.code})` : t("receive.waits"))));
    });
  const table = (kind: "csv" | "xlsx") =>
    attempt(async () => {
      const [{ csv, xlsx }, rows] = await Promise.all([import("../parts/sheet.js"), device.table()]);
      if (kind === "csv") give(csv(rows), `${name}.csv`, "text/csv");
      else give(new Uint8Array(await (await xlsx(rows)).arrayBuffer()), `${name}.xlsx`, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    });
  const catalogue = ([file]: File[]) =>
    attempt(async () => {
      if (!file) return;
      const { size, refused } = await device.catalogue(new Uint8Array(await file.arrayBuffer()));
      say("done", t("exchange.names", { count: size }));
      list(refused.slice(0, 20).map((row) => `${row.row}: ${row.field}: ${row.limit}: ${row.value}`));
    });
  return (
    <section aria-labelledby="exchange-title">
      <h2 id="exchange-title">{t("exchange.title")}</h2>
      <section class="card" aria-labelledby="sync-title">
        <h3 id="sync-title">{t("sync.title")}</h3>
        {sample ? (
          <p>{t("sync.notSample")}</p>
        ) : (
          <>
            <Text label={t("sync.url")} hint={t("sync.urlHint", { home: HOME })} inputMode="url" value={url} onInput={address} />
            <button type="button" class="first" disabled={busy} onClick={() => void sync()}>
              {t("sync.go")}
            </button>
          </>
        )}
        <div role="status">
          {answer && (
            <>
              <p class="notice done">
                {t(answer.done ? "sync.done" : "sync.cut")}{" "}
                {t("sync.moved", { sent: answer.sent.pieces, sentBytes: answer.sent.bytes, came: answer.stored.pieces, cameBytes: answer.stored.bytes })}
              </p>
              {answer.aside.map(({ why }) => (
                <p key={why.message}>{`${told(why)} (${why.code})`}</p>
              ))}
              {answer.standing !== "as_here" && (
                <p class="notice failed">
                  {t("sync.behind")} <a href="#/renew">{t("renew.title")}</a>
                </p>
              )}
            </>
          )}
        </div>
      </section>
      <section class="card" aria-labelledby="files-title">
        <h3 id="files-title">{t("exchange.files")}</h3>
        <div class="buttons">
          <button type="button" onClick={() => void attempt(async () => give(await device.segments(), `${name}.mlt`))}>
            {t("exchange.export")}
          </button>
          <FileButton label={t("exchange.import")} accept=".mlt" multiple plain onFiles={(files) => void accept(files)} />
          <button type="button" onClick={() => void attempt(async () => give(await device.backup(), `${name}.tar`, "application/x-tar"))}>
            {t("exchange.backup")}
          </button>
        </div>
        <p class="hint">{t("exchange.backupHint")}</p>
      </section>
      <section class="card" aria-labelledby="tables-title">
        <h3 id="tables-title">{t("exchange.tables")}</h3>
        <div class="buttons">
          <button type="button" onClick={() => void table("csv")}>
            {t("exchange.csv")}
          </button>
          <button type="button" onClick={() => void table("xlsx")}>
            {t("exchange.xlsx")}
          </button>
          <FileButton label={t("exchange.catalogue")} accept=".csv" plain onFiles={(files) => void catalogue(files)} />
        </div>
        <p class="hint">{t("exchange.tablesHint")}</p>
      </section>
      {said.length > 0 && (
        <ul role="status">
          {said.map((text, index) => (
            <li key={index}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
