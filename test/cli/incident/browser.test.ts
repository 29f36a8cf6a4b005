import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderIncidentHtml } from "../../../cli/incident/html";
import { openChromium } from "../../chromium";
import { failed, recovered } from "./sample";

let browser: Browser;

describe("the incident report in a browser", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await openChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each([320, 375, 768, 1280])("fits a width of %d pixels, with no complaint on the console", async (width) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      for (const record of [recovered, failed]) {
        await page.setContent(renderIncidentHtml(record, "es"));
        expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      }
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it("fits a sheet of paper", async () => {
    const page = await browser.newPage({ viewport: { width: 794, height: 1123 } });
    await page.emulateMedia({ media: "print" });
    await page.setContent(renderIncidentHtml(recovered, "es"));
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(794);
    await page.close();
  });

  it("has its picture in words, its headings in order, and its tables for screen readers on a phone", async () => {
    const page = await browser.newPage({ viewport: { width: 375, height: 800 } });
    await page.setContent(renderIncidentHtml(recovered, "en"));
    const picture = page.getByRole("img", { name: "Timeline" });
    expect(await picture.locator("desc").textContent()).toContain("gateway: ✓ 1 min 14 s of 10 min.");
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 3 }).count()).toBe(0);
    expect(await page.getByRole("table").first().getByRole("rowheader").allInnerTexts()).toEqual(
      recovered.modules.map((m) => m.module),
    );
    await page.close();
  });
});
