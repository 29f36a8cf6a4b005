import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Time in which a download host must answer anything at all before it is counted on. */
const ANSWER_SECONDS = 5;

/** True when the host of this URL answers HTTP (any status) within 5 s. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) }).then(
    () => true,
    () => false,
  );
}

export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Administrators' programs are not on every user's PATH, and Debian keeps PostgreSQL's in a folder of their version. */
const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/postgresql/15/bin"];

/** First executable of this name on PATH or in the system's sbin folders. */
export async function which(name: string): Promise<string | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), ...systemFolders];
  for (const folder of folders) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
