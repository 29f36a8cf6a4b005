import { z } from "zod";

/** What `agent gate` reads on stdin: everything that must hold before DNS moves (requirement P4). */
export const gateSpec = z.strictObject({
  domain: z.string(),
  /** Seconds in which every check must have passed; each is tried again until then. */
  deadlineSeconds: z.number().positive(),
  /** Health paths, asked inside the site's network. */
  services: z.array(z.strictObject({ name: z.string(), url: z.string() })),
  /**
   * Databases that must accept a connection. `user` must read the gateway's and Odoo's tables. `host` may be the socket's
   * folder: there the agent (root) is let in as `postgres` without a password.
   */
  postgres: z.strictObject({ host: z.string(), user: z.string(), password: z.string(), databases: z.array(z.string()) }),
  vault: z.strictObject({ address: z.string() }).optional(),
  /** Sample tenants: each must have its row in the gateway's database, and its files in Odoo's filestore. */
  tenants: z.array(z.strictObject({ rut: z.string(), name: z.string() })),
  /** Odoo's database and filestore: every ir_attachment.store_fname must exist on disk (B6). */
  odoo: z.strictObject({ database: z.string(), filestore: z.string() }),
  /** Signed webhooks that must arrive: Shopify by the gateway in Odoo, WhatsApp by Chatwoot in a conversation. */
  webhooks: z.strictObject({ gatewayUrl: z.string(), shopifySecret: z.string(), chatwootUrl: z.string(), odooUrl: z.string(), whatsappSecret: z.string() }),
  /**
   * TLS: names that the proxy must serve with a valid certificate, before DNS points there. A CA that is not public is given as
   * text, or as a file that the gate's container sees (Caddy's own authority is in its data).
   */
  tls: z.strictObject({
    connectTo: z.string(),
    port: z.number().int(),
    names: z.array(z.string()),
    /** An authority besides the public ones: its certificate, or a file that holds it when the gate looks. */
    caPem: z.string().optional(),
    caFile: z.string().optional(),
  }),
});
export type GateSpec = z.infer<typeof gateSpec>;

export const gateCheck = z.strictObject({ name: z.string(), ok: z.boolean(), evidence: z.string() });
export type GateCheck = z.infer<typeof gateCheck>;

/** Exit code of `agent gate` when it looked at everything and something did not hold. */
export const gateFailedExitCode = 2;

/** What `agent gate` prints on stdout: one JSON document. Exit code 0 only when `passed`. */
export const gateResult = z.strictObject({ passed: z.boolean(), finishedAt: z.iso.datetime(), checks: z.array(gateCheck) });
export type GateResult = z.infer<typeof gateResult>;

/** The result that a failed gate left in what the engine said; undefined: there is none. */
export function gateResultIn(said: string): GateResult | undefined {
  for (const line of said.split("\n")) {
    if (!line.startsWith('{"passed":')) continue;
    try {
      return gateResult.parse(JSON.parse(line));
    } catch {
      continue; // a line that was cut off
    }
  }
  return undefined;
}
