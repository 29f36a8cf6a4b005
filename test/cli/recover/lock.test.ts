import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HostLocked, lockHost } from "../../../cli/recover/lock";
import type { SshHost } from "../../../components/host/ssh";
import { waitUntil } from "../../../local-cloud/wait";
import { startSshServer } from "../../local-cloud/providers/command/ssh-server";

let server: Awaited<ReturnType<typeof startSshServer>>;
let host: SshHost;

beforeAll(async () => {
  server = await startSshServer({ acceptEnv: [], root: tmpdir() });
  host = { host: "127.0.0.1", port: server.port, privateKey: server.privateKey, hostKey: server.hostKey };
});
afterAll(() => server.close());

it("keeps a second recovery off, tells who is at work, and is let go of", async () => {
  const release = await lockHost(host, "ana o'hara, since noon");
  await expect(lockHost(host, "luis")).rejects.toThrow(new HostLocked("ana o'hara, since noon"));
  release();
  await free();
});

it("is let go of when its holder is killed", async () => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "hold-lock.ts"), JSON.stringify(host), "ana"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(child.stdout, "data");
  await expect(lockHost(host, "luis")).rejects.toThrow("ana");
  child.kill("SIGKILL");
  await free();
});

/** Takes the lock once whoever had it has let go, and lets go of it. */
const free = () =>
  waitUntil(
    async () => {
      (await lockHost(host, "luis"))();
      return true;
    },
    { what: "the lock to be free", seconds: 10 },
  );
