import { once } from "node:events";
import type { Server } from "node:http";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createAdaptorServer } from "@hono/node-server";
import { addresses, credentials } from "./addresses";
import { adminRoutes, daemonSettings, type Admin, type DaemonSettings } from "./admin";
import { start as startCloudflare } from "./cloudflare";
import { start as startDns } from "./dns";
import { startOuterDocker } from "./docker/outer";
import { start as startHetzner } from "./hetzner";
import { LocalHostDriver } from "./hosts/driver";
import { Hosts } from "./hosts/host";
import { bootHostinger, connectHostinger, destroyHostinger, rebootHostinger, resumeHostinger } from "./hosts/hostinger";
import { VolumeStore } from "./hosts/volumes";
import { ensurePki } from "./pki";
import { startRegistry } from "./registry";
import { startS3 } from "./s3/start";
import { state } from "./state";

/** Both sides on which the local cloud's services listen: the operator's, and the hosts'. */
const bothSides = [addresses.front, addresses.bridgeGateway];

/**
 * Starts every part of the local cloud, and the hosts of a former run. What it depends on comes first, and is stopped last.
 * @returns what stops all of it; a failed start has stopped what it had started
 */
async function startCloud(settings: DaemonSettings): Promise<() => Promise<void>> {
  const started: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (let part = started.pop(); part; part = started.pop()) await part.close();
  };
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    started.push(part);
    return part;
  };
  try {
    const pki = await ensurePki(state.pki());
    // Not stopped with the daemon: whoever replaces it builds images meanwhile. `cloud:down` stops it.
    const { docker } = await startOuterDocker();
    const { dockerRegistry, versitygw, hostImage, zones } = settings;
    keep(
      await startRegistry({
        dir: state.registry(),
        dockerRegistry,
        hostnames: bothSides,
        port: addresses.registry.port,
        pki,
      }),
    );
    const s3 = keep(
      await startS3({
        dir: state.s3(),
        versitygw,
        hostnames: bothSides,
        port: addresses.s3.port,
        iamPort: addresses.iam.port,
        pki,
        rootAccessKey: credentials.awsAccessKey,
        rootSecretKey: credentials.awsSecretKey,
        region: "us-east-1",
      }),
    );
    const cloudflare = keep(await startCloudflare({ stateFile: state.cloudflare(), zones }));
    keep(await startDns({ zones: cloudflare.zones }));

    const hosts = new Hosts(docker, hostImage, pki.caPem);
    const volumes = new VolumeStore(state.volumes());
    keep({ close: () => powerDown(hosts, volumes) });
    const hetzner = keep(
      await startHetzner({ stateFile: state.hetzner(), driver: new LocalHostDriver(hosts, volumes) }),
    );
    await Promise.all([hetzner.resumed, resumeHostinger(hosts)]);

    const admin: Admin = {
      settings: () => settings,
      hosts: () => hosts.status(),
      bootHostinger: (args) => bootHostinger(hosts, args),
      destroyHostinger: () => destroyHostinger(hosts),
      connectHostinger: (connected) => connectHostinger(hosts, connected),
      rebootHostinger: () => rebootHostinger(hosts),
      reset: async () => {
        await hetzner.reset();
        await cloudflare.reset();
        await wipe(hosts, volumes);
        await s3.reset();
      },
    };
    keep(await serveAdmin(admin));
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Shuts every host down in order; what they hold stays. */
async function powerDown(hosts: Hosts, volumes: VolumeStore): Promise<void> {
  await Promise.all(Object.keys(await hosts.status()).map((id) => hosts.stop(id)));
  await Promise.all((await volumes.list()).map((id) => volumes.unplug(id)));
}

/** Deletes every host and volume, whoever made them. */
async function wipe(hosts: Hosts, volumes: VolumeStore): Promise<void> {
  await Promise.all(Object.keys(await hosts.status()).map((id) => hosts.destroy(id)));
  await Promise.all((await volumes.list()).map((id) => volumes.destroy(id)));
}

async function serveAdmin(admin: Admin): Promise<{ close(): Promise<void> }> {
  await rm(state.adminSocket(), { force: true });
  const server = createAdaptorServer({ fetch: adminRoutes(admin).fetch }) as Server;
  server.listen(state.adminSocket());
  await once(server, "listening");
  return {
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** The process: `daemon.ts SETTINGS`, with the settings as JSON. It ends on SIGTERM, when everything but the outer dockerd has been stopped. */
async function main(): Promise<void> {
  const settings = daemonSettings.parse(JSON.parse(process.argv[2]!));
  await mkdir(state.run(), { recursive: true });
  await writeFile(state.daemonPid(), `${process.pid}`);
  // A signal during the start waits for its end, so that nothing is left half started.
  const asked = once(process, "SIGTERM");
  const close = await startCloud(settings);
  console.log(`${new Date().toISOString()} the local cloud is up`);
  await asked;
  await close();
  await rm(state.daemonPid());
  console.log(`${new Date().toISOString()} the local cloud is down`);
  process.exit(0);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
