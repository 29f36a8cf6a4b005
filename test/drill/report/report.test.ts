import { describe, expect, it } from "vitest";
import { drillResult, judge } from "../../../drill/result";
import { languages, renderHtml, renderMarkdown, renderTable } from "../../../drill/report";
import { judgedModules, phaseSpans } from "../../../drill/report/facts";
import { bytes, clock, duration } from "../../../drill/report/format";
import { timeTicks } from "../../../drill/report/gantt";
import { strings, type Strings } from "../../../drill/report/strings";
import * as samples from "./sample";

const { recovered, failed, refused } = samples;

describe("the drill's record", () => {
  it.each(Object.entries(samples))("%s is valid", (_, sample) => {
    expect(drillResult.parse(sample)).toEqual(sample);
  });

  it("has no other fields", () => {
    expect(drillResult.safeParse({ ...recovered, extra: 1 }).error?.issues[0]?.message).toContain("extra");
  });

  it("cannot say recovered when the rest says otherwise", () => {
    const issues = drillResult
      .safeParse({ ...failed, verdict: "recovered" })
      .error?.issues.map((issue) => issue.message);
    expect(issues).toContain('received "recovered", but failoverSeconds is null');
    expect(issues).toContain('received "recovered", but module gateway never answered');
    expect(issues).toContain('received "recovered", but gate check tenant 76.192.083-9 is not ok');
  });

  it("judges figures against targets", () => {
    expect([judge(1, 1), judge(1.1, 1), judge(0, 0), judge(null, 1), judge(1, null)]).toEqual([
      "met",
      "missed",
      "met",
      "unmeasured",
      "none",
    ]);
  });
});

describe("facts", () => {
  it("phases last until the next one begins", () => {
    const spans = phaseSpans(recovered);
    expect(spans.map((span) => span.phase)).toEqual([
      "setup",
      "primary",
      "seed",
      "backup",
      "load",
      "loss",
      "recovery",
      "gate",
      "dns",
      "verify",
      "cleanup",
    ]);
    expect(spans[1]).toMatchObject({ start: 12.4, end: 61 });
  });

  it("seconds of real provisioning count for every recovery time, and may miss a target", () => {
    const vault = judgedModules(recovered, 240).find((m) => m.name === "vault");
    expect(vault).toMatchObject({
      rtoSeconds: 80.9,
      rto: "met",
      realRtoSeconds: 320.9,
      realRto: "missed",
      rpo: "missed",
    });
  });
});

describe("figures in words", () => {
  it.each([
    [0, "0 s"],
    [41.27, "41.3 s"],
    [59.96, "1 min"],
    [96, "1 min 36 s"],
    [3599.7, "1 h"],
    [7500, "2 h 5 min"],
  ])("%d seconds are %s", (seconds, text) => expect(duration(seconds, "en")).toBe(text));

  it("follow the language", () => {
    expect([duration(8.4, "es"), bytes(1_073_741_824, "es"), bytes(0, "en"), clock(3725)]).toEqual([
      "8,4 s",
      "1,07 GB",
      "0 B",
      "1:02:05",
    ]);
  });

  it.each([0.5, 7, 88.3, 300, 5000, 90_000])("an axis of %d seconds has few round ticks", (length) => {
    const ticks = timeTicks(length);
    expect(ticks[0]).toBe(0);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.at(-1)).toBeLessThanOrEqual(length);
  });
});

