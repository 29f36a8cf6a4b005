import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { Server, utils, type Connection, type Session, type SFTPWrapper } from "ssh2";
import { newSshKey } from "../../../../toolchain/sshkeys";

export interface SshServerArgs {
  /** Environment variables that it takes, as sshd's AcceptEnv. */
  readonly acceptEnv: readonly string[];
  /** What SFTP shows as "/". */
  readonly root: string;
  /** Home of who logs in: its .ssh/authorized_keys says by which keys. @default one client key, and no home */
  readonly home?: string;
}

/** An SSH server for one test file, on a free port of 127.0.0.1: runs commands by the machine's shell, for one client key. */
export async function startSshServer({ acceptEnv, root, home }: SshServerArgs) {
  const [hostKey, clientKey] = [newSshKey("host"), newSshKey("client")];
  const allowed = (utils.parseKey(clientKey.publicKey) as { getPublicSSH(): Buffer }).getPublicSSH();
  const isAllowed = (key: Buffer) =>
    home === undefined
      ? key.equals(allowed)
      : // As sshd's own default has it.
        ["authorized_keys", "authorized_keys2"].some((name) => {
          const file = join(home, ".ssh", name);
          return existsSync(file) && readFileSync(file, "utf8").includes(key.toString("base64"));
        });
  const connections = new Set<Connection>();
  let accepted = 0;

  const server = new Server({ hostKeys: [hostKey.privateKey] }, (connection) => {
    connections.add(connection);
    accepted += 1;
    connection
      .on("authentication", (auth) =>
        auth.method === "publickey" && isAllowed(auth.key.data) ? auth.accept() : auth.reject(["publickey"]),
      )
      .on("session", (accept) => serveSession(accept(), acceptEnv, root, home))
      // A client that leaves without goodbye.
      .on("error", () => connection.end())
      .on("close", () => connections.delete(connection));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () => {
    for (const connection of connections) connection.end();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    privateKey: clientKey.privateKey,
    hostKey: hostKey.publicKey.split(" ").slice(0, 2).join(" "),
    /** A key that the server does not have. */
    otherHostKey: clientKey.publicKey.split(" ").slice(0, 2).join(" "),
    /** Connections so far. */
    accepted: () => accepted,
    close,
    /** The host without its SSH server: connections are made and dropped, until `done` brings the server back. */
    async goDown() {
      await close();
      let dials = 0;
      const dropping = createServer((socket) => {
        dials += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => dropping.listen(port, "127.0.0.1", resolve));
      return {
        dials: () => dials,
        async done() {
          await new Promise((resolve) => dropping.close(resolve));
          await listen(port);
        },
      };
    },
  };
}

function serveSession(session: Session, acceptEnv: readonly string[], root: string, home?: string): void {
  const environment: Record<string, string> = home === undefined ? {} : { HOME: home };
  session
    .on("env", (accept, reject, { key, val }) => {
      const takes = acceptEnv.includes(key);
      if (takes) environment[key] = val;
      (takes ? accept : reject)?.();
    })
    .on("exec", (accept, _reject, { command }) => {
      const channel = accept();
      const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], ...environment } });
      channel.pipe(child.stdin).on("error", () => child.stdin.destroy());
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.on("close", (code, signal) => {
        if (code === null) channel.exit(signal!.slice(3), false, "");
        else channel.exit(code);
        channel.end();
      });
      channel.on("close", () => child.kill());
    })
    .on("sftp", (accept) => serveFiles(accept(), root));
}

/** As much of SFTP as an upload needs. */
function serveFiles(sftp: SFTPWrapper, root: string): void {
  const { OK, NO_SUCH_FILE } = utils.sftp.STATUS_CODE;
  const open = new Map<string, { path: string; chunks: Buffer[] }>();
  const attributes = (path: string) =>
    stat(join(root, path)).then(({ mode, size, uid, gid }) => ({ mode, size, uid, gid, atime: 0, mtime: 0 }));
  const tell = (id: number, work: Promise<unknown>) =>
    work.then(
      () => sftp.status(id, OK),
      (error: Error) => sftp.status(id, NO_SUCH_FILE, error.message),
    );
  sftp
    .on(
      "STAT",
      (id, path) =>
        void attributes(path).then(
          (found) => sftp.attrs(id, found),
          () => sftp.status(id, NO_SUCH_FILE),
        ),
    )
    .on("MKDIR", (id, path) => void tell(id, mkdir(join(root, path))))
    .on("OPEN", (id, path) => {
      const handle = Buffer.from(String(id));
      open.set(handle.toString(), { path, chunks: [] });
      sftp.handle(id, handle);
    })
    .on("WRITE", (id, handle, _offset, data) => {
      open.get(handle.toString())!.chunks.push(Buffer.from(data));
      sftp.status(id, OK);
    })
    .on("FSETSTAT", (id) => sftp.status(id, OK))
    .on("CLOSE", (id, handle) => {
      const { path, chunks } = open.get(handle.toString())!;
      void tell(id, writeFile(join(root, path), Buffer.concat(chunks)));
    });
}
