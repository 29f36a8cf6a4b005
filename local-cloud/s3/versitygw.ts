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
  /** The region that is started at once. */
  readonly region: string;
  readonly pki: Pki;
}

const health = "/local-cloud-health";
const regionName = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * The real S3 and IAM of the local cloud: for each region a versitygw on plain files, with versions and Object Lock, and one
 * standalone IAM service, which they ask about every request (users, access keys and inline policies are enforced, without a
 * cache). A region starts when it is first named.
 */
export class Versitygw {
  private readonly run: string;
  private readonly iamPrivateSocket: string;
  private readonly regions = new Map<string, Promise<Upstream>>();
  private children: Child[] = [];

  private constructor(private readonly args: VersitygwArgs) {
    this.run = join(args.dir, "run");
    this.iamPrivateSocket = join(this.run, "iam-private.sock");
  }

  static async start(args: VersitygwArgs): Promise<Versitygw> {
    const gateway = new Versitygw(args);
    await gateway.open();
    return gateway;
  }

  /** Speaks plain HTTP. */
  get iamSocket(): string {
    return join(this.run, "iam.sock");
  }

  /** S3 of a region; undefined when there can be no such region. */
  async s3(region = this.args.region): Promise<Upstream | undefined> {
    if (!regionName.test(region)) return undefined;
    const known = this.regions.get(region);
    if (known) return known;
    const starting = this.startRegion(region);
    this.regions.set(region, starting);
    starting.catch(() => this.regions.delete(region)); // Whoever asked gets the error; the next one may try again.
    return starting;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.regions.values());
    this.regions.clear();
    await Promise.all(this.children.map((child) => child.close()));
    this.children = [];
  }

  /** Empty again: no bucket, no identity. */
  async reset(): Promise<void> {
    await this.close();
    for (const folder of ["identities", "regions"])
      await rm(join(this.args.dir, folder), { recursive: true, force: true });
    await this.open();
  }

  private async open(): Promise<void> {
    try {
      // IAM first: an S3 server checks at its start that it can ask it.
      await this.startIam();
      await this.s3();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async startIam(): Promise<void> {
    const identities = await this.folder("identities");
    await this.folder("run");
    await rm(this.iamPrivateSocket, { force: true });
    await this.startServer("versitygw-iam", { socket: this.iamSocket, path: health }, [
      // A global service, which signs for us-east-1.
      ...["--port", this.iamSocket, "--region", "us-east-1", ...always],
      ...["iam", "--dir", identities, "--private-ports", this.iamPrivateSocket],
    ]);
  }

  private async startRegion(region: string): Promise<Upstream> {
    const { pki } = this.args;
    const socket = join(this.run, `${region}.sock`);
    const buckets = await this.folder("regions", region, "buckets");
    const versions = await this.folder("regions", region, "versions");
    await this.startServer(`versitygw-${region}`, { socket, path: health, ca: pki.caPem }, [
      ...["--port", socket, "--region", region, ...always, "--iam-standalone-endpoint", this.iamPrivateSocket],
      // TLS although nobody can listen in: only so does it take a request for secure (aws:SecureTransport in policies).
      ...["--cert", pki.certFile, "--key", pki.keyFile],
      ...["posix", "--versioning-dir", versions, buckets],
    ]);
    return { socketPath: socket, ca: pki.caPem };
  }

  private async startServer(
    name: string,
    ready: { socket: string; path: string; ca?: string },
    args: string[],
  ): Promise<void> {
    const { versitygw, rootAccessKey, rootSecretKey } = this.args;
    const env = { ROOT_ACCESS_KEY_ID: rootAccessKey, ROOT_SECRET_ACCESS_KEY: rootSecretKey };
    this.children.push(await startChild({ name, command: versitygw, args, env, dir: this.run, ready }));
  }

  private async folder(...names: string[]): Promise<string> {
    const folder = join(this.args.dir, ...names);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
}

const always = ["--keep-alive", "--health", health];