describe("the terminal's table", () => {
  it("has every module with measured and target, and marks besides colour", () => {
    const table = renderTable(recovered, { color: false });
    expect(table).toMatch(/^✓ Recovered: The business was back in 1 min 28 s\.\n/);
    expect(table).toMatch(/odoo +│ ✓ 1 min 25 s of 25 min +│ ✓ 8\.4 s of 5 min +│ ✓ yes/);
    expect(table).toMatch(/vault +│ ✓ .* │ ✗ 21\.7 s of 0 s/);
    expect(table).toContain("Gate: 5/5 passed\nDNS: 127.10.0.2 -> 127.10.1.1");
    expect(table).not.toContain("\u001b");
    expect(renderTable(recovered, { color: true })).toContain("\u001b[32m✓");
  });

  it("adds a column and a sentence for real provisioning", () => {
    const table = renderTable(recovered, { color: false, bootSeconds: 240 });
    expect(table).toMatch(/vault +│ ✓ 1 min 21 s of 5 min +│ ✗ 5 min 21 s of 5 min/);
    expect(table).toContain("the failover of 1 min 28 s becomes 5 min 28 s");
  });

  it("names a failed check, or where it was refused", () => {
    expect(renderTable(failed, { color: false })).toContain("✗ tenant 76.192.083-9: filestore/ab/abcd is missing");
    const table = renderTable(refused, { color: false });
    expect(table).toContain(
      "The last thing that happened: preflight: the cipher password of PostgreSQL's backups is wrong",
    );
    expect(table).toContain("(Not moved.)");
  });

  it("lets no control character of evidence through", () => {
    const checks = [{ name: "x", ok: false, evidence: "a\u001b]0;title\u0007b\nc" }];
    const table = renderTable({ ...failed, gate: { passedAt: null, checks } }, { color: false });
    for (const control of ["\u0007", "\u001b"]) expect(table).not.toContain(control);
  });
});

describe("the HTML report", () => {
  it.each(
    languages.flatMap((lang) => Object.keys(samples).map((name) => [lang, name as keyof typeof samples] as const)),
  )("in %s of %s is one file that loads nothing", (lang, name) => {
    const html = renderHtml(samples[name], { lang, bootSeconds: 120 });
    expect(html).toContain(`<html lang="${lang}">`);
    expect(html).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|src=|url\(|@import|https?:/);
    expect(html).not.toMatch(/undefined|NaN|\[object|Infinity/);
    const text = strings[lang];
    for (const heading of [text.failoverPicture, text.gate, text.standIns, text.faster, text.events])
      expect(html).toContain(heading);
  });

  it("names the gate's checks in its language, those that are known", () => {
    const html = renderHtml(recovered, { lang: "es" });
    expect(html).toContain("Vault abierto");
    expect(html).toContain("containers healthy");
    expect(renderMarkdown(recovered, { lang: "es" })).toContain("| Vault abierto |");
    const vault = { name: "vault unsealed", ok: false, evidence: "sealed" };
    expect(
      renderTable({ ...failed, gate: { passedAt: null, checks: [vault] } }, { lang: "es", color: false }),
    ).toContain("✗ Vault abierto: sealed");
  });

  it("escapes what was noted", () => {
    const html = renderHtml({ ...recovered, standIns: ['"><img src=x>', "<b>x</b>"] });
    expect(html).toContain("&quot;&gt;&lt;img src=x&gt;");
    expect(html).not.toMatch(/<img|<b>/);
    expect(html).toContain("Odoo &lt;sale.order&gt;");
  });

  it("describes its pictures in words", () => {
    const html = renderHtml(recovered);
    expect(html).toMatch(/<desc id="failover-desc">Timeline of 1 min 28 s .* odoo: ✓ 1 min 25 s of 25 min\./);
    expect(html.match(/role="img"/g)).toHaveLength(3);
  });

  it("says so when nothing was a stand-in", () => {
    const html = renderHtml({ ...recovered, standIns: [] });
    expect(html).toContain(strings.en.noStandIns);
    expect(html).not.toContain(strings.en.faster);
  });
});

describe("the Markdown report", () => {
  it("is a table that evidence cannot break", () => {
    const markdown = renderMarkdown({ ...recovered, modules: [{ ...recovered.modules[0]!, evidence: "a | b\n<i>" }] });
    expect(markdown).toContain("| gateway | ✓ 1 min 22 s of 10 min | ✓ 0 s of 1 min | ✓ yes | a \\| b \\<i\\> |");
    expect(markdown).toMatch(/^# Disaster recovery drill: Recovered\n\nThe business was back in 1 min 28 s\.\n/);
  });
});

it("a language with a key too few or too many does not type check", () => {
  const { title: _title, ...lacking } = strings.en;
  // @ts-expect-error the title is missing
  const tooFew: Strings = lacking;
  // @ts-expect-error no such key
  const tooMany: Strings = { ...strings.en, unknown: "x" };
  expect([tooFew, tooMany]).toHaveLength(2);
});
