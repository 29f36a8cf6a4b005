/** Contacts (C1): shown by the CLI and printed in every incident report. */
export const contacts = [
  { role: "Disaster Manager", name: "Pedro Zaffuto", contact: "+56 9 7954 0471" },
  { role: "Backup Owner", name: "DevOps Team", contact: "ops@smarterbot.cl" },
  { role: "Security Officer", name: "InfoSec", contact: "security@smarterbot.cl" },
  { role: "Incident Commander", name: "CTO", contact: "cto@smarterbot.cl" },
  { role: "Hostinger Support", name: "-", contact: "support@hostinger.com" },
  { role: "Cloudflare Support", name: "-", contact: "support@cloudflare.com" },
] as const;

/** So many tenants are looked at after a recovery (C2, the checklist's "tenants-sample"). */
export const sampleTenants = 3;

/** The checklist after a recovery (C2). Each is checked by the program, none is ticked by hand. */
export const checklist = [
  { id: "containers-up", text: "Todos los contenedores UP" },
  { id: "gateway-health", text: "API Gateway responde /health" },
  { id: "postgres-connections", text: "PostgreSQL conexiones OK" },
  { id: "vault-unsealed", text: "Vault unsealed" },
  { id: "tls-valid", text: "SSL certificados válidos" },
  { id: "dns-active", text: "DNS resuelve correctamente" },
  { id: "tenants-sample", text: "3 tenants de prueba validados" },
  { id: "shopify-webhooks", text: "Shopify webhooks funcionando" },
  { id: "whatsapp-chatwoot", text: "WhatsApp → Chatwoot OK" },
  { id: "logs-rotating", text: "Logs rotando correctamente" },
  { id: "backups-running", text: "Backups automáticos reiniciados" },
  { id: "monitoring-active", text: "Monitoreo activo" },
  { id: "incident-documented", text: "Incidente documentado" },
] as const;

/**
 * When a disaster is declared (P1). A person declares; `smarter status` says that one of these holds. The last is ours: the plan names
 * ransomware among its events (E7) and no trigger for it.
 */
export const triggers = {
  criticalModulesDown: 2,
  apiLatencyAbove: "60 seconds",
  databaseUnreachable: true,
  encryptedFileSets: 1,
} as const;

/**
 * Events that the plan covers, and what is done about each. "failover": to the other provider, newest backup. "earlier": the same, to a
 * moment before the event. "redeploy": the same host again. "rewind": the bucket's own history first, then "earlier". "rotate": stop the
 * leak and change every secret; no restore undoes it.
 */
export const events = [
  { id: "vps-unreachable", kind: "physical", answer: "failover" },
  { id: "data-centre-down", kind: "physical", answer: "failover" },
  { id: "power-loss", kind: "physical", answer: "failover" },
  { id: "accidental-deletion", kind: "logical", answer: "earlier" },
  { id: "file-corruption", kind: "logical", answer: "earlier" },
  { id: "broken-networks", kind: "logical", answer: "redeploy" },
  { id: "ransomware", kind: "attack", answer: "rewind" },
  { id: "sql-injection", kind: "attack", answer: "earlier" },
  { id: "stolen-credentials", kind: "attack", answer: "rotate" },
  { id: "unauthorised-access", kind: "attack", answer: "rotate" },
  { id: "exfiltration", kind: "attack", answer: "rotate" },
] as const;
export type EventId = (typeof events)[number]["id"];
export type EventKind = (typeof events)[number]["kind"];
export type Answer = (typeof events)[number]["answer"];
export type ChecklistId = (typeof checklist)[number]["id"];
