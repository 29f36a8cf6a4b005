import { Command } from "commander";
import { ensureToolchain } from "../toolchain/ensure";
import { cloudDown, cloudReset, cloudStatus, cloudUp } from "./cloud";

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** The zone of a cloud that is brought up by hand; the drill names its own. */
const defaultZone = { id: "5a27e2b07".padEnd(32, "0"), name: "smarterbot.test" };

const program = new Command("cloud").description(
  "The local cloud: one machine's stand-in for Hostinger, Hetzner, AWS and Cloudflare",
);

program
  .command("up")
  .description("bring it up, or find it up; state of a former run is there again")
  .option("--zone <name>", "domain of the Cloudflare account", defaultZone.name)
  .action(async ({ zone }: { zone: string }) => {
    const { versitygw, vault, dockerRegistry } = await ensureToolchain({ want: ["debian", "s3", "vault"], log });
    const cloud = await cloudUp({ log, versitygw, vault, dockerRegistry, zones: [{ ...defaultZone, name: zone }] });
    for (const [name, image] of Object.entries(cloud.images)) console.log(`${name.padEnd(9)} ${image}`);
  });

program
  .command("down")
  .description("stop everything; state and images stay")
  .action(() => cloudDown(log));

program
  .command("reset")
  .description("wipe S3, hosts, volumes and the emulated APIs; images stay")
  .option("--images", "wipe the images too")
  .action(({ images = false }: { images?: boolean }) => cloudReset({ keepImages: !images, log }));

program
  .command("status")
  .description("what runs")
  .action(async () => {
    const status = await cloudStatus();
    if (!status) return console.log("the local cloud is down");
    console.log(`the local cloud is up; zones: ${status.settings.zones.map(({ name }) => name).join(", ")}`);
    for (const [id, running] of Object.entries(status.hosts))
      console.log(`${id.padEnd(14)} ${running ? "running" : "off"}`);
  });

program.parseAsync().catch((error: Error) => {
  log(error.message);
  process.exitCode = 1;
});
