/** What puts containers back on the site's network, on a real Docker Engine of its own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attachScript, detachedScript } from "../../../cli/recover/scripts";
import { networkName } from "../../../components/services/spec";
import { networkLoss } from "../../../drill/scenarios/networks-broken";
import { startPrivateEngine } from "../../local-cloud/providers/docker/private-engine";

const run = promisify(execFile);
let engine: Awaited<ReturnType<typeof startPrivateEngine>>;
const names = ["odoo", "postgres"];

beforeAll(async () => {
  engine = await startPrivateEngine();
  await makeNetwork();
  for (const name of names) {
    // As the provider does it: made on the default network, which the named one replaces.
    const made = await engine.docker.createContainer({
      name,
      Image: "tiny:1",
      Cmd: ["/bin/sleep", "1000"],
      Labels: { "smarteros.service": name },
      HostConfig: { NetworkMode: "bridge" },
    });
    await engine.docker.getNetwork("bridge").disconnect({ Container: made.id });
    await engine.docker.getNetwork(networkName).connect({ Container: made.id, EndpointConfig: { Aliases: [name] } });
    await made.start();
  }
}, 120_000);

afterAll(() => engine.close(), 60_000);

const makeNetwork = () => engine.docker.createNetwork({ Name: networkName, Driver: "bridge" });
const onHost = async (script: string) =>
  (await run("sh", ["-c", script], { env: { ...process.env, DOCKER_HOST: engine.host } })).stdout;
const inside = async (name: string, ...command: string[]) =>
  (await run("docker", ["exec", name, ...command], { env: { ...process.env, DOCKER_HOST: engine.host } })).stdout;

it("finds nobody who is not on a sound network", async () => expect(await onHost(detachedScript)).toBe(""));

it("puts everybody back on a network that was lost, by name and without a restart", async () => {
  const started = await Promise.all(
    names.map(async (name) => (await engine.docker.getContainer(name).inspect()).State.StartedAt),
  );
  await onHost(networkLoss);
  expect((await onHost(detachedScript)).split("\n").filter(Boolean).sort()).toEqual(names);
  await makeNetwork();
  await onHost(attachScript(names));
  expect(await onHost(detachedScript)).toBe("");
  for (const [i, name] of names.entries()) {
    const { NetworkSettings, State } = await engine.docker.getContainer(name).inspect();
    expect(NetworkSettings.Networks[networkName]?.Aliases).toContain(name);
    expect(State.StartedAt).toBe(started[i]);
    // Docker's own name server: the others are found by their names.
    expect(await inside(name, "/bin/cat", "/etc/resolv.conf")).toContain("nameserver 127.0.0.11");
  }
});
