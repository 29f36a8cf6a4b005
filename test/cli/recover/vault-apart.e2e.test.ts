/** Vault's container off the site's network and back on it, on a real Docker Engine of its own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { detachedScript, stopScript } from "../../../cli/recover/scripts";
import { apart, isolateScript, reopenScript } from "../../../cli/recover/vault-scripts";
import { networkName } from "../../../components/services/spec";
import { startPrivateEngine } from "../../local-cloud/providers/docker/private-engine";

const run = promisify(execFile);
let engine: Awaited<ReturnType<typeof startPrivateEngine>>;

beforeAll(async () => {
  engine = await startPrivateEngine();
  await engine.docker.createNetwork({ Name: networkName, Driver: "bridge" });
  // As the provider does it: made on the default network, which the named one replaces.
  const made = await engine.docker.createContainer({
    name: "vault",
    Image: "tiny:1",
    Cmd: ["/bin/sleep", "1000"],
    StopSignal: "SIGKILL", // the first process of a container hears no other
    Labels: { "smarteros.service": "vault" },
    HostConfig: { NetworkMode: "bridge", RestartPolicy: { Name: "unless-stopped" } },
  });
  await engine.docker.getNetwork("bridge").disconnect({ Container: made.id });
  await engine.docker.getNetwork(networkName).connect({ Container: made.id, EndpointConfig: { Aliases: ["vault"] } });
  await made.start();
}, 120_000);

afterAll(() => engine.close(), 60_000);

const onHost = async (script: string) =>
  (await run("sh", ["-c", script], { env: { ...process.env, DOCKER_HOST: engine.host } })).stdout;
const inspected = () => engine.docker.getContainer("vault").inspect();
const networks = async () => Object.keys((await inspected()).NetworkSettings.Networks);

it("takes it off every network but a closed one of its own; again is the same, and a restart too", async () => {
  await onHost(stopScript(["vault"]));
  await onHost(isolateScript);
  expect(await networks()).toEqual([apart]);
  const { State, NetworkSettings } = await inspected();
  expect(State.Running).toBe(true);
  expect(NetworkSettings.Networks[apart]?.Aliases).toContain("vault");
  expect((await engine.docker.getNetwork(apart).inspect()).Internal).toBe(true);

  await onHost(isolateScript);
  expect((await inspected()).State.StartedAt).toBe(State.StartedAt);
  await onHost("docker restart --time 0 vault");
  expect(await networks()).toEqual([apart]);
}, 60_000);

it("puts it back by its name, without a restart that would seal it; again is the same", async () => {
  const { StartedAt } = (await inspected()).State;
  const at = await onHost(reopenScript);
  expect(Date.parse(at.trim())).toBeGreaterThan(Date.parse(StartedAt));
  await onHost(reopenScript);
  expect(await networks()).toEqual([networkName]);
  expect((await inspected()).NetworkSettings.Networks[networkName]?.Aliases).toContain("vault");
  expect((await inspected()).State.StartedAt).toBe(StartedAt);
  expect(await onHost(detachedScript)).toBe("");
  expect(await onHost("docker network ls --format '{{.Name}}'")).not.toContain(apart);
}, 60_000);
