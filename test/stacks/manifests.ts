import type { ManifestBody } from "../../contracts/manifest";

const takenAt = "2026-11-24T03:50:45.000Z";
const files = { snapshot: "a".repeat(64), takenAt, files: 3, bytes: 3_000 };

/** What a finished backup cycle says. */
export const body = (change: Partial<ManifestBody> = {}): ManifestBody => ({
  version: 1,
  generation: 1,
  consistentAt: "2026-11-24T03:50:44.120Z",
  finishedAt: "2026-11-24T03:50:50.000Z",
  postgres: {
    stanza: "main",
    backupLabel: "20261124-030000F",
    restorePoint: "smarteros-1",
    lsn: "0/5000060",
    walFile: "000000010000000000000005",
    majorVersion: 15,
    databaseBytes: 2 ** 30,
  },
  files: Object.fromEntries(
    ["vault", "caddy", "odoo", "chatwoot", "botpress", "n8n", "dokploy", "host"].map((set) => [set, files]),
  ),
  software: {},
  ...change,
});

/** Names of what such a cycle left in the bucket beside its manifest, as far as a preflight looks for it. */
export const objectsOf = ({ generation, postgres, files }: ManifestBody): string[] => {
  const repository = `g${generation}/postgres`;
  return [
    `${repository}/archive/main/${postgres.majorVersion}-1/${postgres.walFile.slice(0, 16)}/${postgres.walFile}-${"0".repeat(40)}.zst`,
    `${repository}/backup/main/${postgres.backupLabel}/backup.manifest`,
    ...Object.values(files).map(({ snapshot }) => `g${generation}/files/snapshots/${snapshot}`),
  ];
};
