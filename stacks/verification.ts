import * as pulumi from "@pulumi/pulumi";
import { operatorPublicKey } from "../components/host/connection";
import { RecoveryHost } from "../components/host/recovery-host";
import { readConfig } from "./config";
import { chooseServer } from "./hetzner";
import { siteOutputs, type StackOutputs } from "./outputs";
import { findNewest } from "./preflight";
import { hostArgs, orderedHost } from "./recovery";
import { scratchLabels } from "./scratch";
import { deploySite } from "./site";

/**
 * The rehearsal of the recovery, by the recovery's own parts and settings: the newest valid set of the generation that serves, onto a scratch
 * server, wave by wave, to the gate. It claims no generation, has no key to write a backup with, touches no DNS, and is destroyed afterwards.
 */
export async function verification(): Promise<StackOutputs> {
  const settings = readConfig("recovery");
  const config = { ...settings, targetTime: undefined };
  const { site } = config;
  const labels = scratchLabels(site);
  const ordered = orderedHost(config);
  const [found, server] = await Promise.all([findNewest(config, ordered.volume), chooseServer(ordered, labels, operatorPublicKey(site.ssh))]);
  // Of this run alone: what another run has restored counts for nothing.
  const restore = { ...found, restoreId: `verify-g${found.sourceGeneration}-${new Date().toISOString()}` };
  const host = new RecoveryHost("verify", { ...hostArgs(config, server, labels), scratch: true });
  const takeOver = { sourceGeneration: found.sourceGeneration, begin: () => ({ restore: pulumi.output(restore) }) };
  const deployed = deploySite({ config, host, takeOver, scratch: true, labels, existingRecords: [] });
  return { ...siteOutputs(config, deployed), generation: found.sourceGeneration };
}
