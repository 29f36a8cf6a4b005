import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { pinFile, type PinnedImage } from "./images-pin/pin";
import { repoRoot } from "./paths";
import { runCommand } from "./run-command";

interface Options {
  readonly stack?: string;
  readonly configFile?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface FileReport {
  readonly file: string;
  readonly images: readonly PinnedImage[];
}

/** The files that were asked for; without any wish, those of all stacks. */
function configFiles({ stack, configFile }: Options): string[] {
  if (stack !== undefined && configFile !== undefined)
    throw new Error("--stack and --config-file: allowed: one of them");
  if (configFile !== undefined) return [configFile];
  const root = repoRoot();
  if (stack !== undefined) return [join(root, `Pulumi.${stack}.yaml`)];
  return readdirSync(root)
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .map((name) => join(root, name));
}

const signs: Record<PinnedImage["outcome"], string> = { pinned: "+", moved: "~", same: "=", unresolved: "✗" };

function line(image: PinnedImage): string {
  const head = `  ${signs[image.outcome]} ${image.service}: `;
  if (image.outcome === "unresolved") return `${head}${image.before} is unresolved: ${image.cause}`;
  if (image.outcome === "same") return `${head}${image.after}`;
  return `${head}${image.before} -> ${image.after}`;
}

async function main(options: Options): Promise<void> {
  const files = configFiles(options);
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`${missing.join(", ")}: is not there; fix: name an existing stack or file`);
  const reports: FileReport[] = [];
  for (const file of files) {
    const images = await pinFile(file, { dryRun: options.dryRun });
    if (images) reports.push({ file: relative(process.cwd(), file), images });
  }
  if (reports.length === 0) {
    throw new Error(
      `no config file names images (config -> smarteros:site -> images): looked at ${files.join(", ") || "none"}`,
    );
  }
  const unresolved = reports.flatMap((report) => report.images.filter((image) => image.outcome === "unresolved"));
  if (options.json) console.log(JSON.stringify({ dryRun: options.dryRun === true, files: reports }, null, 2));
  else {
    for (const { file, images } of reports) {
      console.log(`${file}${options.dryRun ? " (dry run: nothing is written)" : ""}`);
      for (const image of images) console.log(line(image));
    }
  }
  if (unresolved.length > 0) {
    const names = unresolved.map((image) => image.service).join(", ");
    console.error(
      `images:pin: ${unresolved.length} unresolved, left as they were: ${names}; fix: see the cause of each, then run it again`,
    );
    process.exitCode = 1;
  }
}

void runCommand(
  new Command("images:pin")
    .description("Gives every image in the stacks' config the digest that its tag has at its registry now.")
    .option("--stack <name>", "only the config of this stack (default: all stacks)")
    .option("--config-file <file>", "only this config file")
    .option("--dry-run", "resolve and report, write nothing")
    .option("--json", "report as JSON on stdout")
    .action(main),
);
