import { text } from "node:stream/consumers";
import { Command } from "commander";
import { restoreSpec } from "../../../contracts/agent";
import { gateSpec } from "../../../contracts/gate";
import { guardPath } from "../../../contracts/guard";
import { postgresPaths } from "../../../contracts/pgbackrest";
import { recoverSpec } from "../../../contracts/recover";
import { vaultInitSpec, vaultRestoreSpec } from "../../../contracts/vault";
import { vaultHardenSpec } from "../../../contracts/vault-harden";
import { exitCodes, Failure } from "./failure";
import { logTo, messageOf } from "./log";
import { type Places, parseJson, readSettings } from "./settings";
import { Bell } from "./ticks";

/**
 * The backup agent: the only program that runs backups and restores. Specs come on stdin, results go to stdout. `agent health` is
 * not here but in the image's wrapper (Dockerfile), which asks what `run` serves.
 */
const program = new Command("agent")
  .description("backs up and restores a SmarterOS site; see docs/design.md")
  .option("--config-file <file>", "what this agent backs up", "/etc/smarteros/agent.json")
  .option("--secrets-file <file>", "its keys and passwords", "/run/secrets/agent.json")
  .option("--run-dir <dir>", "tmpfs for files with secrets", "/run/smarteros")
  .option(
    "--cache-dir <dir>",
    "what is kept between runs: restic's cache, the agent's own state",
    "/var/lib/smarteros-agent",
  )
  .option("--spool-dir <dir>", "WAL fetched ahead", "/var/spool/pgbackrest");

const places = () => program.opts<Places>();
const stdin = () => text(process.stdin);
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

program
  .command("run")
  .description("back up until stopped; SIGUSR2 begins a cycle at once")
  .action(async () => {
    const bell = new Bell();
    process.on("SIGUSR2", () => bell.ring());
    const { run } = await import("./run");
    await run(await readSettings(places()), logTo(process.stdout), stopSignal(), bell);
  });

program
  .command("guard")
  .description("let the host's services run while this generation is the newest, until stopped")
  .option("--folder <dir>", "the folder that the services see", guardPath)
  .action(async ({ folder }: { folder: string }) => {
    const { guard } = await import("./guard/guard");
    const { configFile, secretsFile } = places();
    await guard({ configFile, secretsFile, folder }, logTo(process.stdout), stopSignal());
  });

program
  .command("cycle")
  .description("make what is missing, then one cycle; prints its manifest")
  .action(() =>
    withBackups(async (backups) => {
      await backups.initialise();
      await backups.backUpCluster();
      print(await backups.cycle());
    }),
  );

program
  .command("init-repo")
  .description("make the repositories that are missing, and the first base backup")
  .action(() =>
    withBackups(async (backups) => {
      await backups.initialise();
      await backups.backUpCluster();
    }),
  );

program
  .command("restore")
  .description("restore what the spec on stdin says; 3 when a target is not empty")
  .option(
    "--source-conf <file>",
    "pgBackRest's configuration of the source in the postgres container",
    postgresPaths.sourceConfig,
  )
  .option("--server-dir <dir>", "of the server by which a seeding replays", "/run/smarteros-server")
  .option("--entrypoint <file>", "of images/postgres", "smarteros-postgres")
  .action(async (own: { sourceConf: string; serverDir: string; entrypoint: string }) => {
    const { restore } = await import("./restore/restore");
    const spec = parseJson(await stdin(), "the restore spec on stdin", restoreSpec);
    for (const result of await restore(spec, { ...places(), ...own }, logTo(process.stderr))) print(result);
  });

program
  .command("recover")
  .description("restore a cluster beside a damaged one, and verify it; 2 when it does not hold, 3 when the target is not empty")
  .option("--server-dir <dir>", "of the server that verifies", "/run/smarteros-server")
  .option("--entrypoint <file>", "of images/postgres", "smarteros-postgres")
  .option("--preview", "open it for reading until stopped, instead of verifying it")
  .action(async (own: { serverDir: string; entrypoint: string; preview?: boolean }) => {
    const { preview, recover } = await import("./recover/recover");
    const spec = parseJson(await stdin(), "the recover spec on stdin", recoverSpec);
    if (own.preview) return preview(spec, { ...places(), ...own }, logTo(process.stderr), stopSignal());
    const result = await recover(spec, { ...places(), ...own }, logTo(process.stderr));
    print(result);
    if (!result.passed) process.exitCode = exitCodes.gateFailed;
  });

program
  .command("vault-restore")
  .description("put Vault's snapshot in place and unseal; 4 when the shares do not open it, 5 when an earlier run was cut off and Vault must be emptied first")
  .action(async () => {
    const { vaultRestore } = await import("./vault-restore");
    print(
      await vaultRestore(parseJson(await stdin(), "the vault spec on stdin", vaultRestoreSpec), logTo(process.stderr)),
    );
  });

program
  .command("vault-init")
  .description("open a Vault that has never held anything; prints its shares and the site's token, once")
  .action(async () => {
    const { vaultInit } = await import("./vault-init");
    print(await vaultInit(parseJson(await stdin(), "the vault spec on stdin", vaultInitSpec), logTo(process.stderr)));
  });

program
  .command("vault-harden")
  .description("one step on a Vault that others may have had a hand in; 4 when the shares do not open it")
  .action(async () => {
    const { harden } = await import("./harden/harden");
    print(await harden(parseJson(await stdin(), "the vault spec on stdin", vaultHardenSpec), logTo(process.stderr)));
  });

program
  .command("vault-reads")
  .description("say which secrets were read, by Vault's audit log on stdin")
  .option("--since <time>", "skip what is older")
  .action(async ({ since }: { since?: string }) => {
    const { stdinLines, vaultReadsOf } = await import("./harden/reads");
    print(await vaultReadsOf(stdinLines(), since));
  });

program
  .command("gate")
  .description("check everything that must hold before DNS moves; 2 when it does not")
  .action(async () => {
    const { gate } = await import("./gate/gate");
    const result = await gate(parseJson(await stdin(), "the gate spec on stdin", gateSpec), logTo(process.stderr));
    print(result);
    if (!result.passed) process.exitCode = exitCodes.gateFailed;
  });

async function withBackups(use: (backups: import("./cycle").Backups) => Promise<void>): Promise<void> {
  const { Backups } = await import("./cycle");
  const backups = await Backups.open(await readSettings(places()), logTo(process.stderr), stopSignal());
  try {
    await use(backups);
  } finally {
    backups.close();
  }
}

/**
 * Ends what is running, children included, when the container is stopped. The listeners stay: execa's own (it ends children of a parent
 * that is killed) would otherwise be the only one left, and end this process before it has ended its work.
 */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const)
    process.on(name, () => controller.abort(new Error(`stopped by ${name}`)));
  return controller.signal;
}

program.parseAsync().catch((error: unknown) => {
  console.error(`agent: ${messageOf(error)}`);
  process.exitCode = error instanceof Failure ? error.exitCode : 1;
});
