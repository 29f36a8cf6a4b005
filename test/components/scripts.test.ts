import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { agentScript } from "../../components/agent-command";
import { quote, readyScript, userData } from "../../components/host/scripts";
import { healthyScript } from "../../components/healthy";
import { leftoverScript } from "../../components/leftovers";
import { noWayOutScript } from "../../components/no-way-out";
import { restoreScript } from "../../components/restore-wave";
import { emptyVault } from "../../components/services/base";
import { caddyfile } from "../../components/services/caddyfile";
import { envFile, secretsEntrypoint } from "../../components/services/spec";
import { pullName } from "../../components/site-network";
import { vaultCutOffExitCode } from "../../contracts/vault";
import { newSshKey } from "../../toolchain/sshkeys";

const labels = { "smarteros.site": "smarterbot.cl" };
const scripts = {
  "host ready": readyScript([{ set: "odoo", uid: 1000 }]),
  "host ready, with a volume": readyScript([{ set: "odoo", uid: 1000 }], "/dev/disk/by-id/scsi-0HC_Volume_1"),
  "leftover container": leftoverScript("container", "odoo", labels),
  "leftover network": leftoverScript("network", "smarteros", labels),
  restore: restoreScript("smarteros-restore-1", "id'of-the-image", ["postgres", "odoo"]),
  "no way out": noWayOutScript("id-of-the-image", "smarteros", { host: "s3.eu-central-1.amazonaws.com", port: 443 }),
  "agent, with an exit code that is an answer": agentScript("gate", "id-of-the-image", "smarteros", [], {
    alsoExit: 2,
  }),
  "agent, with something to mend": agentScript("vault-restore", "id-of-the-image", "smarteros", [], {
    mend: { exit: vaultCutOffExitCode, script: emptyVault },
  }),
  "until healthy": healthyScript("odoo", 600, ["CMD", "curl", "http://127.0.0.1:8069/web/health"]),
  agent: agentScript("gate", "id-of-the-image", "smarteros", [{ set: "odoo", path: "/sets/odoo", readOnly: true }]),
};

describe("what runs on a host", () => {
  it.each(Object.entries(scripts))("is a valid script: %s", (_name, script) => {
    execFileSync("sh", ["-n"], { input: script });
  });
  it("is as it was", () => expect(scripts).toMatchSnapshot());
  it("quotes what it is given as one word", () => {
    const odd = `it's "odd" $HOME \`id\` \\`;
    expect(execFileSync("sh", ["-c", `printf %s ${quote(odd)}`]).toString()).toBe(odd);
  });
});

