import { expect, it } from "vitest";
import { agentScript } from "../../components/agent-command";
import { readyScript } from "../../components/host/scripts";
import { restoreScript } from "../../components/restore-wave";
import { caddyfile } from "../../components/services/caddyfile";
import { guardedEntrypoint, secretsEntrypoint } from "../../components/services/spec";
import { entropy, secretIn } from "../../policy/secrets/recognise";

const digest = "sha256:3f1a9c0e5b7d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246";

it("takes nothing that the program writes in clear for a secret", () => {
  const written = [
    readyScript([{ set: "odoo", uid: 1000 }], "/dev/disk/by-id/scsi-0HC_Volume_100000001"),
    agentScript("gate", digest, "smarteros", [{ set: "vault-snapshot", path: "/sets/vault" }]),
    restoreScript("smarteros-restore-1", digest, ["postgres", "odoo"]),
    caddyfile("smarterbot.cl", { issuer: "acme", email: "ops@smarterbot.cl" }),
    ...secretsEntrypoint,
    ...guardedEntrypoint,
    "UserKnownHostsFile=/root/.smarteros/known_hosts-0123456789ab",
    "registry.smarterbot.cl:5000/smarteros/postgres@" + digest,
    "arn:aws:iam::123456789012:role/backups-replication-AbCdEfGhIjKl0123",
    "backup-writer-g1-7f3c2a1",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8bZx0n1qT5kq2Vv3xWcYdEfGhIjKlMnOpQrStUvWxY",
    "2026-11-24T03:50:44.120Z",
    "aws.iam.UserPolicy",
  ];
  expect(written.map((text) => secretIn(text, []))).toEqual(written.map(() => undefined));
});

it("measures entropy in bits a character", () => {
  expect(entropy("aaaa")).toBe(0);
  expect(entropy("abcd")).toBe(2);
});
