import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Language } from "../language";
import { incidentFolder } from "./files";
import { renderIncidentHtml } from "./html";
import { renderIncidentMarkdown } from "./markdown";
import { incident, type Incident } from "./record";

/** Writes the record and its reports; what an earlier run wrote of the same recovery is replaced. @returns the report for a browser */
export async function writeIncident(folder: string, record: Incident, lang: Language): Promise<string> {
  const target = incidentFolder(folder, record.domain, record.generation);
  await mkdir(target, { recursive: true });
  const checked = incident.parse(record);
  const files = {
    "incident.json": `${JSON.stringify(checked, null, 2)}\n`,
    "report.md": renderIncidentMarkdown(checked, lang),
    "report.html": renderIncidentHtml(checked, lang),
  };
  for (const [name, text] of Object.entries(files)) {
    // In one step: a reader never sees half of it.
    await writeFile(join(target, `.${name}`), text);
    await rename(join(target, `.${name}`), join(target, name));
  }
  return join(target, "report.html");
}
