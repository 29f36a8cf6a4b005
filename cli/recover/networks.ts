import type { GateCheck } from "../../contracts/gate";
import { checkDrift } from "../../drift/check";
import type { DriftedResource, DriftReport } from "../../drift/model";
import { duration } from "../../drill/report/format";
import { plan } from "../../plan/plan";
import { confirm } from "../confirm";
import { OperatorError, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { mendingOf, nameOf, whatIs } from "./broken";
import type { Living } from "./living";
import { healthySeconds } from "./host";
import { locked } from "./locked";
import { writers } from "../../plan/writers";
import { attachScript, detachedScript, restartScript, startScript } from "./scripts";
import type { RecoverOptions } from "./steps";
import { upOnly } from "./up";
import { recoverWords } from "./words";

type NetworkWords = (typeof recoverWords)["en"]["networks"];

/** `smarter recover networks` */
export const run: Run<StackOptions & Omit<RecoverOptions, "at">> = async (given, options) => {
  const { lang, signal } = given;
  const started = performance.now();
  const t = recoverWords[lang].networks;
  return locked(given, options, async ({ living, context, say }) => {
    say(t.looking);
    const before = await look(living);
    for (const { name, what } of before.broken) say(`  ${t.found(name, what)}`);
    for (const name of before.untouched) say(`  ${t.untouched(name)}`);
    for (const { urn, why } of before.unchecked) say(`  ${t.unchecked(nameOf({ urn }), why)}`);
    if (before.broken.length === 0) {
      say(t.nothing);
      return before.unchecked.length > 0 ? exitCodes.degraded : exitCodes.ok;
    }
    if (options.dryRun) {
      say(recoverWords[lang].dryRun);
      return exitCodes.ok;
    }
    if (!options.yes) await confirm(living.config.site.domain, context);
    await mend(living, before, signal, say, t);

    const after = (await look(living)).broken;
    const checks = before.broken.map(({ name, what }): GateCheck => {
      const still = after.find((one) => one.name === name);
      return { name, ok: still === undefined, evidence: `${what}; now: ${still ? still.what : "as declared"}` };
    });
    if (options.json) context.output.print(JSON.stringify({ checks }, null, 2));
    if (after.length > 0) throw new OperatorError(t.still(after.map(({ name }) => name).join(", ")), exitCodes.failed);
    say(t.repaired(duration((performance.now() - started) / 1_000, lang)));
    return exitCodes.ok;
  });
};

interface Seen {
  readonly broken: readonly { readonly name: string; readonly what: string }[];
  /** What the engine mends, by when. */
  readonly base: readonly DriftedResource[];
  readonly containers: readonly DriftedResource[];
  /** Containers that are not on the site's network. */
  readonly detached: readonly string[];
  /** Drifted, and nothing of the network. */
  readonly untouched: readonly string[];
  readonly unchecked: DriftReport["unchecked"];
}

/** What the engine finds by drift, and what the host says of who is on the network. */
async function look({ engine, run: onHost }: Living): Promise<Seen> {
  const [{ resources, unchecked }, listed] = await Promise.all([
    checkDrift({ ...engine.access, policies: false }),
    onHost(detachedScript),
  ]);
  const of = (mending: ReturnType<typeof mendingOf>) => resources.filter((resource) => mendingOf(resource) === mending);
  const [base, containers] = [of("base"), of("container")];
  const detached = listed.split("\n").filter(Boolean);
  return {
    broken: [
      ...[...base, ...containers].map((resource) => ({ name: nameOf(resource), what: whatIs(resource) })),
      ...detached.map((name) => ({ name, what: "not on the network" })),
    ],
    base,
    containers,
    detached,
    untouched: of(undefined).map(nameOf),
    unchecked,
  };
}

/** The network first, then who was on it, then what has to be made anew. Volumes and data are no target of any of it. */
async function mend(
  living: Living,
  seen: Seen,
  signal: AbortSignal,
  say: (text: string) => void,
  t: NetworkWords,
): Promise<void> {
  await up(living, seen.base, signal, say, t);
  if (seen.detached.length > 0) {
    await living.run(attachScript(seen.detached));
    say(t.connecting(seen.detached.join(", ")));
    // Vault would come back sealed, and the databases hold no connections of their own.
    const stale = seen.detached.filter((name) => [...writers(), "agent"].includes(name));
    if (stale.length > 0) {
      await living.run(restartScript(stale));
      say(t.restarting(stale.join(", ")));
    }
  }
  await up(living, seen.containers, signal, say, t);
  await living.run(
    startScript(
      plan.services.map(({ name }) => name),
      healthySeconds,
    ),
  );
}

async function up(
  living: Living,
  targets: readonly DriftedResource[],
  signal: AbortSignal,
  say: (text: string) => void,
  t: NetworkWords,
): Promise<void> {
  if (targets.length === 0) return;
  say(t.repairing(targets.map(nameOf).join(", ")));
  await upOnly(
    living,
    targets.map(({ urn }) => urn),
    signal,
    ["--refresh"],
  );
}
