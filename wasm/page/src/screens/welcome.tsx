/** The first visit: join a pharmacy's accounts, look at a sample, or go on from a backup. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Invited, Joining, type Said } from "../parts/joining.js";
import { FileButton } from "../parts/ui.js";
import { attempt, choose, chosen, set, useStore } from "../state.js";
import { t } from "../words/words.js";

export function Welcome() {
  const { standing } = useStore();
  const [busy, work] = useState(false);
  // What is being opened isn't asked for.
  if (!standing && chosen()) return <p class="wait">{t("wait")}</p>;
  if (standing?.state === "joining") return <Joining />;

  const doing = async (act: () => Promise<unknown>) => {
    work(true);
    await attempt(act);
    work(false);
  };
  const join = (said: Said) =>
    doing(async () => {
      await navigator.storage?.persist?.();
      const standing = await device.join(said);
      choose("own");
      set({ standing });
    });
  const sample = () =>
    doing(async () => {
      const standing = await device.sample(new URL("sample.bin", document.baseURI).href);
      choose("sample");
      set({ standing });
    });
  const restore = ([file]: File[]) =>
    doing(async () => {
      if (!file) return;
      const standing = await device.restore(new Uint8Array(await file.arrayBuffer()));
      choose("own");
      set({ standing });
    });
  return (
    <div class="welcome">
      <p class="lead">{t("welcome.what")}</p>
      <section class="card">
        <h2>{t("welcome.sample")}</h2>
        <p>{t("welcome.sampleWhat")}</p>
        <button type="button" class="first" disabled={busy} onClick={() => void sample()}>
          {t("welcome.sampleGo")}
        </button>
      </section>
      <section class="card">
        <h2>{t("welcome.join")}</h2>
        <p>{t("welcome.joinWhat")}</p>
        <Invited what={t("welcome.join")} busy={busy} onJoin={(said) => void join(said)} />
      </section>
      <section class="card">
        <h2>{t("welcome.restore")}</h2>
        <p>{t("welcome.restoreWhat")}</p>
        <FileButton label={t("welcome.restoreGo")} accept=".tar,application/x-tar" plain onFiles={(files) => void restore(files)} />
      </section>
    </div>
  );
}
