import { createInterface } from "node:readline";
import { z } from "zod";
import type { VaultReads, vaultRead } from "../../../../contracts/vault-harden";

/** An entry of Vault's audit log, as far as it is needed: https://developer.hashicorp.com/vault/docs/audit#format */
const entry = z.object({
  time: z.string(),
  type: z.string(),
  error: z.string().optional(),
  auth: z.object({ accessor: z.string().optional(), display_name: z.string().optional() }).optional(),
  request: z.object({
    operation: z.string(),
    path: z.string(),
    remote_address: z.string().optional(),
  }),
});
type Entry = z.infer<typeof entry>;

/** Vault's own: no answer below these holds a secret of the site's, ... */
const own = /^(sys|auth|identity|cubbyhole)\//;
/** ... but this one, which is the whole storage, encrypted. */
const snapshotPath = "sys/storage/raft/snapshot";

/**
 * What was handed out: answered reads and lists of secrets, and snapshots. Other lines are skipped, as Vault's own greeting is.
 * @param since entries before it are skipped, ISO 8601
 */
export async function vaultReadsOf(lines: AsyncIterable<string>, since?: string): Promise<VaultReads> {
  let from: string | null = null;
  let entries = 0;
  const found = new Map<string, Read>();
  for await (const line of lines) {
    const seen = parse(line);
    if (!seen) continue;
    from ??= seen.time;
    if (since !== undefined && Date.parse(seen.time) < Date.parse(since)) continue;
    entries++;
    if (isRead(seen)) add(found, seen);
  }
  return { from, entries, reads: [...found.values()].map(({ by, ...read }) => ({ ...read, by: [...by.values()] })) };
}

/** The lines of stdin. */
export const stdinLines = (): AsyncIterable<string> => createInterface({ input: process.stdin, crlfDelay: Infinity });

function parse(line: string): Entry | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return entry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // a line that the log's rotation has cut
  }
}

const isRead = ({ type, error, request: { operation, path } }: Entry): boolean =>
  type === "response" &&
  error === undefined &&
  ["read", "list"].includes(operation) &&
  (path === snapshotPath || !own.test(path));

type By = z.infer<typeof vaultRead>["by"][number];
interface Read extends Omit<z.infer<typeof vaultRead>, "by"> {
  readonly by: Map<string, By>;
}

function add(found: Map<string, Read>, { time, auth, request }: Entry): void {
  const { path, remote_address: address = "-" } = request;
  const { accessor = "-", display_name: displayName = "-" } = auth ?? {};
  const read = found.get(path) ?? { path, count: 0, lastAt: time, by: new Map<string, By>() };
  const key = `${accessor} ${address}`;
  const who = read.by.get(key) ?? { accessor, displayName, address, count: 0 };
  read.by.set(key, { ...who, count: who.count + 1 });
  found.set(path, { ...read, count: read.count + 1, lastAt: time });
}
