import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { collectAudit } from "./collect";
import { inLanguage, lacking, renderAudit, renderAuditHtml, renderAuditMarkdown } from "./render";
import { auditWords } from "./words";

/** `smarter audit` */
export const run: Run<StackOptions & { json?: boolean; drift: boolean; report?: string; incidents: string }> = async (
  context,
  options,
) => {
  const { lang, documentLang, output } = context;
  const audit = await collectAudit(options);
  output.print(options.json ? JSON.stringify(inLanguage(audit, lang), null, 2) : renderAudit(audit, lang));
  if (options.report !== undefined) {
    const folder = resolve(options.report);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "audit.json"), `${JSON.stringify(inLanguage(audit, documentLang), null, 2)}\n`);
    await writeFile(join(folder, "audit.md"), renderAuditMarkdown(audit, documentLang));
    await writeFile(join(folder, "audit.html"), renderAuditHtml(audit, documentLang));
    output.note(auditWords[lang].report(join(folder, "audit.html")));
  }
  return lacking(audit).length === 0 ? exitCodes.ok : exitCodes.degraded;
};
