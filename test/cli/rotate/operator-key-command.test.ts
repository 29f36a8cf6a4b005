/** `smarter rotate ssh.operator` between the settings, on the real engine, and an SSH server that goes down half-way. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { publicKeyOf } from "../../../cli/rotate/operator-key";
import { rotateOperatorKey } from "../../../cli/rotate/operator-key-command";
import { agesOf, planRotation } from "../../../cli/rotate/plan";
import { RotationSettings } from "../../../cli/rotate/settings";
import type { Opened } from "../../../cli/recover/locked";
import { runOverSsh } from "../../../components/host/ssh";
import { newSshKey } from "../../../toolchain/sshkeys";
import { emptyStack } from "../../empty-stack";
import { startSshServer } from "../../local-cloud/providers/command/ssh-server";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let folder: string;
let file: string;
let settings: RotationSettings;
let server: Awaited<ReturnType<typeof startSshServer>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rotate-key-"));
  file = join(folder, "operator");
  const { privateKey, publicKey } = newSshKey("ana");
  await writeFile(file, privateKey, { mode: 0o600 });
  await mkdir(join(folder, ".ssh"));
  await writeFile(join(folder, ".ssh", "authorized_keys"), `${publicKey}\n`);
  server = await startSshServer({ acceptEnv: [], root: folder, home: folder });
  const project = join(folder, "project");
  settings = new RotationSettings({ access: await emptyStack(project) }, project);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

let said: string[];
beforeEach(() => void (said = []));

/** One run of the command, and what it has said. @param fence of the settings */
async function rotated(fence: object = {}) {
  const say = (line: string) => void said.push(line);
  const host = { host: "127.0.0.1", port: server.port, user: "root", hostKey: server.hostKey };
  const site = { ssh: { user: "root", privateKeyFile: file }, fence: { user: "root", ...fence } };
  const living = { host, config: { site, secrets: { databasePasswords: {} } } };
  const context = { lang: "en", output: { print: say, note: say }, signal: new AbortController().signal };
  const now = new Date();
  const steps = planRotation({ names: ["ssh.operator"] }, agesOf(await settings.record(), []), now.getTime());
  return rotateOperatorKey({ living, context, say } as unknown as Opened, settings, steps, now);
}
const record = async () => (await settings.record())["ssh.operator"];
const key = () => readFile(file, "utf8");

it("is refused where the old site is entered by it and its address is nowhere; nothing is begun", async () => {
  const before = await key();
  await expect(rotated({ hostKey: "ssh-ed25519 B" })).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining("fix: smarteros:site.fence.address"),
  });
  expect([await record(), await key()]).toEqual([undefined, before]);
});

it("fails half-way, says that the key in the file opens the hosts, and goes on when the host is back", async () => {
  const before = await key();
  const down = await server.goDown();
  await expect(rotated()).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/the SSH key that is in the file opens the hosts; fix:/),
  });
  await down.done();
  expect([await key(), (await record())?.pending]).toEqual([before, true]);

  const checks = await rotated();
  expect(checks.map(({ ok }) => ok)).toEqual([true, true]);
  expect(await record()).toEqual({ madeAt: expect.any(String), by: expect.stringMatching(/.@./) });
  const host = { host: "127.0.0.1", port: server.port, hostKey: server.hostKey };
  await expect(runOverSsh({ ...host, privateKey: before }, "true")).rejects.toMatchObject({
    level: "client-authentication",
  });
  expect(await runOverSsh({ ...host, privateKey: await key() }, "echo in")).toBe("in\n");
  expect(publicKeyOf(await key())).not.toBe(publicKeyOf(before));
  expect(said.join("\n")).not.toContain("PRIVATE KEY");
  expect(said.at(-1)).toContain(`give ${file} to whoever recovers`);
});
