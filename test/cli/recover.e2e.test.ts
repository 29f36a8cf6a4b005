/**
 * Recoveries on a living host, on real parts: killed after each of their steps and run again. It uses the addresses and the cache of
 * `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { dataRoot } from "../../components/host/connection";
import { psql } from "../../drill/ground";
import { askLastWrites } from "../../drill/last-writes";
import { startLoad } from "../../drill/load";
import { smarter, smarterUntil } from "./run-smarter";
import { livingStage } from "./living-stage";
import { minutes } from "../local-stage";

const stage = livingStage();

const recover = (...args: string[]) => smarter(["recover", ...args, ...stage.onStack], stage.env);

/** Starts a recovery, and waits until a line of it matches. @returns the run, which goes on */
const until = async (pattern: RegExp, args: readonly string[]): Promise<ChildProcess> =>
  (await smarterUntil(pattern, ["recover", ...args, ...stage.onStack], stage.env)).child;

async function ended(child: ChildProcess, how: "SIGKILL" | "SIGINT"): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill(how);
  return ((await exit) as [number | null])[0];
}

const kept = async () =>
  (await stage.primary.onVps(`cd ${dataRoot} && ls -d *.damaged-* *.new-* 2>/dev/null || true`))
    .split("\n")
    .filter(Boolean);
const sql = async (text: string) => (await stage.primary.onVps(psql("odoo", text))).trim();

describe("smarter recover", { timeout: minutes(8) }, () => {
  it("changes nothing in a dry run", async () => {
    const { exitCode, stdout } = await recover("postgres", "--dry-run", "--lang", "es");
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain("Ensayo: no se cambió nada.");
    expect(await kept()).toEqual([]);
  });

  it("postgres: killed after each step and run again, it loses no acknowledged write; a second operator is refused", async () => {
    const load = await startLoad({ site: stage.primary.site });
    await load.stop();
    for (const moment of [
      /^stopping /,
      /^nobody writes any more/,
      /^the last write is in the backups/,
      /^restoring beside/,
      /checks hold$/,
      /^in place;/,
      /^the services and the backup agent start/,
      /^every one of them is healthy/,
    ]) {
      const run = await until(moment, ["postgres", "--yes"]);
      if (moment.source.includes("restoring")) {
        const second = await smarter(["recover", "postgres", "--yes", ...stage.onStack], {
          ...stage.env,
          SMARTEROS_OPERATOR: "ana@laptop",
        });
        expect([second.exitCode, second.stderr]).toEqual([
          4,
          expect.stringMatching(/another recovery is at work on this host: \S+@\S+, since /),
        ]);
      }
      expect(await ended(run, "SIGKILL")).toBeNull();
    }
    const last = await recover("postgres", "--yes");
    expect(last.exitCode, last.stdout + last.stderr).toBe(0);
    expect(last.stdout).toMatch(/^recovery \S+, begun by \S+ at .*, goes on$/m);
    const found = await askLastWrites(stage.primary.site);
    for (const [module, acks] of load.acks)
      if (module !== "vault") expect([module, found.get(module)?.rows]).toEqual([module, acks.at(-1)!.n]);
    expect(await kept()).toEqual([expect.stringMatching(/^postgres\.damaged-/)]);
  });

  it("postgres --at --preview: opens the database of then beside the living one, and leaves nothing", async () => {
    const at = new Date(await sql("select date_trunc('milliseconds', clock_timestamp())")).toISOString();
    await sql("update product_template set list_price = 1");
    await stage.backedUp(120);
    const run = await until(/docker exec -it/, ["postgres", "--preview", "--at", at]);
    const look = `docker exec --user 999 smarteros-recover psql -h /run/smarteros-server/socket -U postgres -d odoo -At -c`;
    expect(
      Number(await stage.primary.onVps(`${look} "select count(*) from product_template where list_price > 1"`)),
    ).toBeGreaterThan(0);
    expect(await sql("select count(*) from product_template where list_price > 1")).toBe("0");
    await expect(stage.primary.onVps(`${look} "delete from product_template"`)).rejects.toThrow(
      "read-only transaction",
    );
    expect(await ended(run, "SIGINT")).toBe(0);
    expect(await kept()).toHaveLength(1);
  });

  it("cancel: the services run on the data of before", async () => {
    const before = await sql("select count(*) from ir_attachment");
    const run = await until(/^restoring beside/, ["postgres", "--yes"]);
    await ended(run, "SIGKILL");
    const { exitCode, stdout, stderr } = await recover("cancel", "--yes");
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await sql("select count(*) from ir_attachment")).toBe(before);
    expect((await askLastWrites(stage.primary.site)).size).toBeGreaterThan(0);
    expect(await kept()).toHaveLength(1);
  });

  it("files: one path comes back, and nothing else is touched", async () => {
    const store = `${dataRoot}/odoo/filestore/odoo`;
    await stage.backedUp(120);
    const [folder = ""] = (await stage.primary.onVps(`ls ${store}`)).split("\n");
    const sums = `cd ${store} && find . -type f -exec sha1sum {} + | sort`;
    const before = await stage.primary.onVps(sums);
    await stage.primary.onVps(`rm -r ${store}/${folder}`);
    const { exitCode, stdout, stderr } = await recover("files", "odoo", "--path", `filestore/odoo/${folder}`, "--yes");
    expect(exitCode, stdout + stderr).toBe(0);
    expect(await stage.primary.onVps(sums)).toBe(before);
  });

  it("networks: a sound one is left alone; a container that was cut off is attached again", async () => {
    const sound = await recover("networks", "--yes");
    expect([sound.exitCode, sound.stdout]).toEqual([0, expect.stringContaining("are as the stack declares")]);
    await stage.primary.onVps("docker network disconnect --force smarteros odoo");
    const mended = await recover("networks", "--yes");
    expect(mended.exitCode, mended.stdout + mended.stderr).toBe(0);
    expect(mended.stdout).toContain("odoo: not on the network");
    expect((await askLastWrites(stage.primary.site)).get("odoo")).toBeDefined();
  });

  it("release: what was kept is deleted, when that is confirmed", async () => {
    expect((await recover("release")).exitCode).toBe(4); // nobody is there to type the domain
    expect(await kept()).not.toEqual([]);
    expect((await recover("release", "--yes")).stdout).toMatch(/released/);
    expect(await kept()).toEqual([]);
  });
});
