import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject } from "../project";
import { startPrivateEngine } from "./private-engine";

let engine: Awaited<ReturnType<typeof startPrivateEngine>>;
let project: Awaited<ReturnType<typeof createProject>>;

const pulumi = (...args: string[]) => project.pulumi(args, { PATH: engine.path });
const up = (...more: string[]) => pulumi("up", "--yes", "--skip-preview", ...more);
const drift = () => pulumi("preview", "--refresh", "--expect-no-changes", "--diff");
const set = (key: string, value: string) => pulumi("config", "set", key, value);
const unset = (key: string) => pulumi("config", "rm", key);
const web = () => engine.docker.getContainer("web");
const succeeded = (output: string) => ({ exitCode: 0, output: expect.stringContaining(output) });
const failed = (output: string) => ({ exitCode: 1, output: expect.stringContaining(output) });

beforeAll(async () => {
  engine = await startPrivateEngine();
  await mkdir(join(engine.dir, "volume"));
  project = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["docker"],
    config: { host: "ssh://root@host.test:2222", dataDir: join(engine.dir, "volume") },
  });
  await pulumi("config", "set", "--secret", "upload", "PASSWORD='secret'\n");
}, 600_000);

afterAll(async () => {
  await project?.remove();
  await engine?.close();
});

describe("a container and what it needs, by ssh", { timeout: 120_000 }, () => {
  it("is made, filled and waited for; its secret stays one", async () => {
    expect(await up()).toEqual(succeeded("6 created"));
    expect(await readFile(join(engine.dir, "volume", "copied"), "utf8")).toBe("PASSWORD='secret'\n");
    const { State: state, NetworkSettings: settings, Image: image } = await web().inspect();
    expect([state.Health?.Status, Object.keys(settings.Networks)]).toEqual(["healthy", ["site"]]);
    expect(settings.Networks["site"]!.Aliases).toContain("www");
    const outputs = JSON.parse((await pulumi("stack", "output", "--json")).output);
    expect(outputs).toMatchObject({ imageId: image, networkName: "site" });
    expect((await pulumi("stack", "export")).output).not.toContain("PASSWORD='secret'");
  });

  it("goes through ssh as Docker's client does, over few connections", async () => {
    const calls = await engine.sshCalls();
    expect(calls[0]).toBe(
      "-i /path/to/key -l root -p 2222 -o ConnectTimeout=30 -T -- host.test docker system dial-stdio",
    );
    expect(calls.length).toBeLessThanOrEqual(6);
  });

  it("shows no drift when nothing has changed, nor a change on the next up", async () => {
    expect(await drift()).toEqual(succeeded("6 unchanged"));
    expect(await up()).toEqual(succeeded("6 unchanged"));
  });

  it("shows a stopped container as drift, and starts it", async () => {
    await web().stop({ t: 0 });
    const { exitCode, output } = await drift();
    expect([exitCode, output]).toEqual([7, expect.stringMatching(/mustRun\s*: false => true/)]);
    expect(await up("--refresh")).toEqual(succeeded("1 updated"));
    expect((await web().inspect()).State.Running).toBe(true);
    expect(await drift()).toEqual(succeeded("6 unchanged"));
  });

  it("shows a limit that was changed behind its back, and sets it again in place", async () => {
    const { Id: id } = await web().inspect();
    await web().update({ Memory: 96 * 1024 * 1024, MemorySwap: 192 * 1024 * 1024 });
    const { exitCode, output } = await drift();
    expect([exitCode, output]).toEqual([7, expect.stringMatching(/memory\s*: 96 => 64/)]);
    await set("memory", "80");
    expect(await up("--refresh")).toEqual(succeeded("1 updated"));
    const { Id: after, HostConfig: limits } = await web().inspect();
    expect([after, limits.Memory]).toEqual([id, 80 * 1024 * 1024]);
  });

  it("is replaced when a file that it was given is another, as a rotated secret is", async () => {
    await pulumi("config", "set", "--secret", "upload", "PASSWORD='another secret'\n");
    expect(await up()).toEqual(succeeded("1 replaced"));
    expect(await readFile(join(engine.dir, "volume", "copied"), "utf8")).toBe("PASSWORD='another secret'\n");
  });

  it("makes again what was removed behind its back", async () => {
    await web().remove({ force: true });
    await engine.docker.getNetwork("site").remove();
    expect((await drift()).exitCode).toBe(7);
    expect(await up("--refresh")).toEqual(succeeded("2 created"));
  });

  it("fails early when the container ends, with its last lines, and replaces it on the next up", async () => {
    await set("command", "echo cannot open the database >&2; exit 4");
    expect(await up()).toEqual(failed("container exited with 4 before it was healthy; its last lines:"));
    expect((await pulumi("stack", "export")).output).toContain("cannot open the database");
    await unset("command");
    expect(await up()).toEqual(succeeded("1 replaced"));
  });

  it("reports a container of the same name that is not its own, as the engine does", async () => {
    await web().remove({ force: true });
    await engine.docker.createContainer({ name: "web", Image: "tiny:1", Cmd: ["sleep", "1"] });
    expect(await up("--refresh")).toEqual(
      failed('Unable to create container: Conflict. The container name "/web" is already in use'),
    );
    await web().remove({ force: true });
    expect(await up()).toEqual(succeeded("1 created"));
  });

  it("refuses before anything is changed what it does not implement", async () => {
    await set("more", JSON.stringify({ gpus: "all" }));
    expect(await up()).toEqual(failed('the stand-in for docker:index/container:Container does not implement "gpus"'));
    await unset("more");
  });

  it("fails at once when the host does not answer, with ssh's own reason", async () => {
    await set("host", "ssh://root@refused");
    // A preview: an up would write the address into the state.
    expect(await pulumi("preview")).toEqual(
      failed(
        "docker host ssh://root@refused does not answer: ssh exited with 255: ssh: connect to host refused port 22: Connection refused",
      ),
    );
    await set("host", "ssh://root@host.test:2222");
  });

  it("removes everything but the image, which it was told to keep, and the data", async () => {
    expect(await pulumi("destroy", "--yes", "--skip-preview")).toEqual(succeeded("6 deleted"));
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    expect((await engine.docker.listVolumes()).Volumes).toEqual([]);
    expect((await engine.docker.listNetworks()).map(({ Name: name }) => name)).not.toContain("site");
    expect(await engine.docker.listImages()).toHaveLength(1);
    expect(await readFile(join(engine.dir, "volume", "copied"), "utf8")).toContain("secret");
  });
});
