import pRetry from "p-retry";
import { Client, utils, type ConnectConfig } from "ssh2";
import type { CheckFailure, Props } from "../provider";
import { isUnknown } from "../provider";
import { refuseUnsupported } from "../compare";

/** `connection` of the remote resources, with the real plugin's defaults filled in. */
export interface Connection {
  readonly host: string;
  /** @default 22 */
  readonly port: number;
  /** @default "root" */
  readonly user: string;
  /** PEM or OpenSSH text. */
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly password?: string;
  readonly agentSocketPath?: string;
  /** Pinned key of the host, as in known_hosts: type and base64. Unset: any key is accepted. @example "ssh-ed25519 AAAA..." */
  readonly hostKey?: string;
  /** Failed attempts that are tolerated; -1: no limit. @default 10 (about 11 s of "connection refused") */
  readonly dialErrorLimit: number;
  /** Seconds for one attempt; 0: no limit. @default 15 */
  readonly perDialTimeout: number;
}

const implemented = [
  "host",
  "port",
  "user",
  "privateKey",
  "privateKeyPassword",
  "password",
  "agentSocketPath",
  "hostKey",
  "dialErrorLimit",
  "perDialTimeout",
];
const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

/** Fills in the defaults and checks what can be checked without connecting. */
export function checkConnection(connection: Props): { connection: Props; failures: CheckFailure[] } {
  // Before the host has an address, a preview does not know the connection at all.
  if (typeof connection !== "object") return { connection, failures: [] };
  const failures = refuseUnsupported("connection", connection, implemented).map((f) => ({
    ...f,
    property: `connection.${f.property}`,
  }));
  const { hostKey, host } = connection;
  if (host === undefined || host === "") {
    failures.push({ property: "connection.host", reason: "is missing; allowed: a name or an address; fix: set it" });
  }
  if (hostKey !== undefined && !isUnknown(hostKey) && parseHostKey(hostKey) === undefined) {
    failures.push({
      property: "connection.hostKey",
      reason: `received ${JSON.stringify(hostKey)}; allowed: type and key, "ssh-ed25519 AAAA..."; fix: take the two last fields of the host's line in known_hosts`,
    });
  }
  return { connection: { ...defaults, ...connection }, failures };
}

/**
 * Connects by SSH. Every failed attempt (refused, not yet authorized, another host key) is tried again, 0.1 s and then half as
 * much again up to 5 s apart, as the real plugin does: a host that boots passes through all of them.
 *
 * @throws the last failure, once `dialErrorLimit` is exceeded or the signal aborts
 */
export function connect(
  connection: Connection,
  signal: AbortSignal,
  debug: (message: string) => void,
): Promise<Client> {
  const { dialErrorLimit, host, port } = connection;
  return pRetry(() => dial(connection), {
    retries: dialErrorLimit < 0 ? Number.POSITIVE_INFINITY : dialErrorLimit,
    factor: 1.5,
    minTimeout: 100,
    maxTimeout: 5_000,
    signal,
    onFailedAttempt: ({ attemptNumber, error }) =>
      debug(`Dial ${attemptNumber}/${dialErrorLimit} failed: ${error.message}`),
  }).catch((error: Error) => {
    throw new Error(
      `ssh ${connection.user}@${host}:${port}: ${error.message} (after ${dialErrorLimit + 1} attempts; "connection.dialErrorLimit" allows more)`,
    );
  });
}

/** Type and raw bytes of a known_hosts key; undefined when it is none. */
function parseHostKey(hostKey: string): { type: string; bytes: Buffer } | undefined {
  const [type = "", base64 = ""] = hostKey.trim().split(/\s+/);
  const bytes = Buffer.from(base64, "base64");
  const parsed = utils.parseKey(`${type} ${base64}`);
  return parsed instanceof Error ? undefined : { type, bytes };
}

function dial(connection: Connection): Promise<Client> {
  const pinned = connection.hostKey === undefined ? undefined : parseHostKey(connection.hostKey);
  let presented: Buffer | undefined;
  const config: ConnectConfig = {
    host: connection.host,
    port: connection.port,
    username: connection.user,
    privateKey: connection.privateKey,
    passphrase: connection.privateKeyPassword,
    password: connection.password,
    agent: connection.agentSocketPath ?? process.env["SSH_AUTH_SOCK"],
    readyTimeout: connection.perDialTimeout * 1000,
    // A long command may be silent; a host that died must still be noticed.
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    ...(pinned && {
      algorithms: { serverHostKey: [pinned.type as "ssh-ed25519"] },
      hostVerifier: (key: Buffer) => {
        presented = key;
        return key.equals(pinned.bytes);
      },
    }),
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    client
      .once("ready", () => resolve(client))
      .on("error", (error) => {
        client.end();
        const mismatch = presented && pinned && !presented.equals(pinned.bytes);
        reject(mismatch ? new Error(hostKeyMismatch(presented!, connection.hostKey!)) : error);
      })
      .connect(config);
  });
}

const hostKeyMismatch = (presented: Buffer, pinned: string) =>
  `the host's key is not the pinned one: it presented "${pinned.trim().split(/\s+/)[0]} ${presented.toString("base64")}", ` +
  `"connection.hostKey" is "${pinned}"; either another host answers at this address, or the host was installed anew and its new key must be pinned`;
