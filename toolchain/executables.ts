import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "./paths";
import { isExecutable, which } from "./probe";
import { run } from "./run";
import { engineVersion } from "./versions";

/** A program that is compiled from Go modules, at the versions that toolchain/go/<name>/go.mod and go.sum pin. */
export interface GoExecutable {
  /** Also the folder under toolchain/go. */
  readonly name: string;
  /** Its main package. */
  readonly package: string;
  readonly ldflags: string;
  /** Build tags. @default none */
  readonly tags?: string;
  /** Measured on two cores with nothing cached. */
  readonly buildSeconds: number;
}

export const goExecutables = {
  pulumi: {
    name: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion()}`,
    buildSeconds: 240,
  },
  versitygw: {
    name: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
    ldflags: "-s -w",
    buildSeconds: 80,
  },
  vault: {
    name: "vault",
    package: "github.com/hashicorp/vault",
    ldflags: "-s -w",
    // HashiCorp's own tag: without the plugins of clouds and databases, which the site does not use; a quarter less to compile.
    tags: "minimal",
    buildSeconds: 390,
  },
} as const satisfies Record<string, GoExecutable>;

/** Folder of the pinned module that builds it. */
export const moduleFolder = ({ name }: GoExecutable): string => join(__dirname, "go", name);

/** Arguments of `go` but for the output. `-mod=readonly`: go.mod and go.sum are never changed by a build. */
export const buildArguments = (executable: GoExecutable): string[] => [
  "build",
  "-trimpath",
  "-mod=readonly",
  "-buildvcs=false",
  "-ldflags",
  executable.ldflags,
  ...(executable.tags === undefined ? [] : ["-tags", executable.tags]),
];

/** No C compiler is needed, and the result runs in any container. */
export const buildEnvironment = { CGO_ENABLED: "0", GOWORK: "off" } as const;

/** @throws when there is no Go */
export async function goVersion(): Promise<string> {
  const go = await which("go");
  if (!go)
    throw new Error(
      "go: not on PATH; fix: install Go 1.26 or newer (https://go.dev/dl) and put its bin folder on PATH",
    );
  return (await run(go, ["env", "GOVERSION"], { cwd: __dirname })).stdout.trim();
}

/** Whatever changes the compiled program changes its key: pinned modules, compiler, flags. */
export function executableKey(inputs: {
  readonly goMod: string;
  readonly goSum: string;
  readonly goVersion: string;
  readonly flags: readonly string[];
}): string {
  const hash = createHash("sha256");
  for (const part of [inputs.goMod, inputs.goSum, inputs.goVersion, ...inputs.flags]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** Where the compiled program is, or will be: bin/<name>-<key>/<name>. */
export async function executablePath(executable: GoExecutable): Promise<string> {
  const read = (file: string) => readFile(join(moduleFolder(executable), file), "utf8");
  const flags = [...buildArguments(executable), executable.package, JSON.stringify(buildEnvironment)];
  const key = executableKey({
    goMod: await read("go.mod"),
    goSum: await read("go.sum"),
    goVersion: await goVersion(),
    flags,
  });
  return join(paths.bin(), `${executable.name}-${key}`, executable.name);
}

/** The compiled program, if it is there: without Go to tell its key, none is. */
export async function findExecutable(executable: GoExecutable): Promise<string | undefined> {
  if (!(await which("go"))) return undefined;
  const path = await executablePath(executable);
  return (await isExecutable(path)) ? path : undefined;
}
