import type { z } from "zod";
import type { vaultCleaned } from "../../../../contracts/vault-harden";
import type { VaultClient } from "../vault-client";
import { ensureAudit, issueSiteToken } from "../vault-site";
import { keyTerm, otherAccessors, secretIds, secretLeases } from "./look";

/**
 * Takes every access away but the site's own, which it makes anew. Whoever is killed in it has lost a token that the next run revokes.
 * The audit device comes first: what is done from then on is in its log.
 */
export async function clean(root: VaultClient): Promise<z.infer<typeof vaultCleaned>> {
  await ensureAudit(root);
  const site = await issueSiteToken(root);

  const leases = await secretLeases(root);
  for (const mount of new Set(leases.map((lease) => lease.slice(0, lease.indexOf("/")))))
    await root.write(`sys/leases/revoke-prefix/${mount}`, {});
  const roles = await secretIds(root);
  for (const { role, accessors } of roles)
    for (const accessor of accessors)
      await root.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
  const revoked = (await otherAccessors(root)).filter((accessor) => accessor !== site.accessor);
  for (const accessor of revoked) await root.revokeAccessor(accessor);

  const before = await keyTerm(root);
  await root.write("sys/rotate", {});
  const after = await keyTerm(root);
  await root.delete("sys/rekey/backup"); // of an earlier rekey: what is there afterwards is this one's

  const left = (await otherAccessors(root)).filter((accessor) => accessor !== site.accessor);
  const idsLeft = (await secretIds(root)).flatMap(({ accessors }) => accessors);
  const devices = await root.auditDevices();
  return {
    token: site.token,
    revoked: {
      tokens: revoked.length,
      leases: leases.length,
      secretIds: roles.flatMap(({ accessors }) => accessors).length,
    },
    checks: [
      { name: "audit device", ok: devices.length > 0, evidence: devices.join(", ") || "none" },
      {
        name: "tokens of others",
        ok: left.length === 0 && idsLeft.length === 0,
        evidence: `${revoked.length} revoked, ${left.length} left, ${idsLeft.length} AppRole secret ids left; the site's own is new (accessor ${site.accessor})`,
      },
      { name: "barrier key", ok: after > before, evidence: `term ${before} before, ${after} after` },
    ],
  };
}
