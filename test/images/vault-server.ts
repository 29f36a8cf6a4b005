import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type VaultEscrow, vaultEscrow } from "../../contracts/vault";
import { agentBundle } from "../../images/agent/build";
import type { Cleanup } from "./site";

/**
 * The real server on raft storage, on an address of its own.
 * @param binary its executable
 * @returns its URL
 */
export function startVault(binary: string, folder: string, address: string, cleanup: Cleanup): string {
  mkdirSync(join(folder, "data"), { recursive: true });
  const config = `
disable_mlock = true
api_addr = "http://${address}:8200"
cluster_addr = "http://${address}:8201"
storage "raft" {
  path    = "${folder}/data"
  node_id = "smarteros"
  performance_multiplier = 1
}
listener "tcp" {
  address     = "${address}:8200"
  cluster_address = "${address}:8201"
  tls_disable = true
}
`;
  writeFileSync(join(folder, "vault.hcl"), config);
  const server = execa(binary, ["server", `-config=${join(folder, "vault.hcl")}`], {
    stdin: "ignore",
    stdout: { file: vaultLog(folder) },
    stderr: "ignore",
    reject: false,
  });
  cleanup.add(async () => {
    server.kill();
    await server;
  });
  return `http://${address}:8200`;
}

/** Where its stdout goes, which is its audit device's. */
export const vaultLog = (folder: string): string => join(folder, "stdout.log");

/** A command of the agent that needs no configuration. */
export const vaultAgent = (name: "vault-init" | "vault-restore" | "vault-harden", input: unknown, reject = true) =>
  execa(process.execPath, [agentBundle, name], { input: JSON.stringify(input), reject });

/** First start: three shares, two of which open it. */
export async function initVault(address: string): Promise<VaultEscrow> {
  const { stdout } = await vaultAgent("vault-init", { address, shares: 3, threshold: 2 });
  return vaultEscrow.parse(JSON.parse(stdout));
}
