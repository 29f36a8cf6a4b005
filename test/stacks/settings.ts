import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { makeRecoveryHostKey, makeShared } from "../../stacks/secrets/make";
import { ConfigError, readConfig } from "../../stacks/config";
import { repoRoot } from "../../toolchain/paths";
import { newSecret, newSshKey } from "../../toolchain/sshkeys";

export type Role = "primary" | "recovery";
/** A stack's settings as they are written. */
export type Settings = Record<string, unknown> & { "smarteros:site": Site };
type Site = Record<string, unknown> & Record<"host" | "ssh" | "images" | "backups" | "dns", Record<string, unknown>>;

export const settingsFile = (role: Role): string => join(repoRoot(), `Pulumi.${role}.yaml`);

/** The committed example. */
export const exampleSettings = (role: Role): Settings =>
  (parse(readFileSync(settingsFile(role), "utf8")) as { config: Settings }).config;

/** The committed example, filled in: it is what a real stack's settings look like. */
export function filledSettings(role: Role): Settings {
  const settings = exampleSettings(role);
  const site = settings["smarteros:site"];
  if (role === "primary")
    Object.assign(site.host, {
      address: "5.75.128.10",
      hostKey: newSshKey("test").publicKey.split(" ").slice(0, 2).join(" "),
    });
  Object.assign(site.ssh, { operatorNetworks: ["5.75.0.1/32"] });
  Object.assign(site.dns, { zoneId: "0123456789abcdef".repeat(2) });
  site["tenants"] = [{ rut: "76192083-9", name: "Rompecabezas del Sur SpA" }];
  for (const [name, image] of Object.entries(site.images))
    site.images[name] = `${String(image)}@sha256:${"a".repeat(64)}`;
  for (const [name, make] of Object.entries(makeShared)) settings[`smarteros:${name}`] = make();
  if (role === "recovery") {
    settings["smarteros:recoveryHostKey"] = makeRecoveryHostKey();
    settings["smarteros:vaultToken"] = newSecret();
    settings["smarteros:vaultUnsealShares"] = [newSecret(), newSecret(), newSecret()];
  }
  return settings;
}

/** Gives the settings to the program as the engine does: whatever is no text, as JSON. */
export function setConfig(settings: Settings): void {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  runtime.setAllConfig(Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, text(value)])));
}

/** What is wrong with the settings. */
export function problemsWith(role: Role, settings: Settings): readonly string[] {
  setConfig(settings);
  try {
    readConfig(role);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
