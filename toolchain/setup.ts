import { Command } from "commander";
import { ensureToolchain } from "./ensure";
import { cacheRoot } from "./paths";
import { ensurePlugins } from "./plugins";
import { stderrLog as log } from "./progress";

/** Everything a drill needs of this machine. What is there is skipped; nothing is asked. */
async function main(): Promise<void> {
  const { plugins } = new Command("setup")
    .description(
      "Installs or builds what is missing: the engine, its plugins, Debian packages, the S3 and Vault servers.",
    )
    .option("--plugins <dir>", "folder of real provider plugins, used instead of the stand-ins")
    .parse()
    .opts<{ plugins?: string }>();
  log(`setup: programs and caches go to ${cacheRoot()} (SMARTEROS_CACHE moves it); Debian packages go to the system`);
  const toolchain = await ensureToolchain({ log });
  const kinds = await ensurePlugins({ from: plugins, pulumi: toolchain.pulumi, log });
  log(`engine: ${toolchain.pulumi} (${toolchain.engineSource}), language host: ${toolchain.languageHost}`);
  log(
    `providers: ${Object.entries(kinds)
      .map(([name, kind]) => `${name} ${kind}`)
      .join(", ")}`,
  );
  log(`S3 server: ${toolchain.versitygw}; Vault: ${toolchain.vault}; registry: ${toolchain.dockerRegistry}`);
  log("setup: done");
}

void main().catch((error: Error) => {
  log(error.message);
  process.exitCode = 1;
});
