// The committed vectors through the module in a page of Chromium.
import { after, before, test } from "node:test";
import { agree, GROUPS } from "../vectors.js";
import { site } from "./served.js";

let served;
before(async () => (served = await site()));
after(() => served?.end());

for (const group of Object.keys(GROUPS)) {
  test(`every committed vector of ${group} comes out in a page as it states`, async () => {
    const page = await served.page();
    await agree("chromium", group, (vectors) =>
      page.evaluate(async ([group, vectors]) => {
        const { wrong } = await import("/vectors/agree.js");
        await medlot.init();
        return wrong(medlot, group, vectors);
      }, [group, vectors]));
    await page.close();
  });
}
