import { describe, expect, it } from "vitest";
import { contacts } from "../../plan/organisation";
import { smarter } from "./run-smarter";

const commands = ["status", "failover", "checklist", "audit", "drill", "plan", "contacts", "doctor"];

describe("the command line", () => {
  it("answers --help with every command and the exit codes", async () => {
    const { exitCode, stdout } = await smarter(["--help"]);
    expect(exitCode).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toContain("Exit codes: 0 good; 1 failed; 2 degraded");
  });

  it("has help in Spanish", async () => {
    const { stdout } = await smarter(["failover", "activate", "--help", "--lang", "es"]);
    expect(stdout).toContain("Uso: smarter failover activate");
    expect(stdout).toContain("Códigos de salida: 0 recuperado;");
  });

  it.each([
    [["stutas"], "Did you mean status?"],
    [["status", "--lang", "fr"], "Allowed choices are es, en"],
    [["rotate", "--older-than", "90"], "write 90d"],
    [["failover", "activate", "--at", "yesterday"], "ISO 8601"],
    [["failover", "activate", "--at", "2999-01-01T00:00:00Z"], "not in the future"],
    [["status", "--jsn"], "unknown option '--jsn'"],
  ])("refuses %j with exit code 1", async (args, message) => {
    const { exitCode, stdout, stderr } = await smarter(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  it("completes commands and options in a shell", async () => {
    expect((await smarter(["complete", "bash"])).stdout).toContain("smarter complete --");
    const { stdout } = await smarter(["complete", "--", "failover", ""]);
    expect(stdout).toContain("activate\t");
    expect((await smarter(["complete", "--", "status", "--"])).stdout).toMatch(/--watch/);
  });

  it("prints contacts as a table and as pure JSON", async () => {
    expect((await smarter(["contacts"])).stdout).toContain("security@smarterbot.cl");
    expect(JSON.parse((await smarter(["contacts", "--json"])).stdout)).toEqual(contacts);
  });

  it("refuses settings that are not there, before anything, with exit code 4 and the fix", async () => {
    const { exitCode, stderr } = await smarter([
      "failover",
      "activate",
      "--yes",
      "--config-file",
      "/nowhere/Pulumi.recovery.yaml",
    ]);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/\/nowhere\/Pulumi\.recovery\.yaml: ENOENT.*fix: --config-file FILE/);
  });
});
describe("the drill's commands", () => {
  it("hand the drill its own options, and its refusal back", async () => {
    const { exitCode, stderr } = await smarter(["drill", "--size", "nonsense"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("option '--size <size>' argument 'nonsense' is invalid");
  });

  it("tell of the last one as pure JSON", async () => {
    const { stdout } = await smarter(["drill", "record", "--json"]);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(["verdict", "startedAt", "next", "due"]);
  });
});
