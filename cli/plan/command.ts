import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { plan } from "../../plan/plan";
import { repoRoot } from "../../toolchain/paths";
import type { Run } from "../context";
import { exitCodes } from "../exit-codes";
import { languages, type Language } from "../language";
import { planDocument } from "./document";

/** Where the document lies in a language. */
export const planFile = (lang: Language): string => join(repoRoot(), "docs", `drp.${lang}.md`);

/** `smarter plan` */
export const run: Run<{ json?: boolean; write?: boolean }> = async ({ documentLang, output }, { json, write }) => {
  if (write) {
    for (const lang of languages) {
      await writeFile(planFile(lang), planDocument(plan, lang));
      output.note(planFile(lang));
    }
  } else output.print(json ? JSON.stringify(plan, null, 2) : planDocument(plan, documentLang).trimEnd());
  return exitCodes.ok;
};
