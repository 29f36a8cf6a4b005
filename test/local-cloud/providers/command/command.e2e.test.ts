import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../../../../local-cloud/wait";
import { createProject } from "../project";
import { startSshServer } from "./ssh-server";

let dir: string;
let server: Awaited<ReturnType<typeof startSshServer>>;
let project: Awaited<ReturnType<typeof createProject>>;

const up = () => project.pulumi(["up", "--yes", "--skip-preview"]);
const set = (key: string, value: string) => project.pulumi(["config", "set", key, value]);
const unset = (key: string) => project.pulumi(["config", "rm", key]);
const journal = () => readFile(join(dir, "journal"), "utf8");
const succeeded = (output: string) => ({ exitCode: 0, output: expect.stringContaining(output) });
const failed = (output: string) => ({ exitCode: 1, output: expect.stringContaining(output) });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "command-"));
  await mkdir(join(dir, "root"));
  await mkdir(join(dir, "folder", "inner"), { recursive: true });
  await writeFile(join(dir, "folder", "inner", "file"), "deep");
  server = await startSshServer({ acceptEnv: ["ALLOWED", "PULUMI_COMMAND_STDOUT"], root: join(dir, "root") });
  project = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["command"],
    config: {
      port: String(server.port),
      hostKey: server.hostKey,
      journal: join(dir, "journal"),
      folder: join(dir, "folder"),
    },
  });
  await writeFile(join(dir, "key"), server.privateKey);
  await project.pulumi(["config", "set", "--secret", "privateKey", "--", server.privateKey]);
}, 600_000);

afterAll(async () => {
  await project?.remove();
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

describe("commands, over ssh", { timeout: 120_000 }, () => {
  it("run, show what they may show, and keep what came of a secret secret", async () => {
    const { exitCode, output } = await up();
    expect([exitCode, output]).toEqual([0, expect.stringContaining("6 created")]);
    expect(output).toContain("to stderr");
    expect(output).not.toContain("made\n");
    expect(await journal()).toBe("fed by stdin\n");
    const outputs = JSON.parse((await project.pulumi(["stack", "output", "--json"])).output);
    expect(outputs).toEqual({ guardedOutput: "[secret]", openOutput: "42", localOutput: "hello\nfrom stdin" });
    const state = (await project.pulumi(["stack", "export"])).output;
    expect(state).not.toContain("fed by stdin");
    expect(state).not.toContain("PRIVATE KEY");
  });

  it("copy a text and a folder, making folders on the way", async () => {
    expect(await readFile(join(dir, "root", "made/on/the/way/text"), "utf8")).toBe("one");
    expect(await readFile(join(dir, "root", "folders/folder/inner/file"), "utf8")).toBe("deep");
  });

  it("do not connect when nothing has changed", async () => {
    const before = server.accepted();
    expect(await project.pulumi(["preview", "--refresh", "--expect-no-changes"])).toEqual(succeeded("6 unchanged"));
    expect(server.accepted()).toBe(before);
  });

  it("run `create` again on a change when there is no `update`", async () => {
    await project.pulumi(["config", "set", "--secret", "stdin", "again\n"]);
    await set("text", "two");
    expect(await up()).toEqual(succeeded("2 updated"));
    expect(await journal()).toBe("fed by stdin\nagain\n");
    expect(await readFile(join(dir, "root", "made/on/the/way/text"), "utf8")).toBe("two");
  });

  it("run `update` on a change when there is one", async () => {
    await set("update", `echo updated >>${join(dir, "journal")}; echo renewed`);
    expect(await up()).toEqual(succeeded("1 updated"));
    expect(await journal()).toBe("fed by stdin\nagain\nupdated\n");
  });

  it("are replaced by a trigger: the old one's `delete` knows what it had written", async () => {
    await set("trigger", "second");
    await unset("update");
    expect(await up()).toEqual(succeeded("1 replaced"));
    expect(await journal()).toBe("fed by stdin\nagain\nupdated\nagain\ndeleted after renewed\n");
  });

  it("fail with the command line and its output, but not its input", async () => {
    await set("create", "cat >/dev/null; echo no space left >&2; exit 3");
    const { exitCode, output } = await up();
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining(
        'Process exited with status 3: running "cat >/dev/null; echo no space left >&2; exit 3":\n    no space left',
      ),
    ]);
    expect(output).not.toContain("again");
    await unset("create");
    expect(await up()).toEqual(succeeded("unchanged"));
  });

  it("refuse a host with another key than the pinned one, after the dials that are allowed", async () => {
    await set("hostKey", server.otherHostKey);
    const before = server.accepted();
    const { exitCode, output } = await up();
    expect([exitCode, output]).toEqual([1, expect.stringContaining("the host's key is not the pinned one")]);
    expect(output).toContain(server.hostKey);
    // Three dials each: the first command, and what does not depend on it.
    const dials = server.accepted() - before;
    expect([dials >= 3, dials % 3]).toEqual([true, 0]);
    await set("hostKey", server.hostKey);
  });

  it("wait for a host that does not answer yet", async () => {
    const booting = await server.goDown();
    await set("dialErrorLimit", "60");
    const running = up();
    await waitUntil(() => booting.dials() > 3, { what: "dials that fail", seconds: 60 });
    await booting.done();
    expect(await running).toEqual(succeeded("updated"));
  });

  it("tell when the server does not take the environment", async () => {
    await set("environment", JSON.stringify({ ALLOWED: "1", REFUSED: "2" }));
    expect(await up()).toEqual(
      failed("could not set environment variable REFUSED: the SSH server's AcceptEnv does not allow it"),
    );
    await set("environment", JSON.stringify({ ALLOWED: "value" }));
    await set("create", `echo "$ALLOWED" >>${join(dir, "journal")}`);
    expect(await up()).toEqual(succeeded("1 updated"));
    expect(await journal()).toMatch(/value\n$/);
  });

  it("run their `delete` when they are destroyed", async () => {
    expect(await project.pulumi(["destroy", "--yes", "--skip-preview"])).toEqual(succeeded("6 deleted"));
    expect(await journal()).toMatch(/deleted after .*\n$/);
  });
});
