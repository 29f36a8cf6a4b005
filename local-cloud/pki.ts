import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { addresses } from "./addresses";

/** The local cloud's certificate authority and the one server certificate that all its TLS services present. */
export interface Pki {
  /** The CA's certificate, PEM: what a client has to trust. */
  readonly caPem: string;
  /** The same as a file, for NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, pgBackRest, restic, ... */
  readonly caFile: string;
  /** Server certificate, PEM. */
  readonly certFile: string;
  /** Its private key, PEM, mode 0600. */
  readonly keyFile: string;
}

/** Names and addresses the server certificate is valid for. */
const dnsNames = [
  addresses.s3.host,
  "*.local-cloud.test",
  "localhost",
  // As a name too: pgBackRest on the operator's machine, which resolves no name of the local cloud, does not look at IP addresses.
  addresses.front,
];
const ipAddresses = ["127.0.0.1", addresses.front, addresses.bridgeGateway];

const caDays = 3650;
/** The most that clients accept of a server certificate (Apple's limit; the strictest in use). */
const serverDays = 397;
/** A certificate this close to its end is replaced. */
const renewBeforeMs = 30 * 24 * 3600 * 1000;

/**
 * The local CA kept under `dir`, and a server certificate for the local cloud's names. Both are made on first use; the server
 * certificate is renewed when it would expire within 30 days or does not cover a name; the CA only when it would expire itself,
 * because every client and emulated host trusts it by value. Needs the `openssl` command (3.0 or newer).
 */
export async function ensurePki(dir: string): Promise<Pki> {
  const file = (name: string) => join(dir, name);
  const caFile = file("ca.pem");
  const caKeyFile = file("ca.key");
  const certFile = file("server.pem");
  const keyFile = file("server.key");
  await mkdir(dir, { recursive: true, mode: 0o700 });

  const caRenewed = !(await isFresh(caFile, caKeyFile));
  if (caRenewed) {
    await issue(dir, caFile, caKeyFile, caDays, "SmarterOS local cloud CA", [
      ["basicConstraints", "critical,CA:TRUE,pathlen:0"],
      ["keyUsage", "critical,keyCertSign,cRLSign"],
    ]);
  }
  if (caRenewed || !(await isFresh(certFile, keyFile, await readFile(caFile)))) {
    const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((ip) => `IP:${ip}`)].join(",");
    const extensions: Extension[] = [
      ["basicConstraints", "critical,CA:FALSE"],
      ["keyUsage", "critical,digitalSignature"],
      ["extendedKeyUsage", "serverAuth"],
      ["subjectAltName", names],
    ];
    await issue(dir, certFile, keyFile, serverDays, addresses.s3.host, extensions, [
      "-CA",
      caFile,
      "-CAkey",
      caKeyFile,
    ]);
  }
  return { caPem: await readFile(caFile, "utf8"), caFile, certFile, keyFile };
}

type Extension = readonly [name: string, value: string];

/** Makes a P-256 key and its certificate (self-signed unless `signer` names a CA); both appear at once or not at all. */
async function issue(
  dir: string,
  certFile: string,
  keyFile: string,
  days: number,
  commonName: string,
  extensions: Extension[],
  signer: string[] = [],
): Promise<void> {
  const scratch = await mkdtemp(join(dir, ".new-"));
  try {
    const cert = join(scratch, "cert");
    const key = join(scratch, "key");
    const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", key];
    const added = extensions.flatMap(([name, value]) => ["-addext", `${name}=${value}`]);
    // "-config /dev/null": the distribution's openssl.cnf would add its own basicConstraints beside ours.
    await promisify(execFile)("openssl", [
      ...["req", "-x509", "-config", "/dev/null", "-subj", `/CN=${commonName}`, "-days", String(days)],
      ...fresh,
      ...added,
      ...signer,
      ...["-out", cert],
    ]);
    await chmod(key, 0o600);
    await rename(key, keyFile);
    await rename(cert, certFile);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** True when both files exist, belong together and stay valid long enough; with `ca`, also signed by it and covering every name. */
async function isFresh(certFile: string, keyFile: string, ca?: Buffer): Promise<boolean> {
  if (!existsSync(certFile) || !existsSync(keyFile)) return false;
  const cert = new X509Certificate(await readFile(certFile));
  if (Date.parse(cert.validTo) - Date.now() < renewBeforeMs) return false;
  if (!cert.checkPrivateKey(createPrivateKey(await readFile(keyFile)))) return false;
  if (!ca) return true;
  const covers =
    dnsNames.every((name) => cert.checkHost(name.replace("*", "any")) !== undefined) &&
    ipAddresses.every((ip) => cert.checkIP(ip) !== undefined);
  return covers && cert.verify(new X509Certificate(ca).publicKey);
}
