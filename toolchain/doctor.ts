import Table from "cli-table3";
import { Command } from "commander";
import colors from "picocolors";
import { findProgram, installCommand } from "./apt";
import { debianPrograms, type DebianProgram } from "./debian";
import { findEngine } from "./engine";
import { findExecutable, goExecutables, type GoExecutable } from "./executables";
import { paths } from "./paths";
import { hasStandIn, inspectPlugin } from "./plugins";
import { which } from "./probe";
import { engineVersion, pluginNames, pluginVersion, type PluginName } from "./versions";

export interface Finding {
  readonly part: string;
  readonly ok: boolean;
  /** What is used, or what is wrong. */
  readonly found: string;
  /** Only when something is missing. */
  readonly fix?: string;
}

const setup = "npm run setup";
const missing = (part: string, fix: string, found = "missing"): Finding => ({ part, ok: false, found, fix });

/** Looks at every part of the toolchain and changes nothing. */
export async function examine(pulumiHome = paths.pulumiHome()): Promise<Finding[]> {
  return [
    node(),
    ...(await engine()),
    ...(await Promise.all(pluginNames.map((name) => plugin(pulumiHome, name)))),
    ...(await Promise.all(Object.values(debianPrograms).map(program))),
    await compiled("S3 and IAM server", goExecutables.versitygw),
    await compiled("Vault server", goExecutables.vault),
  ];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return ok
    ? { part: "Node.js", ok, found: process.version }
    : missing("Node.js", "install Node.js 20.19 or newer", process.version);
}

async function engine(): Promise<Finding[]> {
  const found = await findEngine();
  if (!found)
    return [
      missing("engine", setup, `no pulumi ${engineVersion()} on PATH, downloaded or built`),
      missing("language host", setup),
    ];
  return [
    { part: "engine", ok: true, found: `pulumi ${engineVersion()}, ${found.source}: ${found.pulumi}` },
    { part: "language host", ok: true, found: found.languageHost },
  ];
}

async function plugin(pulumiHome: string, name: PluginName): Promise<Finding> {
  const part = `provider ${name}`;
  const installed = await inspectPlugin(pulumiHome, name);
  if (!installed) return missing(part, setup);
  if (installed.kind === "real") {
    const source = installed.source === "engine" ? "" : `, from ${installed.source}`;
    return { part, ok: true, found: `real ${pluginVersion(name)}${source}` };
  }
  return (await hasStandIn(name))
    ? { part, ok: true, found: `stand-in (local-cloud/providers/${name})` }
    : missing(part, "git checkout local-cloud/providers", `the stand-in local-cloud/providers/${name} is not there`);
}

async function program(wanted: DebianProgram): Promise<Finding> {
  const path = await findProgram(wanted);
  const part = `${wanted.program} (${wanted.why})`;
  return path ? { part, ok: true, found: path } : missing(part, `${setup}, or ${installCommand([wanted])}`);
}

async function compiled(part: string, executable: GoExecutable): Promise<Finding> {
  const path = await findExecutable(executable);
  if (path) return { part, ok: true, found: path };
  return (await which("go"))
    ? missing(part, setup)
    : missing(part, "install Go 1.26 or newer (https://go.dev/dl)", "no Go to compile it with");
}

/** Parts of cli-table3's frame: all left out, as the lines are read in logs too. */
const borders =
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle".split(
    " ",
  );

function print(findings: readonly Finding[]): void {
  const chars = Object.fromEntries(borders.map((name) => [name, ""]));
  const table = new Table({ chars, style: { "padding-left": 0, "padding-right": 2 } });
  for (const { part, ok, found, fix } of findings) {
    table.push([ok ? colors.green("ok") : colors.red("missing"), part, fix ? `${found}\nfix: ${fix}` : found]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

async function main(): Promise<void> {
  const command = new Command("doctor")
    .description(
      "Says which engine, language host, plugins and programs are used, and what is missing. Changes nothing.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText("after", "\nExit code: 0 when nothing is missing, else 1.")
    .parse();
  const findings = await examine();
  if (command.opts<{ json?: true }>().json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else print(findings);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

if (require.main === module) void main();
