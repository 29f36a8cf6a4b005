import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const codename = "bookworm";

/** One "deb" line of the machine's apt configuration. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: string;
}

/**
 * Debian's own sources as this machine has them configured (mirror included), from both formats of sources.list.
 * Other vendors' are left out: their keys are not in a fresh Debian.
 */
export async function machineSources(root = "/etc/apt"): Promise<AptSource[]> {
  const inFolder = join(root, "sources.list.d");
  const files = [join(root, "sources.list"), ...(await readdir(inFolder)).sort().map((name) => join(inFolder, name))];
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readIfThere(file) })));
  const all = texts.flatMap(({ file, text }) => (file.endsWith(".sources") ? parseDeb822(text) : parseOneLine(text)));
  return all.filter(({ suite, components }) => suite.startsWith(codename) && components.split(" ").includes("main"));
}

/** Blocks of `Types:`/`URIs:`/`Suites:`/`Components:` (man sources.list, DEB822-STYLE FORMAT). */
function parseDeb822(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(block)?.[1]?.trim() ?? "";
    if (!field("Types").split(/\s+/).includes("deb") || field("Enabled") === "no") return [];
    return field("URIs")
      .split(/\s+/)
      .flatMap((uri) =>
        field("Suites")
          .split(/\s+/)
          .map((suite) => ({ uri, suite, components: field("Components") })),
      );
  });
}

/** Lines of `deb [options] URI suite components...` */
function parseOneLine(text: string): AptSource[] {
  return [...text.matchAll(/^deb\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(([, uri, suite, components]) => ({
    uri: uri!,
    suite: suite!,
    components: components!.trim(),
  }));
}

/** What every image needs: CA certificates, and an init that reaps. */
export const debianPackages = ["ca-certificates", "tini"];

/** Left out of images, as Debian's own slim images do; dpkg keeps them out of later installations too. */
const excluded = ["/usr/share/doc", "/usr/share/man", "/usr/share/info", "/usr/share/locale", "/usr/share/lintian"];

/**
 * A minimal Debian as a tar archive of its root: debootstrap from the machine's mirror. Takes about a minute.
 * @returns path of the archive, in a folder of its own that the caller removes
 */
export async function bootstrapDebian(log: (line: string) => void): Promise<{ archive: string; folder: string }> {
  const sources = await machineSources();
  const mirror = sources.find(({ suite }) => suite === codename);
  if (!mirror) {
    throw new Error(
      `no source of Debian ${codename} in /etc/apt; the images are made by debootstrap from the machine's mirror; fix: run on Debian 12, or add "deb URI ${codename} main" there`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "smarteros-debian-"));
  const root = join(folder, "root");
  log(`debootstrap ${codename} from ${mirror.uri}`);
  const args = ["--variant=minbase", `--include=${debianPackages.join(",")}`, codename, root, mirror.uri];
  await run("debootstrap", args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 64 << 20 });

  const lines = sources.map(({ uri, suite, components }) => `deb ${uri} ${suite} ${components}\n`);
  await writeFile(join(root, "etc/apt/sources.list"), lines.join(""));
  await writeFile(join(root, "etc/apt/apt.conf.d/01machine"), await machineAptSettings());
  await writeFile(join(root, "etc/apt/apt.conf.d/02slim"), slimApt);
  // Packages that are installed later must not start their servers (Debian Policy 9.3.3.2; exit code 101 is "forbidden").
  await writeFile(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  await writeFile(join(root, "etc/dpkg/dpkg.cfg.d/slim"), excluded.map((path) => `path-exclude ${path}/*\n`).join(""));
  const emptied = [...excluded, "/var/lib/apt/lists", "/var/cache/apt", "/var/log"].map((path) => join(root, path));
  await Promise.all(
    emptied.map(async (path) =>
      Promise.all((await readdir(path)).map((name) => rm(join(path, name), { recursive: true }))),
    ),
  );
  const archive = join(folder, "root.tar");
  await run("tar", [
    "--numeric-owner",
    "--exclude=./dev/*",
    "--exclude=./proc/*",
    "--exclude=./sys/*",
    "-C",
    root,
    "-cf",
    archive,
    ".",
  ]);
  await rm(root, { recursive: true });
  return { archive, folder };
}

/** Nothing that an image would carry for nothing: recommended packages, translations, downloaded packages, apt's caches. */
const slimApt = `APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "false";
Acquire::Languages "none";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
`;

/** The machine's way to its mirror: proxies, and date checks that a snapshot mirror needs off. */
async function machineAptSettings(): Promise<string> {
  const { stdout } = await run("apt-config", ["dump", "--format", '%f "%v";%n', "Acquire"]);
  return `${stdout
    .split("\n")
    .filter((line) => /^Acquire::(Check-|Retries|https?::Proxy)/i.test(line))
    .join("\n")}\n`;
}

const readIfThere = (file: string) =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? "" : Promise.reject(error),
  );
