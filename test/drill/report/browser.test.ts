import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../../drill/report";
import { openChromium } from "../../chromium";
import { failed, recovered, refused } from "./sample";

let browser: Browser;

describe("the report in a browser", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await openChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each([320, 375, 768, 1280])("fits a width of %d pixels, with no complaint on the console", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    for (const result of [recovered, failed, refused]) {
      await page.setContent(renderHtml(result, { lang: "es", bootSeconds: 120 }));
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(["light", "dark"] as const)("has enough contrast in %s", async (colorScheme) => {
    const page = await browser.newPage({ colorScheme });
    await page.setContent(renderHtml(recovered));
    // WCAG 2.2, 1.4.3: 4.5 to 1 between words and what they stand on.
    const names = ["ink", "muted", "good", "bad", "warn"];
    for (const ground of ["card", "page"]) {
      for (const name of names)
        expect(
          await page.evaluate<number>(`(${contrast})("${name}", "${ground}")`),
          `${name} on ${ground}`,
        ).toBeGreaterThan(4.5);
    }
    await page.close();
  });

  it("has a table for screen readers on a phone too, and opens its list of events by key", async () => {
    const page = await browser.newPage({ viewport: { width: 375, height: 800 } });
    await page.setContent(renderHtml(recovered));
    expect(await page.getByRole("table").first().getByRole("rowheader").allInnerTexts()).toEqual(
      recovered.modules.map((m) => m.name),
    );
    expect(await page.getByRole("img", { name: "The failover" }).count()).toBe(1);
    await page.locator("summary").press("Enter");
    expect(await page.getByText("the VPS at 127.10.0.2 is destroyed").isVisible()).toBe(true);
    await page.close();
  });
});

/** Runs in the page: the contrast of two of the style sheet's colours. */
const contrast = `(a, b) => {
  const style = getComputedStyle(document.documentElement);
  const luminance = (name) => {
    const hex = style.getPropertyValue("--" + name).trim();
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}`;
