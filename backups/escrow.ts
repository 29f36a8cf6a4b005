import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { plan } from "../plan/plan";
import { humanSeconds, seconds } from "../plan/units";
import { readKeyFile } from "./escrow/age";
import { check } from "./escrow/check";
import { openStack } from "./stack";
import { open } from "./escrow/open";
import { seal } from "./escrow/seal";

interface Of {
  readonly stack: string;
  readonly configFile?: string;
}

interface SealOptions extends Of {
  readonly recovery?: string;
  readonly recipient: readonly string[];
  readonly recipientsFile?: string;
  readonly out: string;
}

async function sealCommand({
  stack,
  configFile,
  recovery,
  out,
  recipientsFile,
  ...options
}: SealOptions): Promise<void> {
  const listed = recipientsFile === undefined ? [] : await readKeyFile(recipientsFile, "age1");
  const recipients = [...new Set([...options.recipient, ...listed])];
  const names = await seal({
    stack: await openStack(stack, configFile),
    ...(recovery === undefined ? {} : { recovery: await openStack(recovery) }),
    recipients,
    out,
  });
  console.log(`${out}: ${names.length} items of stack ${stack}, for ${recipients.length} recipients`);
  for (const name of names) console.log(`  ${name}`);
  if (recipients.length === 1)
    console.log("Only one key opens it: when that is lost, so is the bundle. A second --recipient is the cure.");
  console.log("Keep it, and its label beside it, away from the site, from Vault and from the backup bucket.");
}

interface CheckOptions extends Of {
  readonly file: string;
  readonly maxAge: string;
  readonly identity?: string;
}

async function checkCommand({ stack, configFile, file, identity, maxAge }: CheckOptions): Promise<void> {
  const result = await check({
    file,
    stack: await openStack(stack, configFile),
    openStack,
    maxAgeSeconds: seconds(maxAge),
    identities: identity === undefined ? undefined : await readKeyFile(identity, "AGE-SECRET-KEY-"),
  });
  const { items, ageSeconds, recipients, stale } = result;
  console.log(
    `${file}: ${items} items, ${humanSeconds(ageSeconds)} old, for ${recipients.join(", ")}: ${stale.length === 0 ? "fresh" : "STALE"}`,
  );
  for (const reason of stale) console.log(`  ${reason}`);
  if (stale.length === 0) return;
  console.log(`fix: npm run escrow:seal -- --stack ${stack} ...`);
  process.exitCode = 1;
}

interface OpenOptions extends Of {
  readonly file: string;
  readonly identity: string;
  readonly generation?: number;
  readonly force?: boolean;
}

async function openCommand({ file, identity, stack, configFile, generation, force }: OpenOptions): Promise<void> {
  const { config } = await openStack(stack, configFile);
  const result = await open({
    bundle: await readFile(file, "utf8"),
    identities: await readKeyFile(identity, "AGE-SECRET-KEY-"),
    config,
    configFile: configFile ?? `Pulumi.${stack.split("/").at(-1)}.yaml`,
    generation,
    force,
  });
  console.log(
    `stack ${stack}: generation ${result.generation} restores generation ${result.restoreFrom}, as sealed at ${result.sealedAt}`,
  );
  for (const name of result.set) console.log(`  ${name}`);
  if (result.missing.length > 0) console.log("still missing:");
  for (const { what, from } of result.missing) console.log(`  ${what}: ${from}`);
  console.log(`Look at smarteros:site.ssh (your own key, your own networks), then: pulumi preview --stack ${stack}`);
}

const failing =
  <T>(name: string, command: (options: T) => Promise<void>) =>
  (options: T) =>
    command(options).catch((error: unknown) => {
      console.error(`escrow:${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    });

const ofStack = (command: Command) =>
  command
    .requiredOption("--stack <name>", "the stack under which the site runs")
    .option("--config-file <file>", "settings file of the stack (default: Pulumi.NAME.yaml)");

const program = new Command("escrow").description(
  "One encrypted bundle of everything that a restore needs and that must not be on the site alone.",
);
ofStack(program.command("seal"))
  .description("Seals a stack's settings and secrets, without credentials of the clouds, into an age file.")
  .option("--recovery <name>", "the recovery's stack, when it is prepared: its server and host key are taken too")
  .option("--recipient <age1>", "who can open it; can be given again", (one, all: string[]) => [...all, one], [])
  .option("--recipients-file <file>", "file of recipients, one a line")
  .requiredOption("--out <file>", "the bundle; its label is written beside it")
  .action(failing("seal", sealCommand));
ofStack(program.command("check"))
  .description("Says whether a bundle still holds what the stack holds. Needs no private key.")
  .requiredOption("--file <file>", "the bundle, with its label beside it")
  .option("--max-age <duration>", "older is stale", plan.drillEvery)
  .option("--identity <file>", "private key: opens the bundle too")
  .action(failing("check", checkCommand));
program
  .command("open")
  .description("Makes the recovery stack's settings from a bundle alone.")
  .requiredOption("--file <file>", "the bundle")
  .requiredOption("--identity <file>", "private key of one of its recipients")
  .requiredOption("--stack <name>", "the recovery's stack, which must exist: pulumi stack init NAME")
  .option("--generation <number>", "generation to begin (default: one more than the sealed site's)", Number)
  .option("--config-file <file>", "settings file of the stack (default: Pulumi.NAME.yaml)")
  .option("--force", "replace values that are set otherwise")
  .action(failing("open", openCommand));
void program.parseAsync();
