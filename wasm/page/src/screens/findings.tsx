/** What was found, for a person to settle. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { attempt, lotPath, useStore } from "../state.js";
import { code, spoken, t } from "../words/words.js";

type Found = Awaited<ReturnType<typeof device.findings>>;

export function Findings() {
  const { version } = useStore();
  const language = spoken();
  const [found, show] = useState<Found>();
  const [kind, only] = useState("");
  useEffect(() => void attempt(async () => show(await device.findings(language))), [version, language]);
  if (!found) return <p class="wait">{t("wait")}</p>;
  const kinds = [...new Map(found.rows.map((row) => [row.name, 0])).keys()];
  const rows = found.rows.filter((row) => !kind || row.name === kind);
  return (
    <section aria-labelledby="findings-title">
      <h2 id="findings-title">{t("findings.title")}</h2>
      <p role="status">{found.total === 0 ? t("findings.none") : t("findings.count", { count: rows.length, all: found.total })}</p>
      <div class="filters" role="group" aria-label={t("findings.filter")}>
        {kinds.map((name) => (
          <button type="button" class="chip" key={name} aria-pressed={kind === name} onClick={() => only(kind === name ? "" : name)}>
            {code("finding", name)} <span>{found.rows.filter((row) => row.name === name).length}</span>
          </button>
        ))}
      </div>
      <ul class="findings">
        {rows.slice(0, 200).map((row, index) => (
          <li key={index}>
            <p>
              <strong>{code("finding", row.name)}</strong> <small>{row.code}</small>
            </p>
            {row.product && <p>{row.product}</p>}
            <p>{row.message}</p>
            {row.id && row.lot && <a href={`#/${lotPath(row.id, row.lot)}`}>{t("findings.lot", { lot: row.lot })}</a>}
          </li>
        ))}
      </ul>
      {rows.length > 200 && <p>{t("findings.more", { count: rows.length - 200 })}</p>}
    </section>
  );
}
