import { describe, expect, it } from "vitest";
import { auditEvidence, auditWords } from "../../cli/audit/words";
import { checklistWords, evidenceWords, itemText } from "../../cli/checklist/words";
import { contactWords } from "../../cli/contacts";
import { errorWords } from "../../cli/error-words";
import { doctorWords } from "../../cli/doctor/words";
import { drillWords } from "../../cli/drill/words";
import { failoverWords } from "../../cli/failover/words";
import { gateWords } from "../../cli/gate/words";
import { helpWords } from "../../cli/help-words";
import { webhookWords } from "../../cli/incident/webhook-words";
import { incidentWords } from "../../cli/incident/words";
import { asLanguage, givenLanguage, messageLanguage } from "../../cli/language";
import { recoverWords } from "../../cli/recover/words";
import { planWords } from "../../cli/plan/words";
import { vaultWords } from "../../cli/recover/vault-words";
import { rotateWords } from "../../cli/rotate/words";
import { statusWords } from "../../cli/status/words";
import { askWords, watchWords } from "../../cli/words";
import { checklist } from "../../plan/organisation";

const all = {
  askWords,
  auditEvidence,
  auditWords,
  checklistWords,
  contactWords,
  doctorWords,
  errorWords,
  evidenceWords,
  gateWords,
  drillWords,
  failoverWords,
  helpWords,
  incidentWords,
  planWords,
  recoverWords,
  rotateWords,
  statusWords,
  vaultWords,
  watchWords,
  webhookWords,
};

/** Every key of a dictionary, as a path; of a list its length. */
function paths(words: unknown, at = ""): string[] {
  if (typeof words !== "object" || words === null) return [`${at}: ${typeof words}`];
  return Object.entries(words).flatMap(([key, value]) => paths(value, `${at}.${key}`));
}

/** Every text, whatever a function makes of its arguments left out. */
function texts(words: unknown): string[] {
  if (typeof words === "string") return [words];
  return typeof words === "object" && words !== null ? Object.values(words).flatMap(texts) : [];
}

/** Sentences of names and figures alone. */
const alike = (words: object) =>
  Object.fromEntries(Object.entries(words).filter(([key]) => ["rpo", "noMore"].includes(key)));

describe("the dictionaries", () => {
  it.each(Object.entries(all))("%s have the same keys in both languages", (_, words) => {
    expect(paths(words.es)).toEqual(paths(words.en));
  });
  it.each(Object.entries(all))("%s leave no text empty", (_, words) => {
    expect([...texts(words.es), ...texts(words.en)].filter((text) => text.trim() === "")).toEqual([]);
  });
  it.each(Object.entries({ evidenceWords, auditEvidence, errorWords }))(
    "%s are said in Spanish too",
    (_, { es, en }) => {
      const said = (words: object) =>
        Object.entries(words).map(
          ([key, say]) => `${key}: ${(say as (...parts: string[]) => string)("1", "2", "3", "4")}`,
        );
      const inEnglish = new Set(said(en));
      // Names and figures alone read the same.
      expect(said(es).filter((text) => inEnglish.has(text))).toEqual(said(alike(es)));
    },
  );
  it("hold every item of the checklist in both languages", () => {
    for (const { id, text } of checklist) {
      expect(itemText(id, "es")).toBe(text);
      expect(itemText(id, "en")).toMatch(/\w/);
    }
  });
});

describe("the language", () => {
  it("of messages is the option's, else the locale's, else English", () => {
    expect(messageLanguage(["status", "--lang", "es"], { LANG: "en_US.UTF-8" })).toBe("es");
    expect(messageLanguage(["status", "--lang=en"], { LANG: "es_CL.UTF-8" })).toBe("en");
    expect(messageLanguage(["status"], { LANG: "es_CL.UTF-8" })).toBe("es");
    expect(messageLanguage(["status"], { LC_ALL: "en_GB", LANG: "es_CL.UTF-8" })).toBe("en");
    expect(messageLanguage([], { LANG: "C.UTF-8" })).toBe("en");
    expect(messageLanguage([], {})).toBe("en");
  });
  it("is only one that is known", () => {
    expect(asLanguage("fr")).toBeUndefined();
    expect(asLanguage("estonian")).toBeUndefined();
    expect(givenLanguage(["--lang"])).toBeUndefined();
  });
});
