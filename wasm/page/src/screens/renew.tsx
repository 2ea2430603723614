/** The way on where the log takes no further record, after a restore or where another place holds more of it: a new key. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { Invited, Joining, type Said } from "../parts/joining.js";
import { attempt, go, say, set, useStore } from "../state.js";
import { t } from "../words/words.js";

export function Renew() {
  const { standing } = useStore();
  const [busy, work] = useState(false);
  if (!standing) return null;
  const again = async (said: Said) => {
    work(true);
    await attempt(async () => {
      await navigator.storage?.persist?.();
      set({ standing: await device.again(said), progress: undefined });
    });
    work(false);
  };
  const enrolled = () => {
    say("done", t("renew.done"));
    go("stock");
  };
  return (
    <section class="renew" aria-labelledby="renew-title">
      <h2 id="renew-title">{t("renew.title")}</h2>
      {standing.readOnly ? (
        <>
          <p>{t("renew.what")}</p>
          <section class="card" aria-label={t("renew.invitation")}>
            <h3>{t("renew.invitation")}</h3>
            <p>{t("renew.invitationWhat", { facility: standing.facility })}</p>
            <Invited what={t("renew.invitation")} facility={standing.facility} busy={busy} onJoin={(said) => void again(said)} />
          </section>
        </>
      ) : standing.enrolled ? (
        <p>{t("renew.none")}</p>
      ) : (
        <>
          <p>{t("renew.waits")}</p>
          <Joining onEnrolled={enrolled} />
        </>
      )}
    </section>
  );
}
