import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { planFile } from "../../cli/plan/command";
import { planDocument } from "../../cli/plan/document";
import { languages } from "../../cli/language";
import { checklist, contacts, events } from "../../plan/organisation";
import { plan } from "../../plan/plan";

describe("the plan as a document", () => {
  it.each(languages)(
    "in the repository is what the plan's data make: %s (else: smarter plan --write)",
    async (lang) => {
      expect(await readFile(planFile(lang), "utf8")).toBe(planDocument(plan, lang));
    },
  );

  it.each(languages)("names every module, event, contact and item: %s", (lang) => {
    const text = planDocument(plan, lang);
    for (const { title } of plan.services) expect(text).toContain(title);
    for (const { contact } of contacts) expect(text).toContain(contact);
    const rows = text
      .split("\n")
      .filter((line) => line.startsWith("| ") && /Físico|Lógico|Ataque|Physical|Logical|Attack/.test(line));
    expect(rows).toHaveLength(events.length);
    expect(
      text
        .split("\n")
        .slice(-checklist.length - 1)
        .filter((line) => line.startsWith("- ")),
    ).toHaveLength(checklist.length);
  });

  it("follows the data", () => {
    const changed = {
      ...plan,
      overallRto: "3 hours" as const,
      thinning: [
        { olderThan: "10 days" as const, every: "2 days" as const },
        { olderThan: "3 days" as const, every: "1 day" as const },
      ],
      services: plan.services.map((s) => (s.name === "odoo" ? { ...s, rto: "17 minutes" as const } : s)),
    };
    const text = planDocument(changed, "en");
    expect(text).toContain("in at most 3 h.");
    expect(text).toContain("of those older than 3 days, the newest of each day; of those older than 10 days, the newest of each 2 days; none for longer than 30 days");
    expect(text).toContain("| Odoo ERP | 17 min | 17 min |");
  });

  it("hides no objective that is not met", () => {
    expect(planDocument(plan, "en")).toMatch(/Vault MCP, RPO 0 s: only a synchronous peer/);
    expect(planDocument(plan, "es")).toMatch(/Vault MCP, RPO 0 s: solo un par síncrono/);
  });
});
