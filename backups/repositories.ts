import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Location } from "../contracts/agent";
import type { Generation } from "../contracts/generation";
import { pgbackrestConf } from "../contracts/pgbackrest";
import { resticRepository } from "../contracts/restic";
import { stanza } from "../stacks/s3-location";
import { run } from "../toolchain/run";

/** Where the repositories of one generation are, and who opens them. */
export interface RepositoryAccess {
  readonly s3: S3Location;
  readonly generation: Generation;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly ciphers: { readonly postgres: string; readonly files: string };
  readonly signal?: AbortSignal;
}

/** A program that has ended, whatever with. */
export interface Said {
  readonly ok: boolean;
  readonly stdout: string;
  /** stdout and stderr as they came. */
  readonly all: string;
  readonly seconds: number;
  /** The command line, without names of secret files. */
  readonly asked: string;
  /** Its last lines, as one. */
  readonly last: string;
}

/** The two programs, pointed at the repositories; neither needs a host of the site. */
export interface Repositories {
  pgbackrest(args: readonly string[]): Promise<Said>;
  restic(args: readonly string[]): Promise<Said>;
}

/** restic asks for a quarter of an hour again for what it does not get; it has said before what is missing. */
const deadlineMs = 3_600_000;

/** Opens pgBackRest's and restic's repository of a generation from this machine; what that takes is removed again. Passwords go by file and environment. */
export async function withRepositories<T>(
  access: RepositoryAccess,
  use: (repositories: Repositories) => Promise<T>,
): Promise<T> {
  const { s3, generation, keys, ciphers, signal } = access;
  const folder = await mkdtemp(join(tmpdir(), "smarteros-repositories-"));
  try {
    await chmod(folder, 0o700);
    const caFile = join(folder, "ca.pem");
    if (s3.caPem !== undefined) await writeFile(caFile, s3.caPem);
    const config = join(folder, "pgbackrest.conf");
    const conf = pgbackrestConf({
      s3,
      generation,
      stanza,
      credentials: { s3AccessKey: keys.accessKeyId, s3SecretKey: keys.secretAccessKey },
      cipher: ciphers.postgres,
      use: "source",
      caFile,
      lockDir: folder,
      spoolDir: folder,
    });
    await writeFile(config, conf, { mode: 0o600 });
    const token = keys.sessionToken;
    const resticEnv = {
      RESTIC_REPOSITORY: resticRepository(s3, generation),
      RESTIC_PASSWORD: ciphers.files,
      RESTIC_CACHE_DIR: folder,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: s3.region,
      ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
    };
    const resticOptions = [
      "-o",
      `s3.bucket-lookup=${s3.uriStyle === "path" ? "path" : "dns"}`,
      ...(s3.caPem === undefined ? [] : ["--cacert", caFile]),
    ];
    const pgbackrestEnv: Record<string, string> = token === undefined ? {} : { PGBACKREST_REPO1_S3_TOKEN: token };
    return await use({
      pgbackrest: (args) =>
        ask("pgbackrest", [`--config=${config}`, `--stanza=${stanza}`, ...args], pgbackrestEnv, signal),
      restic: (args) => ask("restic", [...args, ...resticOptions], resticEnv, signal),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Said> {
  const started = performance.now();
  const options = {
    env,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: deadlineMs,
    ...(signal ? { cancelSignal: signal } : {}),
  } as const;
  const { all = "", stdout, exitCode, failed, ...ended } = await run(program, args, options);
  const said = all || ("shortMessage" in ended ? String(ended.shortMessage) : "");
  return {
    ok: !failed && exitCode === 0,
    stdout,
    all: said,
    seconds: Math.round(performance.now() - started) / 1_000,
    asked: `${program} ${args.filter((arg) => !arg.startsWith("--config=")).join(" ")}`,
    last: said
      .trim()
      .split("\n")
      .slice(-6)
      .map((line) => line.trim())
      .join("; "),
  };
}
