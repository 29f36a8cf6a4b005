import type { RecoverSpec } from "../../../../contracts/recover";
import { type Check, conclusive } from "../gate/check";
import { databaseChecks, type DataSpec, filesMissing, query, tenantChecks } from "../gate/data";
import { command } from "../command";

/** What must hold of a restored cluster before it takes the place of the damaged one. */
export function clusterChecks(spec: RecoverSpec, socketDir: string): Check[] {
  const data = dataSpec(spec, socketDir);
  return [...databaseChecks(data), tenants(data), ...tenantChecks(data), filestore(data), integrity(socketDir)];
}

/** How the gate's checks reach a server by its socket. */
export const dataSpec = ({ databases, tenants, odoo }: RecoverSpec, host: string): DataSpec => ({
  postgres: { host, user: "postgres", password: "", databases },
  tenants,
  odoo,
});

/** The plan's own question (S2). */
const tenants = ({ postgres, tenants: known }: DataSpec): Check => ({
  name: "count of tenants",
  look: () =>
    query(postgres, "gateway", async (client) => {
      const { rows } = await client.query<{ n: number }>("select count(*)::int as n from tenants");
      const n = rows[0]?.n ?? 0;
      if (n < known.length) throw conclusive(`${n} tenants; expected at least the ${known.length} of the settings`);
      return `${n} tenants`;
    }),
});

/** Every file that a row names exists, of the size that it says (B6). */
const filestore = (data: DataSpec): Check => ({
  name: "filestore of the rows",
  look: async () => {
    const { total, problems } = await filesMissing(data);
    if (problems.length > 0)
      throw conclusive(
        `${problems.length} of ${total} files are not as the rows say: ${problems
          .slice(0, 3)
          .map(({ said }) => said)
          .join("; ")}`,
      );
    return `${total} of ${total} files are there`;
  },
});

/** amcheck over every table and index of every database; reads each page, so that its checksum is looked at too. */
const integrity = (socketDir: string): Check => ({
  name: "integrity (amcheck)",
  look: async () => {
    const args = [
      "--host",
      socketDir,
      "--username",
      "postgres",
      "--all",
      "--install-missing",
      "--jobs",
      "2",
      "--heapallindexed",
    ];
    await command("pg_amcheck", args).catch((error: Error) => {
      throw conclusive(error.message);
    });
    return "every table and index of every database is sound";
  },
});
