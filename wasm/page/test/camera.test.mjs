// The camera, fed from a file: what it sees is received.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PRODUCT, browser, joined, office, site } from "./site.mjs";

const SIZE = 640;
let pages, staff;

/** A picture as a film of one second, uncompressed: YUV4MPEG2, grey. */
async function film(pictures, path) {
  const driven = await browser();
  const page = await driven.newPage();
  const frames = [];
  for (const picture of pictures) {
    const grey = await page.evaluate(async ([url, size]) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(size, size);
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, size, size);
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 20, 20, size - 40, size - 40);
      const { data } = context.getImageData(0, 0, size, size);
      return Array.from({ length: size * size }, (_, at) => data[at * 4]);
    }, [`data:image/png;base64,${picture.toString("base64")}`, SIZE]);
    frames.push(Buffer.from(grey));
  }
  await driven.close();
  const colour = Buffer.alloc((SIZE * SIZE) / 2, 128);
  const shown = frames.flatMap((frame) => Array.from({ length: 8 }, () => [Buffer.from("FRAME\n"), frame, colour]).flat());
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${SIZE} H${SIZE} F10:1 Ip A1:1 C420jpeg\n`), ...shown]));
}

before(async () => {
  staff = office();
  staff.join("wholesaler", "01C58");
  staff.medlot("wholesaler", "record", "in", "--product", PRODUCT, "--lot", "C3", "--expiry", "2028-06-30", "--quantity", "500");
  staff.medlot("wholesaler", "handover", "--to", "facility:01C66", "--line", `40=${PRODUCT};C3;2028-06-30`, "--out", "delivery.png");
  await film([staff.read("delivery.png")], join(staff.folder, "camera.y4m"));
  pages = await site({ args: ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${join(staff.folder, "camera.y4m")}`] });
});
after(async () => {
  staff?.end();
  await pages?.end();
});

test("a hand-over that the camera sees is received", async () => {
  const { page, context } = await pages.visitor({ permissions: ["camera"] });
  await joined(page, pages.origin, staff, "01C66", { picture: false });
  await page.goto(`${pages.origin}/#/receive`);
  await page.getByRole("heading", { name: "Against a hand-over code" }).waitFor();
  await page.getByRole("button", { name: "Use the camera" }).first().click();
  await page.getByText("40 sent").waitFor();
  // The camera is let go with its dialog.
  assert.equal(await page.locator("dialog").count(), 0);
  await page.getByLabel("Take it though what is known may be outdated").check();
  await page.getByRole("button", { name: "Receive", exact: true }).click();
  await page.getByText("1 lines received.").waitFor();
  await context.close();
});
