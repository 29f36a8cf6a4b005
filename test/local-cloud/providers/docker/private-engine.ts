import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import Docker from "dockerode";
import { startChild } from "../../../../local-cloud/child";
import { ensureToolchain } from "../../../../toolchain/ensure";

const run = promisify(execFile);

/** Programs of the test image. */
const programs = ["/bin/sh", "/bin/cat", "/bin/sleep", "/bin/touch", "/bin/grep", "/bin/ls"];

/**
 * A Docker Engine for one test file: its own data and its own network namespace, so that it disturbs no other. It holds one image,
 * `tiny:1`, made of the machine's own shell. `ssh` in `path` stands for a host whose engine this is: it serves
 * `docker system dial-stdio`, and writes its arguments to `sshCalls`.
 */
export async function startPrivateEngine() {
  await ensureToolchain({ want: ["debian"] });
  const dir = await mkdtemp(join(tmpdir(), "dockerd-"));
  const socket = join(dir, "docker.sock");
  const child = await startChild({
    name: "dockerd",
    command: "unshare",
    args: [
      ...["--net", "sh", "-c", 'ip link set lo up && exec dockerd "$@"', "dockerd", "--host", `unix://${socket}`],
      ...["--data-root", join(dir, "data"), "--exec-root", join(dir, "exec"), "--pidfile", join(dir, "engine.pid")],
    ],
    dir,
    ready: { socket, path: "/_ping" },
  });
  const docker = new Docker({ socketPath: socket });
  await importTinyImage(docker);
  await writeFile(join(dir, "ssh"), sshScript(socket, join(dir, "ssh-calls")), { mode: 0o755 });

  return {
    docker,
    dir,
    host: `unix://${socket}`,
    path: `${dir}:${process.env["PATH"]}`,
    sshCalls: async () => (await readFile(join(dir, "ssh-calls"), "utf8")).trim().split("\n"),
    async close() {
      await child.close();
      // dockerd leaves a network namespace mounted, and with it the folder could not be deleted.
      const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
      for (const mount of mounts.filter((path) => path.startsWith(`${dir}/`)).reverse()) await run("umount", [mount]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const sshScript = (socket: string, calls: string) => `#!/bin/sh
echo "$*" >>'${calls}'
case "$*" in *refused*) echo "ssh: connect to host refused port 22: Connection refused" >&2; exit 255;; esac
exec docker --host 'unix://${socket}' system dial-stdio
`;

async function importTinyImage(docker: Docker): Promise<void> {
  const { stdout } = await run("ldd", programs);
  const libraries = [...new Set(stdout.match(/\/\S+\.so\S*(?= \()/g))];
  const tar = spawn("tar", ["--create", "--dereference", "--file=-", ...programs, ...libraries], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const progress = await docker.importImage(Readable.from(await buffer(tar.stdout)), { repo: "tiny", tag: "1" });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  );
}
