import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { earlierEvents } from "../../../cli/failover/earlier";
import { Journal } from "../../../cli/failover/journal";
import { eventsOf } from "../../../engine/up";

let root: string;
let journal: Journal;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "earlier-"));
  journal = new Journal("smarter.test", 2, root);
  await journal.take("ana@laptop");
});
afterEach(() => rm(root, { recursive: true }));

const second = (n: number) => new Date(Date.parse("2026-11-24T03:00:00Z") + n * 1_000);
const line = (kind: "resourcePreEvent" | "resOutputsEvent", type: string, at: number) =>
  `${JSON.stringify({
    sequence: 1,
    timestamp: second(at).getTime() / 1_000,
    [kind]: {
      metadata: { urn: `urn:pulumi:recovery::smarteros::${type}::server`, type: type.split("$").at(-1), op: "create" },
    },
  })}\n`;
const server = "smarteros:host:RecoveryHost$hcloud:index/server:Server";

/** A run of the engine, begun at a second. */
async function ran(at: number, events: string): Promise<void> {
  const log = journal.logFile(second(at));
  await writeFile(log, "");
  await writeFile(eventsOf(log), events);
}

it("are every run's steps since the activation, in order and with their own times; the run that reads them is none of them", async () => {
  await ran(-60, line("resourcePreEvent", server, -59)); // another life of this generation
  await ran(1, line("resourcePreEvent", server, 2));
  await ran(20, ""); // it found the state locked
  await ran(30, line("resourcePreEvent", server, 31) + line("resOutputsEvent", server, 39));
  await ran(50, line("resourcePreEvent", server, 51));
  await appendFile(eventsOf(journal.logFile(second(1))), '{"sequence":2,"timest'); // cut off by a kill
  expect(await earlierEvents(journal, { since: second(0), before: second(50) })).toEqual([
    { at: second(2).toISOString(), run: 1, stage: "host", what: "server: working" },
    { at: second(31).toISOString(), run: 2, stage: "host", what: "server: working" },
    { at: second(39).toISOString(), run: 2, stage: "host", what: "server: done" },
  ]);
});

it("are none of a first run", async () => {
  expect(await earlierEvents(journal, { since: second(0), before: second(1) })).toEqual([]);
});
