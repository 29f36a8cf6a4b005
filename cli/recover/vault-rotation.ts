import type { VaultFound, VaultReads } from "../../contracts/vault-harden";
import type { Language } from "../language";
import { vaultWords } from "./vault-words";

/** A secret that was handed out. */
export interface HandedOut {
  readonly path: string;
  readonly count: number;
  readonly lastAt: string;
  /** Who read it, in words. */
  readonly by: readonly string[];
  /** Only the site's own token did. */
  readonly bySiteAlone: boolean;
  /** How it is rotated. */
  readonly rotation: string;
}

/** What kind of secret a path holds, by its words. The first that fits counts. */
const kinds = [
  ["snapshot", /^sys\/storage\/raft\/snapshot$/],
  ["webhook", /shopify|whatsapp|webhook|hmac/i],
  ["store", /(^|[/_-])(s3|aws|backup|bucket)/i],
  ["database", /(^|[/_-])(db|database|postgres|sql)/i],
] as const;

/** What was read, who read it, and the step by which each is rotated; what others than the site read comes first. */
export function handedOut(reads: VaultReads, found: VaultFound, lang: Language): HandedOut[] {
  const t = vaultWords[lang].rotation;
  const ofSite = new Set(found.tokens.flatMap(({ kind, accessor }) => (kind === "site" ? [accessor] : [])));
  return reads.reads
    .map(({ path, count, lastAt, by }) => ({
      path,
      count,
      lastAt,
      by: by.map((one) => `${one.displayName} (accessor ${one.accessor}, ${one.address}): ${one.count}`),
      bySiteAlone: by.every(({ accessor }) => ofSite.has(accessor)),
      rotation: t[kinds.find(([, pattern]) => pattern.test(path))?.[0] ?? "other"],
    }))
    .sort((a, b) => Number(a.bySiteAlone) - Number(b.bySiteAlone) || (a.path < b.path ? -1 : 1));
}
