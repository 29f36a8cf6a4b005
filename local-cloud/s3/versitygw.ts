import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startChild, type Child } from "../child";
import type { Pki } from "../pki";
import type { Upstream } from "../tls-front";

export interface VersitygwArgs {
  /** Everything it keeps: objects, versions, identities, logs and sockets. */
  readonly dir: string;
  /** Path of the executable. */
  readonly versitygw: string;
  readonly rootAccessKey: string;
  readonly rootSecretKey: string;
  readonly region: string;
  readonly pki: Pki;
}

export interface Versitygw {
  /** Speaks TLS although nobody can listen in: only so does it take a request for secure (aws:SecureTransport in policies). */
  readonly s3: Upstream;
  /** Speaks plain HTTP. */
  readonly iamSocket: string;
  close(): Promise<void>;
  /** Empty again: no bucket, no identity. */
  reset(): Promise<void>;
}

const health = "/local-cloud-health";

/**
 * The real S3 and IAM of the local cloud: versitygw on plain files, with versions and Object Lock, and its standalone IAM service,
 * which the S3 server asks about every request (users, access keys and inline policies are enforced, without a cache).
 */
export async function startVersitygw(args: VersitygwArgs): Promise<Versitygw> {
  const { dir, versitygw, region, pki } = args;
  const run = join(dir, "run");
  const folders = {
    buckets: join(dir, "buckets"),
    versions: join(dir, "versions"),
    identities: join(dir, "identities"),
  };
  const s3Socket = join(run, "s3.sock");
  const iamSocket = join(run, "iam.sock");
  const iamPrivateSocket = join(run, "iam-private.sock");
  const env = { ROOT_ACCESS_KEY_ID: args.rootAccessKey, ROOT_SECRET_ACCESS_KEY: args.rootSecretKey };
  const always = ["--keep-alive", "--health", health];
  let children: Child[] = [];

  const start = async () => {
    for (const folder of [run, ...Object.values(folders)]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(iamPrivateSocket, { force: true });
    // IAM first: the S3 server checks at its start that it can ask it. IAM is a global service and signs for us-east-1.
    const iam = await startChild({
      name: "versitygw-iam",
      command: versitygw,
      args: [
        ...["--port", iamSocket, "--region", "us-east-1", ...always],
        ...["iam", "--dir", folders.identities, "--private-ports", iamPrivateSocket],
      ],
      env,
      dir: run,
      ready: { socket: iamSocket, path: health },
    });
    children.push(iam);
    const s3 = await startChild({
      name: "versitygw-s3",
      command: versitygw,
      args: [
        ...["--port", s3Socket, "--region", region, ...always, "--iam-standalone-endpoint", iamPrivateSocket],
        ...["--cert", pki.certFile, "--key", pki.keyFile],
        ...["posix", "--versioning-dir", folders.versions, folders.buckets],
      ],
      env,
      dir: run,
      ready: { socket: s3Socket, path: health, ca: pki.caPem },
    });
    children.push(s3);
  };
  const close = async () => {
    await Promise.all(children.map((child) => child.close()));
    children = [];
  };
  const startOrClose = () =>
    start().catch(async (error) => {
      await close();
      throw error;
    });

  await startOrClose();
  return {
    s3: { socketPath: s3Socket, ca: pki.caPem },
    iamSocket,
    close,
    reset: async () => {
      await close();
      for (const folder of Object.values(folders)) await rm(folder, { recursive: true, force: true });
      await startOrClose();
    },
  };
}
