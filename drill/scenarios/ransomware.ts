import { join } from "node:path";
import { z } from "zod";
import { incident } from "../../cli/incident/record";
import { dataRoot } from "../../components/host/connection";
import type { GateCheck } from "../../contracts/gate";
import { drillFolder, sshTo } from "../ground";
import { runSmarter } from "../smarter";
import { failover } from "./failover";
import type { Scenario, Stage } from "./scenario";
import { tell } from "../timeline-words";

/** Folders that are encrypted, of two file sets. */
const folders = { odoo: `${dataRoot}/odoo/filestore`, chatwoot: `${dataRoot}/chatwoot` } as const;
/** Seconds in which the next backup must come, which takes the damage in. */
const backedUpSeconds = 120;

/** What `smarter status --json` says, as far as the drill needs it. */
const status = z.object({
  verdict: z.string(),
  triggers: z.array(
    z.object({
      id: z.string(),
      holds: z.boolean(),
      held: z.array(z.object({ set: z.string() })).optional(),
      cleanAt: z.string().optional(),
    }),
  ),
});
/** Of `smarter`: it refused, and changed nothing. */
const refused = 4;
/** ... and it recovered; at worst an item of the checklist is open. */
const recovered = [0, 2];

/**
 * E7: files of two services are overwritten and renamed while the writers are at work, and a backup takes the damage in. What is in the
 * backups tells of it; the operator's command goes back to the time that is proposed. The loss is the first encrypted file.
 */
export const ransomware: Scenario = {
  name: "ransomware",
  run: async (stage, draft) => {
    let attack: Noticed | undefined;
    let checks: GateCheck[] = [];
    await failover(stage, draft, {
      loss: (address) => tell("encrypted", address, Object.values(folders).join(", ")),
      lose: async () => void (attack = await encryptAndNotice(stage)),
      answersOn: true,
      recovery: {
        what: "smarter failover activate --at, to the time that smarter status proposed",
        run: async () => void (checks = await recoverTo(stage, attack!)),
      },
      afterwards: async (outputs) => [
        ...attack!.checks,
        ...checks,
        ...(await whole(stage, String(outputs["address"]))),
      ],
    });
  },
};

interface Noticed {
  /** What `smarter status` proposed. */
  readonly at: string;
  readonly checks: readonly GateCheck[];
}

async function encryptAndNotice(stage: Stage): Promise<Noticed> {
  const { onVps, backups, generation, timeline, signal } = stage;
  const begun = Date.now();
  timeline.event(
    tell("filesEncrypted", (await onVps(encrypt)).trim(), `${((Date.now() - begun) / 1_000).toFixed(1)} s`),
  );
  await backups.cycleSince(Date.now(), { generation, seconds: backedUpSeconds, signal });
  const { stdout } = await runSmarter(stage.stacks, "recovery", ["status", "--json"], {
    signal,
    onLine: () => undefined,
  });
  const { verdict, triggers } = status.parse(JSON.parse(stdout));
  const { holds, held = [], cleanAt } = triggers.find(({ id }) => id === "ransomware")!;
  const sets = held.map(({ set }) => set).sort();
  timeline.event(
    `smarter status: ${verdict}, ${sets.join(" and ") || "nothing"} encrypted; ${((Date.now() - begun) / 1_000).toFixed(1)} s after the first file`,
  );
  if (cleanAt === undefined) throw new Error(`smarter status proposes no time to recover to; it said: ${stdout}`);
  return {
    at: cleanAt,
    checks: [
      {
        name: "is noticed in the backups",
        ok: holds && verdict === "declare" && sets.join() === Object.keys(folders).sort().join(),
        evidence: `smarter status: ${verdict}; encrypted: ${sets.join(", ")}`,
      },
      {
        name: "goes back to before the first encrypted file",
        ok: Date.parse(cleanAt) < begun,
        evidence: `proposed: ${cleanAt}, ${((begun - Date.parse(cleanAt)) / 1_000).toFixed(1)} s before it`,
      },
    ],
  };
}

async function recoverTo({ stacks, timeline, signal }: Stage, { at }: Noticed): Promise<GateCheck[]> {
  const activate = (args: readonly string[], onLine: (line: string) => void) =>
    runSmarter(
      stacks,
      "recovery",
      [
        "failover",
        "activate",
        "--yes",
        "--json",
        "--reason",
        "ransomware",
        "--report",
        join(drillFolder(), "incidents"),
        ...args,
      ],
      { signal, onLine },
    );
  const newest = await activate([], () => undefined);
  const ran = await activate(["--at", at], (line) => {
    if (/\s{2}Gate: .* under way/.test(line)) timeline.phase("gate", tell("gate"));
    if (/\s{2}DNS: .* under way/.test(line) && timeline.currentPhase === "gate") timeline.phase("dns", tell("dns"));
    timeline.event(line);
  });
  if (!recovered.includes(ran.exitCode ?? -1)) throw new Error(`smarter failover activate ended with ${ran.exitCode}`);
  const { encrypted } = incident.parse(JSON.parse(ran.stdout));
  return [
    {
      name: "refuses the newest set, which is encrypted, unless a time is asked for",
      ok: newest.exitCode === refused && newest.stdout.includes(`--at ${at}`),
      evidence: `smarter failover activate without --at ended with ${newest.exitCode}`,
    },
    {
      name: "says in its report what was encrypted when",
      ok: Object.keys(folders).every((set) => encrypted.some((e) => e.set === set && e.firstAt !== null)),
      evidence: encrypted.map((e) => `${e.set}: ${e.encrypted} of ${e.replaced} since ${e.firstAt}`).join("; "),
    },
  ];
}

/** Nothing is encrypted on the new host, and each of Odoo's files is what its name, the SHA-1, says. */
async function whole({ secrets }: Stage, address: string): Promise<GateCheck[]> {
  const onNewHost = sshTo(address, secrets.operator.privateKey, secrets.recoveryHost.publicKey);
  const [wrong, all, locked] = (await onNewHost(look)).trim().split(/\s+/).map(Number);
  return [
    {
      name: "brings whole files back",
      ok: wrong === 0 && locked === 0 && (all ?? 0) > 0,
      evidence: `${wrong} of ${all} files of Odoo's are not what their name says; ${locked} files are *.locked`,
    },
  ];
}

/** As encryptors do it: noise over the content, their key's remains at the end, another name. Prints how many. */
const encrypt = `set -eu
find ${Object.values(folders).join(" ")} -type f ! -name '.smarteros-*' ! -name '*.tmp' > /tmp/plain
while read -r f; do
  size=$(stat -c %s "$f")
  head -c $((size + 512)) /dev/urandom > "$f"
  mv "$f" "$f.locked"
done < /tmp/plain
wc -l < /tmp/plain
rm /tmp/plain`;

const look = `cd ${folders.odoo}/odoo
find . -type f ! -name '.smarteros-*' -exec sha1sum {} + | awk '{ n = $2; sub(".*/", "", n); all++; if (n != $1) wrong++ } END { print wrong + 0, all + 0 }'
find ${Object.values(folders).join(" ")} -name '*.locked' | wc -l`;
