import { access } from "node:fs/promises";
import { join, resolve } from "node:path";

/** Where the incident of a generation is kept. */
export const incidentFolder = (folder: string, domain: string, generation: number): string =>
  resolve(folder, `${domain}-g${generation}`);

/** The record's file, if there is one. */
export async function incidentOf(folder: string, domain: string, generation: number): Promise<string | undefined> {
  const file = join(incidentFolder(folder, domain, generation), "incident.json");
  return access(file).then(
    () => file,
    () => undefined,
  );
}
