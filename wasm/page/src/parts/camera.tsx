/** The camera, until what it is to see was seen. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words/words.js";
import { decoded } from "./decode.js";
import { Dialog } from "./ui.js";

export function Camera({ title, said, onText, onClose }: { title: string; said?: string; onText: (text: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, fail] = useState("");
  const told = useRef(onText);
  told.current = onText;
  useEffect(() => {
    let going = true;
    let stream: MediaStream | undefined;
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const look = async (): Promise<void> => {
      const picture = video.current;
      if (!going || !picture || !context) return;
      if (picture.videoWidth > 0) {
        // Big enough for a dense code, small enough to be quick.
        const scale = Math.min(1, 1280 / picture.videoWidth);
        canvas.width = picture.videoWidth * scale;
        canvas.height = picture.videoHeight * scale;
        context.drawImage(picture, 0, 0, canvas.width, canvas.height);
        const texts = await decoded(context.getImageData(0, 0, canvas.width, canvas.height)).catch(() => []);
        if (going) for (const text of texts) told.current(text);
      }
      setTimeout(() => void look(), 60);
    };
    const constraints = { video: { facingMode: "environment", width: { ideal: 1280 } } };
    Promise.resolve()
      .then(() => navigator.mediaDevices.getUserMedia(constraints))
      .then(async (given) => {
        stream = given;
        if (!going || !video.current) return given.getTracks().forEach((track) => track.stop());
        video.current.srcObject = given;
        await video.current.play();
        await look();
      })
      .catch((error: unknown) => fail(String(error)));
    return () => {
      going = false;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      {failed ? <p role="alert">{t("camera.none", { why: failed })}</p> : <video ref={video} playsInline muted aria-label={t("camera.picture")} />}
      <p aria-live="polite">{said ?? t("camera.hold")}</p>
      <button type="button" onClick={onClose}>
        {t("close")}
      </button>
    </Dialog>
  );
}
