/** The device, its scanner, and the way out. */
import { useEffect, useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Dialog, Select } from "../parts/ui.js";
import { SUBSTITUTE } from "../parts/wedge.js";
import { attempt, choose, renewStanding, set, useStore } from "../state.js";
import { instant, number, t } from "../words/words.js";

const substitutes = ["", "~", "^", "|", "{GS}", "<GS>", "\\x1d"];

export function Settings() {
  const { standing, offline } = useStore();
  const [gs, pick] = useState(localStorage.getItem(SUBSTITUTE) ?? "");
  const [leaving, leave] = useState(false);
  const [kept, keep] = useState(false);
  const [used, weigh] = useState<StorageEstimate>();
  useEffect(() => {
    void attempt(renewStanding);
    void navigator.storage?.persisted?.().then(keep);
    void navigator.storage?.estimate?.().then(weigh);
  }, []);
  if (!standing) return null;
  const mega = (bytes = 0) => number(Math.round(bytes / 1e5) / 10);
  const end = () =>
    attempt(async () => {
      await device.erase(standing.which);
      choose(undefined);
      set({ standing: { ...standing, state: "none" } });
      location.hash = "";
    });
  return (
    <section aria-labelledby="settings-title">
      <h2 id="settings-title">{t("settings.title")}</h2>
      <dl class="facts">
        <dt>{t("settings.facility")}</dt>
        <dd>{standing.facility}</dd>
        <dt>{t("settings.records")}</dt>
        <dd>{t("settings.recordsOf", { records: standing.records, unsealed: standing.unsealed })}</dd>
        <dt>{t("settings.now")}</dt>
        <dd>{instant(standing.now)}</dd>
        <dt>{t("settings.offline")}</dt>
        <dd>{t(offline ? "offline.ready" : "offline.not")}</dd>
        <dt>{t("settings.storage")}</dt>
        <dd>{t("settings.storageOf", { used: mega(used?.usage), quota: mega(used?.quota) })}</dd>
        <dt>{t("settings.kept")}</dt>
        <dd>
          {t(kept ? "settings.keptYes" : "settings.keptNo")}{" "}
          {!kept && (
            <button type="button" onClick={() => void navigator.storage.persist().then(keep)}>
              {t("settings.keptAsk")}
            </button>
          )}
        </dd>
      </dl>
      <Select
        label={t("settings.gs")}
        value={gs}
        onChange={(value) => {
          pick(value);
          localStorage.setItem(SUBSTITUTE, value);
        }}
        options={substitutes.map((value) => [value, value || t("settings.gsNone")] as const)}
      />
      <h3>{t("settings.leave")}</h3>
      <p>{t(standing.which === "sample" ? "settings.leaveSample" : "settings.leaveOwn")}</p>
      <button type="button" class="danger" onClick={() => leave(true)}>
        {t("settings.leaveGo")}
      </button>
      {leaving && (
        <Dialog title={t("settings.leave")} onClose={() => leave(false)}>
          <p>{t(standing.which === "sample" ? "settings.leaveSample" : "settings.leaveOwn")}</p>
          <div class="buttons">
            <button type="button" class="danger" onClick={() => void end()}>
              {t("settings.leaveGo")}
            </button>
            <button type="button" onClick={() => leave(false)}>
              {t("cancel")}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
