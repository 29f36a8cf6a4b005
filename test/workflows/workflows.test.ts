import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { scripts } from "../../package.json";

const folder = join(__dirname, "..", "..", ".github", "workflows");
const files = readdirSync(folder);
const text = (file: string) => readFileSync(join(folder, file), "utf8");

interface Workflow {
  readonly permissions: Record<string, string>;
  readonly jobs: Record<
    string,
    {
      readonly if?: string;
      readonly permissions?: Record<string, string>;
      readonly steps: { uses?: string; run?: string }[];
    }
  >;
}
const workflow = (file: string) => parse(text(file)) as Workflow;
const steps = (file: string) => Object.values(workflow(file).jobs).flatMap((job) => job.steps);

it("there is one for tests, previews, drift, drills, the verification of backups and their expiry", () =>
  expect(files.toSorted()).toEqual(["ci.yml", "drift.yml", "drill.yml", "expire.yml", "preview.yml", "verify.yml"]));

describe.each(files)("%s", (file) => {
  it("calls scripts that exist", () => {
    const called = steps(file).flatMap(({ run = "" }) =>
      [...run.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test))\b/g)].map(([, run, test]) => run ?? test),
    );
    for (const name of called) expect(Object.keys(scripts)).toContain(name);
  });
  it("pins every action by commit, with its version beside", () => {
    const used = [...text(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

it("each may read the code, and its job what it cannot do without", () => {
  for (const file of files) expect(workflow(file).permissions).toEqual({ contents: "read" });
  const jobs = Object.fromEntries(files.flatMap((file) => Object.entries(workflow(file).jobs)));
  expect(Object.fromEntries(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]))).toEqual({
    test: undefined,
    drift: { contents: "read", "id-token": "write", issues: "write" },
    drill: { contents: "write" },
    check: { contents: "read", "id-token": "write" },
    expire: { contents: "read", "id-token": "write" },
    verify: { contents: "write", "id-token": "write" },
    preview: { contents: "read", "id-token": "write", "pull-requests": "write" },
  });
});

it("a fork's pull request sees no secret", () =>
  expect(workflow("preview.yml").jobs["preview"]?.if).toBe(
    "github.event.pull_request.head.repo.full_name == github.repository",
  ));

it("nobody has a long-lived key of AWS", () => {
  for (const file of files) expect(text(file)).not.toMatch(/AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID/);
});

it("actionlint finds nothing", { timeout: 180_000 }, async () => {
  const args = ["run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12", "-shellcheck=", "-pyflakes="];
  const { stdout } = await promisify(execFile)("go", [...args, ...files.map((file) => join(folder, file))]);
  expect(stdout).toBe("");
});