describe("the wait for a container", () => {
  /** @param looks what Docker says at each look: status, health, restarts, exit code; the last one again and again; "!": the test holds from then on */
  function waiting(seconds: number, ...looks: string[]) {
    const folder = mkdtempSync(join(tmpdir(), "healthy-"));
    try {
      looks.forEach((look, i) => writeFileSync(join(folder, String(i)), look));
      writeFileSync(join(folder, "n"), "0");
      const test = `[ "$*" = "exec c1 /bin/sh -c looks | grep fine" ] && grep -q '^running.*!' ${folder}/$(cat ${folder}/n)`;
      const docker = `docker() { if [ "$1" = logs ]; then echo "could not connect"; return; fi; if [ "$1" = exec ]; then ${test}; return; fi; n=$(cat ${folder}/n); tr -d ! < ${folder}/$n; [ $n -eq ${looks.length - 1} ] || echo $((n + 1)) > ${folder}/n; }`;
      const ran = spawnSync("sh", ["-s", "--", "c1"], {
        input: `${docker}\nsleep() { :; }\n${healthyScript("odoo", seconds, ["CMD-SHELL", "looks | grep fine"])}`,
      });
      return { code: ran.status, said: ran.stderr.toString() };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("ends when it is healthy, also after some restarts, and those of an earlier run do not count", () => {
    expect(waiting(60, "running starting 0 0", "running healthy 0 0")).toEqual({ code: 0, said: "" });
    expect(waiting(60, "restarting unhealthy 90 1", "running starting 94 1", "running healthy 94 1").code).toBe(0);
  });
  it("ends as soon as its test holds, and does not wait for Docker's next run of it", () => {
    expect(waiting(60, "running starting 0 0", "running starting 0 0!").code).toBe(0);
    expect(waiting(-1, "restarting starting 0 1!", "restarting starting 0 1!").code).toBe(1);
  });
  it("ends early when it is restarted again and again, with the cause and its last lines", () => {
    const { code, said } = waiting(60, "running starting 0 0", "restarting unhealthy 4 3", "restarting unhealthy 5 3");
    expect(code).toBe(1);
    expect(said).toBe(
      "odoo: it is restarted again and again, 5 times by now, last exit code 3; consequence: nothing that waits for it is started; fix: what its last lines name, then the same command again:\ncould not connect\n",
    );
  });
  it("ends early when it has ended for good", () => {
    expect(waiting(60, "exited unhealthy 0 137").said).toMatch(
      /^odoo: it ended with exit code 137; .*\ncould not connect/,
    );
  });
  it("ends at its deadline, and says how it is", () => {
    expect(waiting(-1, "running starting 1 0").said).toMatch(
      /^odoo: not healthy after -1 s \(running, starting, restarted 1 times\)/,
    );
  });
  it("ends when Docker knows it no more", () => expect(waiting(60, "").code).toBe(1));
});

/** A sub-command that ends with these codes, one a start; `docker` is a function of the shell. */
function mending(codes: readonly number[], mends = "true") {
  const folder = mkdtempSync(join(tmpdir(), "mend-"));
  try {
    const script = agentScript("vault-restore", "image", "net", [], {
      mend: { exit: 5, script: `echo mended >> ${folder}/seen && ${mends}` },
    });
    const docker = `docker() { [ "$1" = run ] || return 0; cat >> ${folder}/seen; echo >> ${folder}/seen; n=$(cat ${folder}/n); echo $((n + 1)) > ${folder}/n; set -- ${codes.join(" ")}; shift $n; return $1; }`;
    writeFileSync(join(folder, "n"), "0");
    const ran = spawnSync("sh", ["-c", `${docker}\n${script}`], { input: '{"a":"it\'s"}' });
    return { code: ran.status, seen: readFileSync(join(folder, "seen"), "utf8").trim().split("\n") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a sub-command with something to mend", () => {
  const input = '{"a":"it\'s"}';
  it("is run once when it ends well, or badly in another way", () => {
    expect(mending([0])).toEqual({ code: 0, seen: [input] });
    expect(mending([4])).toEqual({ code: 4, seen: [input] });
  });
  it("is run again with the same input after it was mended, and once only", () => {
    expect(mending([5, 0])).toEqual({ code: 0, seen: [input, "mended", input] });
    expect(mending([5, 4])).toEqual({ code: 4, seen: [input, "mended", input] });
    expect(mending([5, 5, 0])).toEqual({ code: 5, seen: [input, "mended", input] });
  });
  it("is not run again when it could not be mended", () => {
    expect(mending([5, 0], "false")).toEqual({ code: 5, seen: [input, "mended"] });
  });
});

it("seeds a server's host key, and lets nobody in by password", () => {
  const { privateKey, publicKey } = newSshKey("host");
  expect(parse(userData(privateKey, publicKey.trim()))).toMatchObject({
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: privateKey, ed25519_public: publicKey },
    packages: ["docker.io", "cron"],
  });
});

it("carries any secret through the shell that loads it", () => {
  const values = { A: `it's`, B: '$HOME `id` \\n "x"', C: "two\nlines", D: "" };
  const folder = mkdtempSync(join(tmpdir(), "env-file-"));
  try {
    const file = join(folder, "env");
    writeFileSync(file, envFile(values));
    const [shell, flag, script, name] = secretsEntrypoint;
    const loaded = script.replace("/run/secrets/smarteros.env", file);
    const print = `process.stdout.write(JSON.stringify(${JSON.stringify(Object.keys(values))}.map((k) => process.env[k])))`;
    expect(JSON.parse(execFileSync(shell, [flag, loaded, name, process.execPath, "-e", print]).toString())).toEqual(
      Object.values(values),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("serves every public name, by Let's Encrypt or by Caddy's own authority", () => {
  expect({
    acme: caddyfile("smarterbot.cl", { issuer: "acme", email: "ops@smarterbot.cl" }),
    internal: caddyfile("smarterbot.test", { issuer: "internal" }),
  }).toMatchSnapshot();
});

it("pulls by digest alone, with a registry's port or without", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  expect(pullName(`odoo:17.0@${digest}`)).toBe(`odoo@${digest}`);
  expect(pullName(`registry.example.com:5000/a/b:1@${digest}`)).toBe(`registry.example.com:5000/a/b@${digest}`);
});
