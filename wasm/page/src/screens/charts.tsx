/** When stock expires, and what is used: as pictures, and as tables for who reads those better. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Chart } from "../parts/chart.js";
import { attempt, useStore } from "../state.js";
import { expiry, number, t } from "../words/words.js";

type Pairs = [string, number][];

function Figure({ title, unit, pairs, label, bars }: { title: string; unit: string; pairs: Pairs; label: (key: string) => string; bars: boolean }) {
  if (pairs.length === 0) return <p>{t("charts.none")}</p>;
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Chart title={title} unit={unit} pairs={pairs} label={label} bars={bars} />
      <details>
        <summary>{t("charts.table")}</summary>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{t("charts.when")}</th>
              <th scope="col" class="amount">
                {unit}
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(([key, value]) => (
              <tr key={key}>
                <td>{label(key)}</td>
                <td class="amount">{number(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

export function Charts() {
  const { version } = useStore();
  const [data, show] = useState<{ expiry: Pairs; used: Pairs }>();
  useEffect(() => void attempt(async () => show(await device.charts())), [version]);
  if (!data) return <p class="wait">{t("wait")}</p>;
  return (
    <section aria-labelledby="charts-title">
      <h2 id="charts-title">{t("charts.title")}</h2>
      <Figure title={t("charts.expiry")} unit={t("charts.units")} pairs={data.expiry} label={(month) => expiry(month, true)} bars />
      <Figure title={t("charts.used")} unit={t("charts.units")} pairs={data.used} label={(week) => expiry(week)} bars={false} />
    </section>
  );
}
