/** Recalls, and the figures by which a pharmacy is led. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import type { Figures } from "../device/worker.js";
import { lotPath, useStore } from "../state.js";
import { dong, expiry, number, t } from "../words/words.js";

export function Bar() {
  const { version, route } = useStore();
  const [figures, show] = useState<Figures>();
  useEffect(() => {
    let current = true;
    // Behind everything else: reports take longer than the table.
    const timer = setTimeout(() => void device.figures().then((given) => current && show(given), () => undefined), figures ? 400 : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [version]);
  if (!figures) return null;
  const { recalls, months, shortest, atRisk, unpriced, outDays, outProducts, from, until } = figures;
  return (
    <>
      {recalls.length > 0 && (
        <section class="recalls" aria-label={t("recall.title")}>
          <h2>
            <span aria-hidden="true">⊘</span> {t("recall.title")}
          </h2>
          <ul>
            {recalls.slice(0, 3).map((recall) => (
              <li key={`${recall.product} ${recall.lot}`}>
                <a href={`#/${lotPath(recall.product, recall.lot)}`}>
                  {t("recall.line", { class: recall.class, name: recall.name, lot: recall.lot, notice: recall.notice, units: recall.units })}
                </a>
              </li>
            ))}
          </ul>
          {recalls.length > 3 && <p>{t("recall.more", { count: recalls.length - 3 })}</p>}
        </section>
      )}
      {(route[0] === undefined || route[0] === "stock") && (
        <dl class="figures">
          <div>
            <dt>{t("figures.months")}</dt>
            <dd>
              {months === undefined ? "–" : number(Math.round(months * 10) / 10)}
              <small>{shortest && t("figures.shortest", { name: shortest.name, months: Math.round(shortest.months * 10) / 10 })}</small>
            </dd>
          </div>
          <div>
            <dt>{t("figures.risk")}</dt>
            <dd>
              {dong(atRisk)}
              <small>{unpriced > 0 ? t("figures.unpriced", { count: unpriced }) : t("figures.riskDays")}</small>
            </dd>
          </div>
          <div>
            <dt>{t("figures.out")}</dt>
            <dd>
              {number(outDays)}
              <small>{t("figures.outOf", { count: outProducts, from: expiry(from), until: expiry(until) })}</small>
            </dd>
          </div>
        </dl>
      )}
    </>
  );
}
