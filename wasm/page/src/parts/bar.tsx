/** Recalls, and the figures by which a pharmacy is led. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import type { Figures, Recalled } from "../device/worker.js";
import { lotPath, useStore } from "../state.js";
import { dong, expiry, number, t } from "../words/words.js";

const tenth = (value: number): number => Math.round(value * 10) / 10;

export function Bar() {
  const { version, route } = useStore();
  const [figures, show] = useState<Figures>();
  const [recalls, warn] = useState<Recalled[]>([]);
  useEffect(() => {
    let current = true;
    void device.recalls().then((given) => current && warn(given), () => undefined);
    // Behind everything else: reports take longer than the table.
    const timer = setTimeout(() => void device.figures().then((given) => current && given && show(given), () => undefined), figures ? 3000 : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [version]);
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
      {figures && (route[0] === undefined || route[0] === "stock") && (
        <dl class="figures">
          <div>
            <dt>{t("figures.months")}</dt>
            <dd>
              {figures.months === undefined ? "–" : number(tenth(figures.months))}
              <small>{figures.shortest && t("figures.shortest", { name: figures.shortest.name, months: tenth(figures.shortest.months) })}</small>
            </dd>
          </div>
          <div>
            <dt>{t("figures.risk")}</dt>
            <dd>
              {dong(figures.atRisk)}
              <small>{figures.unpriced > 0 ? t("figures.unpriced", { count: figures.unpriced }) : t("figures.riskDays")}</small>
            </dd>
          </div>
          <div>
            <dt>{t("figures.out")}</dt>
            <dd>
              {number(figures.outDays)}
              <small>{t("figures.outOf", { count: figures.outProducts, from: expiry(figures.from), until: expiry(figures.until) })}</small>
            </dd>
          </div>
        </dl>
      )}
    </>
  );
}
