/** Reads a pack: by a scanner that types, or by the camera. */
import type { ReadItem } from "medlot";
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { attempt, say } from "../state.js";
import { code, spoken, t } from "../words/words.js";
import { Camera } from "./camera.js";
import { Dialog, Text } from "./ui.js";
import { SUBSTITUTE, useScanner } from "./wedge.js";

export interface Pack {
  product: string;
  name: string;
  lot: string;
  expiry: string;
  raw: string;
}

function packOf(item: ReadItem, raw: string): Pack {
  const expiry = item.expiry ? (item.expiryWholeMonth ? item.expiry.slice(0, 7) : item.expiry) : "";
  return { product: item.gtin ? `gtin:${item.gtin}` : "", name: "", lot: item.lot ?? "", expiry, raw };
}

export function Scan({ onPack }: { onPack: (pack: Pack) => void }) {
  const [typed, type] = useState("");
  const [camera, show] = useState(false);
  const [ways, choose] = useState<Pack[]>([]);

  const read = (raw: string) =>
    attempt(async () => {
      const { said } = await device.scan(raw, localStorage.getItem(SUBSTITUTE) ?? "");
      if (said.outcome === "refused") return say("failed", spoken() === "vi" ? said.vietnamese : said.english);
      if (said.outcome === "foreign") return say("failed", t("scan.foreign", { system: code("system", said.system) }));
      const items = said.outcome === "read" ? [said.item, ...said.alternatives] : said.candidates;
      const packs = items.map((item) => packOf(item, raw));
      show(false);
      for (const pack of packs) pack.name = pack.product ? await device.name(pack.product) : "";
      // Several readings: a person chooses, nothing is guessed.
      if (said.outcome === "confirm" || packs.length > 1) return choose(packs);
      if (packs[0]) onPack(packs[0]);
    });
  useScanner("pack", (raw) => void read(raw));
  return (
    <div class="scan">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const raw = typed;
          type("");
          if (raw.trim()) void read(raw);
        }}
      >
        <Text scanner label={t("scan.label")} hint={t("scan.hint")} value={typed} onInput={type} />
      </form>
      <button type="button" onClick={() => show(true)}>
        {t("take.camera")}
      </button>
      {camera && <Camera title={t("scan.label")} onText={(text) => void read(text)} onClose={() => show(false)} />}
      {ways.length > 0 && (
        <Dialog title={t("scan.ways")} onClose={() => choose([])}>
          {ways.map((pack) => (
            <button
              type="button"
              key={`${pack.product} ${pack.lot} ${pack.expiry}`}
              onClick={() => {
                choose([]);
                onPack(pack);
              }}
            >
              {pack.name} {t("lot.lot", { lot: pack.lot })} {pack.expiry}
            </button>
          ))}
          <button type="button" onClick={() => choose([])}>
            {t("cancel")}
          </button>
        </Dialog>
      )}
    </div>
  );
}
