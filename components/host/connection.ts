import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import { expandHome } from "./paths";

/** A host on which the site can run: reached by SSH with a pinned key, its Docker Engine ready, its data folders in place. */
export interface HostConnection {
  /** Public IPv4 address. */
  readonly address: pulumi.Output<string>;
  readonly connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  /** Docker Engine of the host, through SSH. */
  readonly docker: docker.Provider;
  /** Everything on the host waits for this: Docker answers and the data folders exist. */
  readonly ready: pulumi.Resource;
  /** Set where the host is thrown away as a whole: what is on it goes with this, and is not removed piece by piece. */
  readonly machine?: pulumi.Resource;
}

export interface SshArgs {
  readonly user: string;
  /** Path of the operator's private key; `~` is the home folder. */
  readonly privateKeyFile: string;
}

export { dataRoot } from "./paths";

/**
 * Arguments of @pulumi/command's connection. 70 dial errors cover about five minutes of a booting server (facts of command 1.2.1).
 * @throws Error when the private key file cannot be read.
 */
export function sshConnection(ssh: SshArgs, address: pulumi.Input<string>, hostKey: string): pulumi.Output<command.types.input.remote.ConnectionArgs> {
  return pulumi.output({ host: address, user: ssh.user, privateKey: pulumi.secret(readPrivateKey(ssh)), hostKey, dialErrorLimit: 70, perDialTimeout: 10 });
}

function readPrivateKey(ssh: SshArgs): string {
  const file = expandHome(ssh.privateKeyFile);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new pulumi.RunError(`smarteros:site.ssh.privateKeyFile: cannot read ${file} (${(error as NodeJS.ErrnoException).code}); fix: ssh-keygen -t ed25519 -f ${file}, or name the right file`);
  }
}

/** The operator's public key, "ssh-ed25519 AAAA...", of the private one. @throws Error when the file holds no key. */
export function operatorPublicKey(ssh: SshArgs): string {
  const parsed = utils.parseKey(readPrivateKey(ssh));
  if (parsed instanceof Error) throw new pulumi.RunError(`smarteros:site.ssh.privateKeyFile: ${ssh.privateKeyFile} is not a private key (${parsed.message}); fix: an unencrypted OpenSSH key`);
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/**
 * Options of the `ssh` binary that the docker provider runs. The host key is looked up by an alias, so that the known_hosts file can
 * be written before the server has an address.
 */
export function sshOptions(ssh: SshArgs, alias: string, hostKey: string): string[] {
  const folder = join(homedir(), ".smarteros");
  const line = `${alias} ${hostKey}\n`;
  // Named by content: two sites or two runs never overwrite each other's.
  const knownHosts = join(folder, `known_hosts-${createHash("sha256").update(line).digest("hex").slice(0, 12)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(knownHosts, line, { mode: 0o600 });
  const options = [`StrictHostKeyChecking=yes`, `UserKnownHostsFile=${knownHosts}`, `HostKeyAlias=${alias}`, "BatchMode=yes", "IdentitiesOnly=yes", "ConnectTimeout=10"];
  return ["-i", expandHome(ssh.privateKeyFile), ...options.flatMap((o) => ["-o", o])];
}

/** The Docker Engine of a host, usable once `ready` is done: an engine that does not answer yet fails at once. */
export function dockerProvider(name: string, ssh: SshArgs, address: pulumi.Input<string>, options: string[], ready: pulumi.Resource, parent: pulumi.Resource): docker.Provider {
  return new docker.Provider(name, { host: pulumi.interpolate`ssh://${ssh.user}@${address}:22`, sshOpts: options }, { parent, dependsOn: [ready] });
}
