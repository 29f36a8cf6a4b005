import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stageSpans } from "../../../cli/incident/facts";
import { incidentOf } from "../../../cli/incident/files";
import { renderIncidentHtml } from "../../../cli/incident/html";
import { renderIncidentMarkdown } from "../../../cli/incident/markdown";
import { followUpsOf, incident } from "../../../cli/incident/record";
import { webhookGaps } from "../../../cli/incident/webhooks";
import { writeIncident } from "../../../cli/incident/write";
import { contacts } from "../../../plan/organisation";
import { failed, recovered, resumed } from "./sample";

describe("the incident report", () => {
  it.each(["es", "en"] as const)("tells who, when, what was lost and what is left to do: %s", (lang) => {
    for (const text of [renderIncidentHtml(recovered, lang), renderIncidentMarkdown(recovered, lang)]) {
      const plain = text.replaceAll("\\", "");
      for (const { contact } of contacts) expect(plain).toContain(contact);
      for (const { module } of recovered.modules) expect(plain).toContain(module);
      expect(plain).toContain("bob@tower");
      expect(plain).toMatch(
        lang === "es"
          ? /Mantener apagado o aislado el sitio anterior \(203\.0\.113\.7\)/
          : /Keep the old site \(203\.0\.113\.7\) switched off/,
      );
      expect(plain).toMatch(lang === "es" ? /generación 3/ : /generation 3/);
    }
  });

  it("loads nothing, runs nothing, and escapes what people and programs said", () => {
    const html = renderIncidentHtml(recovered, "en");
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(renderIncidentMarkdown(recovered, "en")).not.toContain("<script>");
  });

  it("prints in red that two sites at once were accepted, by whose reason, and what was tried", () => {
    const html = renderIncidentHtml(recovered, "en");
    expect(html).toContain(
      '<p class="alarm">SPLIT BRAIN ACCEPTED: the owner &lt;b&gt;said so&lt;/b&gt;. Open: it still serves at 203.0.113.7 (https).</p>',
    );
    expect(html).toContain("connect ETIMEDOUT 203.0.113.7:22");
    expect(renderIncidentMarkdown(recovered, "es")).toMatch(/^> 🔴 \*\*DOS SITIOS A LA VEZ, ACEPTADO: the owner/m);
    expect(renderIncidentHtml(recovered, "es")).toContain("Abierto: aún sirve en 203.0.113.7 (https).");
    expect(renderIncidentHtml(recovered, "es")).toContain("sin configurar; solución: smarteros:site.fence");
    expect(renderIncidentHtml({ ...recovered, fence: null }, "en")).not.toContain('alarm"');
  });

  it("says which files were encrypted, since when and in which sets, and what to do about it; nothing where there were none", () => {
    const text = renderIncidentMarkdown(recovered, "en").replaceAll("\\", "");
    expect(text).toMatch(
      /\| odoo \| 24 Nov 2026, 02:55:00 UTC \| .*02:55:20 UTC \| .*02:59:20 UTC \| 93 % \(199 of 214\) \|/,
    );
    expect(text).toMatch(/\| chatwoot \| – \| – \| – \| – \|/);
    expect(text).toContain("The old generation's backups are held (odoo, chatwoot).");
    expect(renderIncidentHtml(recovered, "es")).toContain("93 % (199 de 214)");
    const none = { ...recovered, encrypted: [] };
    expect(renderIncidentMarkdown(none, "en")).not.toContain("Files that were encrypted");
    expect(followUpsOf(none).map(({ id }) => id)).not.toContain("held-backups");
  });

  it("shows the stages of every run, the earlier ones marked; what a kill cut off ends with that run", () => {
    expect(stageSpans(resumed).filter(({ stage }) => stage !== "gate" && stage !== "dns")).toEqual([
      { stage: "host", run: 1, start: 2, end: 12, cutOff: false },
      { stage: "fence", run: 1, start: 14, end: 14, cutOff: false },
      { stage: "modules", run: 1, start: 13, end: 14, cutOff: true },
      { stage: "modules", run: 2, start: 30, end: 35, cutOff: false },
      { stage: "modules", run: 3, start: 40, end: 55, cutOff: false },
    ]);
    const html = renderIncidentHtml(resumed, "es");
    expect(html).toContain("en una ejecución anterior");
    expect(html).toContain("Módulos, ejecución 1: 0:13–0:14");
    expect(html).toContain('bar-earlier"');
    expect(html).toMatch(/1(,0)? s \(interrumpida\) \+ 5(,0)? s \+/);
    const once = renderIncidentHtml(recovered, "en");
    expect(once).not.toContain('bar-earlier"');
    expect(once).not.toMatch(/run 1|earlier run/);
  });

  it("reads a record from before runs were told apart", () => {
    const events = recovered.events.map(({ run: _, ...event }) => event);
    expect(incident.parse({ ...recovered, events })).toEqual(recovered);
  });

  it("lists per sender of webhooks the gap, what comes by itself, how to fetch the rest, and by which id a second one is known", () => {
    const html = renderIncidentHtml(recovered, "en");
    // From Odoo's recovered point to the last step of the DNS move, as Shopify's API takes it.
    expect(html).toContain(
      "updated_at:&gt;=&#39;2026-11-24T02:59:35.000Z&#39; AND updated_at:&lt;=&#39;2026-11-24T03:01:04.000Z&#39;",
    );
    const text = renderIncidentMarkdown(recovered, "es").replaceAll("\\", "");
    expect(text).toMatch(
      /\| Shopify \| .*02:59:35 UTC – .*03:01:04 UTC \| durante 4 h, más que la ventana \|.*X-Shopify-Event-Id \|/,
    );
    expect(text).toMatch(
      /\| WhatsApp \|.*\| durante 7 días, más que la ventana \|.*no lista mensajes.*messages\.source_id \|/,
    );
    expect(text).toMatch(/no vuelven a avisar: Shopify, WhatsApp \(/);
    const old = webhookGaps({ ...recovered, events: [], finishedAt: "2026-11-24T07:00:00.000Z" });
    expect(old.map(({ source, to, givenUp }) => [source.name, to, givenUp])).toEqual([
      ["shopify", "2026-11-24T07:00:00.000Z", true],
      ["whatsapp", "2026-11-24T07:00:00.000Z", false],
    ]);
  });

  it("of a failure does not claim that anything came back", () => {
    const html = renderIncidentHtml(failed, "es");
    expect(html).toContain("smarter.test no está de vuelta.");
    expect(html).toContain("no respondió; permitido: 10 min");
    expect(html).toContain("el DNS no se ha movido");
    expect(html).not.toMatch(/webhook/i);
  });

  it("is written as a record, for a browser and for a wiki, and found again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "incidents-"));
    expect(await incidentOf(folder, "smarter.test", 2)).toBeUndefined();
    const file = await writeIncident(folder, recovered, "es");
    expect(await readFile(file, "utf8")).toBe(renderIncidentHtml(recovered, "es"));
    const record = (await incidentOf(folder, "smarter.test", 2))!;
    expect(incident.parse(JSON.parse(await readFile(record, "utf8")))).toEqual(recovered);
    expect((await readdir(join(folder, "smarter.test-g2"))).sort()).toEqual([
      "incident.json",
      "report.html",
      "report.md",
    ]);
    await rm(folder, { recursive: true });
  });
});

describe("the follow-ups", () => {
  it("come of what was found", () => {
    const ids = followUpsOf(recovered).map(({ id }) => id);
    expect(ids).toEqual([
      "isolate-old-site",
      "open-checklist",
      "missed-objectives",
      "data-loss",
      "webhooks",
      "skipped-sets",
      "known-credentials",
      "held-backups",
      "escrow",
      "failback-generation",
      "drill",
    ]);
    expect(followUpsOf(recovered).find(({ id }) => id === "open-checklist")?.detail).toBe("shopify-webhooks");
    expect(followUpsOf(recovered).find(({ id }) => id === "missed-objectives")?.detail).toBe("vault");
    const clean = { ...recovered, skippedSets: [], encrypted: [], checklist: [], modules: [] };
    expect(followUpsOf(clean).map(({ id }) => id)).toEqual([
      "isolate-old-site",
      "escrow",
      "failback-generation",
      "drill",
    ]);
  });
});
