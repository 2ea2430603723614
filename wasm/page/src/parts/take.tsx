/** Takes an object that was handed over: its file, a picture of its codes, the camera, or a scanner that types. */
import { useState } from "preact/hooks";
import { device } from "../device/client.js";
import { attempt, say } from "../state.js";
import { t } from "../words/words.js";
import { Camera } from "./camera.js";
import { decoded } from "./decode.js";
import { FileButton, Text } from "./ui.js";
import { useScanner } from "./wedge.js";

export function Take({ what, onObject }: { what: string; onObject: (object: Uint8Array) => void }) {
  const [camera, show] = useState(false);
  const [typed, type] = useState("");
  const [said, tell] = useState("");

  const code = async (text: string): Promise<void> => {
    const { have, of, object } = await device.code(text);
    tell(object ? "" : t("take.part", { have, of }));
    if (!object) return;
    show(false);
    onObject(object);
  };
  const files = (chosen: File[]) =>
    attempt(async () => {
      for (const file of chosen) {
        if (!file.type.startsWith("image/")) {
          onObject(new Uint8Array(await file.arrayBuffer()));
          continue;
        }
        const texts = await decoded(file);
        if (texts.length === 0) say("failed", t("take.noCode", { file: file.name }));
        for (const text of texts) await code(text);
      }
    });
  useScanner("object", (text) => void attempt(() => code(text)));
  return (
    <div class="take">
      <div class="buttons">
        <FileButton label={t("take.file")} accept=".mlt,.invitation,image/*,application/octet-stream" multiple onFiles={files} />
        <button type="button" onClick={() => show(true)}>
          {t("take.camera")}
        </button>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = typed.trim();
          type("");
          if (text) void attempt(() => code(text));
        }}
      >
        <Text scanner label={t("take.typed")} hint={t("take.typedHint")} value={typed} onInput={type} />
      </form>
      {said && <p aria-live="polite">{said}</p>}
      {camera && <Camera title={what} {...(said && { said })} onText={(text) => void code(text).catch(() => undefined)} onClose={() => show(false)} />}
    </div>
  );
}
