import type { DrillEvent, DrillModule, DrillPhase, DrillResult } from "../../../drill/result";

/** Made up for tests of the report: no drill was run for these figures. */
const startedAt = Date.parse("2026-11-24T03:50:44.120Z");
const at = (seconds: number) => new Date(startedAt + seconds * 1000).toISOString();
const event = (seconds: number, phase: DrillPhase, what: string): DrillEvent => ({ at: at(seconds), phase, what });
const lossSecond = 171.4;

const module = (
  name: string,
  rtoSeconds: number | null,
  rtoMinutes: number,
  rpoSeconds: number | null,
  rpoMinutes: number | null,
  evidence: string,
): DrillModule => ({
  name,
  rtoSeconds,
  rtoTargetSeconds: rtoMinutes * 60,
  rpoSeconds,
  rpoTargetSeconds: rpoMinutes === null ? null : rpoMinutes * 60,
  restored: rtoSeconds !== null,
  evidence,
});

export const recovered: DrillResult = {
  verdict: "recovered",
  scenario: "vps-down",
  startedAt: at(0),
  failoverSeconds: 88.3,
  databaseBytes: 1_073_741_824,
  events: [
    event(0.1, "setup", "local cloud is up"),
    event(12.4, "primary", "pulumi up --stack primary"),
    event(61.0, "seed", "writing 3 tenants and 1 GB of rows"),
    event(98.2, "backup", "waiting for a finished cycle"),
    event(126.9, "load", "numbered writes through every service"),
    event(lossSecond, "loss", "the VPS at 127.10.0.2 is destroyed"),
    event(lossSecond + 0.8, "recovery", "pulumi up --stack recovery"),
    event(lossSecond + 9.2, "recovery", "create hcloud:Server recovery-host (6.1 s)"),
    event(lossSecond + 52.7, "recovery", "create command:Command restore-wave-1 (31.4 s)"),
    event(lossSecond + 71.2, "gate", "39 checks"),
    event(lossSecond + 79.6, "gate", "passed"),
    event(lossSecond + 79.7, "dns", "records taken over"),
    event(lossSecond + 81.0, "verify", "probing from outside"),
    event(lossSecond + 88.3, "verify", "dokploy answers, the last one"),
    event(lossSecond + 97.9, "cleanup", "stopping what was started"),
    event(lossSecond + 104.0, "cleanup", "nothing is left running"),
  ],
  modules: [
    module("gateway", 81.6, 10, 0, 1, "stateless; /health/deps answers through DNS"),
    module("odoo", 84.9, 25, 8.4, 5, "last acknowledged row 1,412, last restored 1,404; 2,000 of 2,000 files"),
    module("postgres", 80.3, 10, 8.4, 5, "9 databases at the restore point smarteros-20261124T035331"),
    module("chatwoot", 85.1, 15, 8.1, 5, "last acknowledged message 702, last restored 698; 120 of 120 attachments"),
    module("botpress", 86.0, 20, 41.2, 10, "last acknowledged bot file 88, last restored 80"),
    module("n8n", 85.4, 20, 8.2, 10, "6 workflows; the credential decrypts with the delivered key"),
    module(
      "vault",
      80.9,
      5,
      21.7,
      0,
      "unsealed with the escrow's shares; secret/tenants read; no synchronous off-site peer, so 0 cannot be met",
    ),
    module("metabase", 87.2, 15, 8.4, 10, "2 dashboards; the connection decrypts"),
    module("caddy", 80.3, 5, null, null, "serves valid certificates for 8 names"),
    module("dokploy", 88.3, 60, 40.8, 60, "/etc/dokploy: 31 of 31 files"),
  ],
  gate: {
    passedAt: at(lossSecond + 79.6),
    checks: [
      { name: "containers healthy", ok: true, evidence: "12 of 12" },
      { name: "tenant 76.192.083-9", ok: true, evidence: "Comercial Andes SpA: row 1, 40 files in Odoo's filestore" },
      { name: "shopify webhook", ok: true, evidence: "HMAC accepted, order 9001 found in Odoo <sale.order>" },
      { name: "whatsapp message", ok: true, evidence: "conversation 12 holds it" },
      { name: "vault unsealed", ok: true, evidence: "sealed=false, version 1.19.0" },
    ],
  },
  dns: { flippedAt: at(lossSecond + 79.9), before: "127.10.0.2", after: "127.10.1.1" },
  engine: { pulumi: "3.259.0 (built from Go modules)", languageHost: "ours, Node 20" },
  standIns: [
    "Hetzner: an emulator of its API; the server is a container with its own sshd and dockerd",
    "Cloudflare: an emulator of its API, with a real DNS server behind it",
    "S3 and IAM: versitygw",
    "Odoo, Chatwoot, Botpress, n8n, Metabase, Dokploy and the gateway: one small program in seven roles",
  ],
};

/** The gate found a file missing: DNS stays where it was, some modules never answer. */
export const failed: DrillResult = {
  ...recovered,
  verdict: "failed",
  failoverSeconds: null,
  modules: recovered.modules.map((m, i) =>
    i % 3 === 0 ? { ...m, rtoSeconds: null, rpoSeconds: null, restored: false } : { ...m, rtoSeconds: null },
  ),
  events: recovered.events.filter((e) => e.phase !== "dns" && e.phase !== "verify" && e.what !== "passed"),
  gate: {
    passedAt: null,
    checks: recovered.gate.checks.map((c, i) =>
      i === 1 ? { ...c, ok: false, evidence: "filestore/ab/abcd is missing" } : c,
    ),
  },
  dns: { flippedAt: null, before: "127.10.0.2", after: "127.10.0.2" },
};

/** A wrong cipher password: stopped in the preflight. */
export const refused: DrillResult = {
  ...recovered,
  verdict: "refused",
  failoverSeconds: null,
  modules: [],
  events: [
    ...recovered.events.slice(0, 7),
    event(lossSecond + 3.1, "recovery", "preflight: the cipher password of PostgreSQL's backups is wrong"),
  ],
  gate: { passedAt: null, checks: [] },
  dns: { flippedAt: null, before: "127.10.0.2", after: null },
};
