import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { z } from "zod";
import { utils } from "ssh2";
import { runOverSsh } from "../components/host/ssh";
import { SaidError } from "../words/said";
import { sayError } from "./error-words";
import type { LookedAt, Settings } from "./settings";

/** What Docker says of a container on the active host. */
const inspected = z.object({
  Name: z.string(),
  RestartCount: z.number(),
  State: z.object({
    Status: z.string(),
    StartedAt: z.string(),
    Health: z
      .object({
        Status: z.string(),
        Log: z.array(z.object({ Start: z.string(), End: z.string(), Output: z.string() })).nullable(),
      })
      .optional(),
  }),
  HostConfig: z.object({
    LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()).nullable() }),
    RestartPolicy: z.object({ Name: z.string() }),
  }),
});

export interface Container {
  readonly name: string;
  /** Docker's: "running", "exited", ... */
  readonly status: string;
  /** Docker's verdict on its health check: "healthy", "unhealthy", "starting"; undefined: it has none. */
  readonly health?: string;
  /** Of the last health check. */
  readonly healthSeconds?: number;
  /** What the last health check said. */
  readonly said?: string;
  readonly restarts: number;
  /** Its logs are kept in files that rotate, or not kept by Docker at all. */
  readonly logsRotate: boolean;
  readonly restartPolicy: string;
}

/** A host of the site, by whose key it is known. */
export interface HostAccess {
  readonly address: string;
  readonly user: string;
  readonly privateKey: string;
  /** "ssh-ed25519 AAAA..." */
  readonly hostKey: string;
}

/** How to reach the host at this address. @throws Error when it is none that the settings know */
export async function hostAccess(
  address: string,
  { site, recoveryHostKey }: Settings,
  primary: LookedAt | undefined,
): Promise<HostAccess> {
  const onPrimary = primary?.host.address === address;
  const ssh = (onPrimary ? primary.ssh : site.ssh) ?? site.ssh;
  if (!ssh) throw new SaidError(sayError("noSsh"));
  const hostKey = onPrimary ? primary.host.hostKey : recoveryHostKey && publicKey(recoveryHostKey);
  if (!hostKey) throw new SaidError(sayError("noHostKey", address));
  const file = ssh.privateKeyFile.replace(/^~\//, `${homedir()}/`);
  return { address, user: ssh.user, privateKey: await readFile(file, "utf8"), hostKey };
}

function publicKey(privateKey: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error)
    throw new SaidError(sayError("notAPrivateKey", "smarteros:recoveryHostKey", parsed.message));
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/** Every container on the host, stopped ones too. @throws when the host cannot be reached, or is not the one that its key says */
export async function containersOn({ address, user, privateKey, hostKey }: HostAccess): Promise<Container[]> {
  const script = `ids=$(docker ps --all --quiet) && { [ -z "$ids" ] && echo '[]' || docker inspect $ids; }`;
  const text = await runOverSsh({ host: address, user, privateKey, hostKey }, script);
  return z.array(inspected).parse(JSON.parse(text)).map(containerOf);
}

function containerOf({ Name, RestartCount, State, HostConfig }: z.infer<typeof inspected>): Container {
  const last = State.Health?.Log?.at(-1);
  const { Type, Config } = HostConfig.LogConfig;
  return {
    name: Name.replace(/^\//, ""),
    status: State.Status,
    restarts: RestartCount,
    ...(State.Health ? { health: State.Health.Status } : {}),
    ...(last
      ? { healthSeconds: Math.max(0, Date.parse(last.End) - Date.parse(last.Start)) / 1_000, said: last.Output.trim() }
      : {}),
    logsRotate:
      Type === "local" ||
      Type === "none" ||
      Type === "journald" ||
      (Type === "json-file" && Config?.["max-size"] !== undefined),
    restartPolicy: HostConfig.RestartPolicy.Name,
  };
}
