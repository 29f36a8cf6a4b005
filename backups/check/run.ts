import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Location } from "../../contracts/agent";
import { type Generation, generationLayout } from "../../contracts/generation";
import { pgbackrestConf } from "../../contracts/pgbackrest";
import { stanza } from "../../stacks/s3-location";
import { run } from "../../toolchain/run";

export interface CheckArgs {
  readonly s3: S3Location;
  readonly generation: Generation;
  /** Of somebody who may read that generation; more is not used. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly ciphers: { readonly postgres: string; readonly files: string };
  /** How much of the data is read back: a random part of the files' in percent, or everything, PostgreSQL's too. */
  readonly read: number | "everything";
  readonly signal?: AbortSignal;
}

export interface Checked {
  readonly repository: "postgres" | "files";
  readonly ok: boolean;
  /** What was asked, and the last that it said. */
  readonly evidence: string;
  readonly seconds: number;
}

/**
 * Looks at the repositories of one generation where they are: their structure, and as much of the data as is asked for. Restores nothing and
 * writes nothing, no lock either.
 */
export async function checkRepositories(args: CheckArgs): Promise<Checked[]> {
  const folder = await mkdtemp(join(tmpdir(), "smarteros-check-"));
  try {
    await chmod(folder, 0o700);
    const caFile = join(folder, "ca.pem");
    if (args.s3.caPem !== undefined) await writeFile(caFile, args.s3.caPem);
    return await Promise.all([postgres(args, folder, caFile), files(args, folder, caFile)]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function postgres(
  { s3, generation, keys, ciphers, read, signal }: CheckArgs,
  folder: string,
  caFile: string,
): Promise<Checked> {
  const config = join(folder, "pgbackrest.conf");
  const credentials = { s3AccessKey: keys.accessKeyId, s3SecretKey: keys.secretAccessKey };
  const conf = pgbackrestConf({
    s3,
    generation,
    stanza,
    credentials,
    cipher: ciphers.postgres,
    use: "source",
    caFile,
    lockDir: folder,
    spoolDir: folder,
  });
  await writeFile(config, conf, { mode: 0o600 });
  const command = read === "everything" ? ["verify", "--output=text", "--verbose"] : ["info"];
  const env: Record<string, string> =
    keys.sessionToken === undefined ? {} : { PGBACKREST_REPO1_S3_TOKEN: keys.sessionToken };
  const checked = await ask(
    "postgres",
    "pgbackrest",
    [`--config=${config}`, `--stanza=${stanza}`, ...command],
    env,
    signal,
  );
  // What it says counts, whatever it ends with: "status: ok", or an error.
  const sound = /status: ok/.test(checked.said) && !/status: error/.test(checked.said);
  return { ...checked.result, ok: checked.result.ok && sound };
}

async function files(
  { s3, generation, keys, ciphers, read, signal }: CheckArgs,
  folder: string,
  caFile: string,
): Promise<Checked> {
  const env = {
    RESTIC_REPOSITORY: `s3:https://${s3.host}:${s3.port}/${s3.bucket}/${generationLayout(generation).resticPath}`,
    RESTIC_PASSWORD: ciphers.files,
    RESTIC_CACHE_DIR: folder,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_DEFAULT_REGION: s3.region,
    ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
  };
  const globals = [
    "-o",
    `s3.bucket-lookup=${s3.uriStyle === "path" ? "path" : "dns"}`,
    ...(s3.caPem === undefined ? [] : ["--cacert", caFile]),
  ];
  const data = read === "everything" ? "--read-data" : `--read-data-subset=${read}%`;
  return (await ask("files", "restic", ["check", "--no-lock", data, ...globals], env, signal)).result;
}

/** restic asks for a quarter of an hour again for what it does not get; it has said before what is missing. */
const deadlineMs = 3_600_000;

async function ask(
  repository: Checked["repository"],
  program: string,
  args: string[],
  env: Record<string, string>,
  signal?: AbortSignal,
) {
  const started = performance.now();
  const options = {
    env,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: deadlineMs,
    ...(signal ? { cancelSignal: signal } : {}),
  } as const;
  const { all = "", exitCode, failed, ...ended } = await run(program, args, options);
  const said = all || ("shortMessage" in ended ? String(ended.shortMessage) : "");
  const last = said
    .trim()
    .split("\n")
    .slice(-6)
    .map((line) => line.trim())
    .join("; ");
  const asked = `${program} ${args.filter((arg) => !arg.startsWith("--config=")).join(" ")}`;
  const result: Checked = {
    repository,
    ok: !failed && exitCode === 0,
    evidence: `${asked}: ${last}`,
    seconds: Math.round(performance.now() - started) / 1_000,
  };
  return { said, result };
}
