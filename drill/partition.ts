import { setTimeout } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { GateCheck } from "../contracts/gate";
import { generationLayout } from "../contracts/generation";
import { guardFiles, guardSet } from "../contracts/guard";
import { dataRoot } from "../components/host/paths";
import { answersOf } from "../fence/answers";
import { addresses } from "../local-cloud/addresses";
import type { Cloud } from "../local-cloud/cloud";
import type { Site } from "../outside/site";
import { objectsBelow } from "../stacks/backup-store";

export interface ComeBackArgs {
  readonly cloud: Pick<Cloud, "connectHostinger" | "rebootHostinger">;
  /** Runs a shell script on the VPS. */
  readonly onVps: (script: string) => Promise<string>;
  readonly site: Site;
  readonly s3: S3Client;
  readonly bucket: string;
  /** When the VPS was fenced off, ISO 8601. */
  readonly decidedAt: string;
  /** Address of the site that replaced it. */
  readonly recovered: string;
}

/** Seconds in which a site that comes back must be down. */
const downDeadline = 120;

/**
 * The primary that was cut off and replaced, and lives on, comes back: its network first, then its power goes and returns. What must hold:
 * it goes down, stays down, has written nothing to the backups since its fence, and has taken no DNS.
 */
export async function comeBack(args: ComeBackArgs): Promise<GateCheck[]> {
  const { cloud, onVps } = args;
  await cloud.connectHostinger(true);
  const down = await untilDown(args, "guard-down");
  // Its containers ran until then: the proxy's own log says what ended it.
  const ended = (await onVps("docker logs caddy 2>&1 | grep 'the boot guard stops this' | tail -n 1 || true")).trim();
  const first: GateCheck = {
    name: "goes down when it is connected again",
    ok: down.ok && ended !== "",
    evidence: `${down.evidence}; ${ended || "its proxy was not stopped by the guard"}`,
  };
  await cloud.rebootHostinger();
  const booted = await untilDown(args, "guard-down");
  const containers = (await onVps("docker ps --format '{{.Names}}'")).trim().split("\n");
  const second: GateCheck = {
    name: "stays down when it boots",
    ok: booted.ok && ["guard", "postgres", "caddy", "odoo"].every((name) => containers.includes(name)),
    evidence: `${booted.evidence}; ${containers.length} containers wait for the guard`,
  };
  return [first, second, await wroteNothing(args), await tookNoDns(args)];
}

/** Waits until the guard of this boot has spoken, and nothing serves: neither seen from outside nor on the host itself. */
async function untilDown({ onVps, site }: ComeBackArgs, word: string): Promise<Pick<GateCheck, "ok" | "evidence">> {
  const began = Date.now();
  const guard = `${dataRoot}/${guardSet}`;
  const look = `
    grep -q . ${guard}/${guardFiles.down} && [ ! -e ${guard}/${guardFiles.beat} ] || echo "the guard lets it"
    docker logs --since "$(docker inspect --format '{{.State.StartedAt}}' guard)" guard 2>&1 | grep -q ${word} || echo "the guard has not spoken"
    docker exec postgres pg_isready --quiet --host=/var/run/postgresql 2>/dev/null && echo "PostgreSQL answers"
    docker exec caddy wget -q -T 4 -O /dev/null http://127.0.0.1:2019/config/ 2>/dev/null && echo "the proxy answers"
    true`;
  let open = "";
  while ((Date.now() - began) / 1_000 < downDeadline) {
    const [inside, outside] = await Promise.all([
      onVps(look).catch((error: Error) => error.message),
      answersOf(addresses.hostinger, site.domain, 2),
    ]);
    open = [inside.trim(), ...outside.filter(({ port }) => port !== "ssh").map(({ port }) => `${port} answers`)]
      .filter(Boolean)
      .join("; ");
    const seconds = ((Date.now() - began) / 1_000).toFixed(1);
    if (open === "")
      return {
        ok: true,
        evidence: `down ${seconds} s afterwards: ${(await onVps(`cat ${guard}/${guardFiles.down}`)).trim()}`,
      };
    await setTimeout(500);
  }
  return { ok: false, evidence: `not down after ${downDeadline} s: ${open}` };
}

async function wroteNothing({ s3, bucket, decidedAt }: ComeBackArgs): Promise<GateCheck> {
  const Prefix = generationLayout(1).prefix;
  const all = await objectsBelow(s3, bucket, Prefix);
  const after = all.filter(({ writtenAt }) => writtenAt > Date.parse(decidedAt)).map(({ key }) => key);
  return {
    name: "writes nothing to the backups after its fence",
    ok: all.length > 0 && after.length === 0,
    evidence: `${after.length} of ${all.length} objects below ${Prefix} are younger than ${decidedAt}${after.length > 0 ? `: ${after.slice(0, 5).join(", ")}` : ""}`,
  };
}

async function tookNoDns({ site, recovered }: ComeBackArgs): Promise<GateCheck> {
  const address = await site.resolve(site.domain);
  return { name: "takes no DNS", ok: address === recovered, evidence: `${site.domain} is ${address}` };
}
