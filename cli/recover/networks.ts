import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GateCheck } from "../../contracts/gate";
import { checkDrift } from "../../drift/check";
import type { DriftedResource, DriftReport } from "../../drift/model";
import { duration } from "../../drill/report/format";
import { plan } from "../../plan/plan";
import { cacheRoot } from "../../toolchain/paths";
import { confirm } from "../confirm";
import { OperatorError, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { masker, maskedOutput } from "../mask";
import { mendingOf, nameOf, whatIs } from "./broken";
import { findLiving, type Living } from "./living";
import { healthySeconds } from "./host";
import { locked } from "./locked";
import { connectScript, startScript } from "./scripts";
import type { RecoverOptions } from "./steps";
import { recoverWords } from "./words";

/** `smarter recover networks` */
export const run: Run<StackOptions & Omit<RecoverOptions, "at">> = async (given, options) => {
  const { lang, signal } = given;
  const started = performance.now();
  const living = await findLiving(options, lang, signal);
  const context = { ...given, output: maskedOutput(given.output, masker(living.clear)) };
  const t = recoverWords[lang].networks;
  const say = options.json ? context.output.note : context.output.print;
  return locked(living, lang, async () => {
    say(t.looking);
    const before = await look(living);
    const broken = before.resources.filter((resource) => mendingOf(resource) !== undefined);
    for (const resource of broken) say(`  ${t.found(nameOf(resource), whatIs(resource))}`);
    for (const resource of before.resources.filter((r) => mendingOf(r) === undefined && whatIs(r) !== "networkDatas"))
      say(`  ${t.untouched(nameOf(resource))}`);
    for (const { urn, why } of before.unchecked) say(`  ${t.unchecked(nameOf({ urn }), why)}`);
    if (broken.length === 0) {
      say(t.nothing);
      return before.unchecked.length > 0 ? exitCodes.degraded : exitCodes.ok;
    }
    if (options.dryRun) {
      say(recoverWords[lang].dryRun);
      return exitCodes.ok;
    }
    if (!options.yes) await confirm(living.config.site.domain, context);
    await mend(living, broken, signal, say, t);

    const after = (await look(living)).resources.filter((resource) => mendingOf(resource) !== undefined);
    const checks = broken.map((resource): GateCheck => {
      const still = after.find(({ urn }) => urn === resource.urn);
      return {
        name: nameOf(resource),
        ok: still === undefined,
        evidence: `${whatIs(resource)}; now: ${still ? whatIs(still) : "as declared"}`,
      };
    });
    if (options.json) context.output.print(JSON.stringify({ checks }, null, 2));
    if (after.length > 0) throw new OperatorError(t.still(after.map(nameOf).join(", ")), exitCodes.failed);
    say(t.repaired(duration((performance.now() - started) / 1_000, lang)));
    return exitCodes.ok;
  });
};

const look = ({ engine }: Living): Promise<DriftReport> => checkDrift({ ...engine.access, policies: false });

/** The network first, then who was on it, then what has to be made anew. Volumes and data are no target of any of it. */
async function mend(
  living: Living,
  broken: readonly DriftedResource[],
  signal: AbortSignal,
  say: (text: string) => void,
  t: (typeof recoverWords)["en"]["networks"],
): Promise<void> {
  const of = (...mending: ReturnType<typeof mendingOf>[]) =>
    broken.filter((resource) => mending.includes(mendingOf(resource)));
  await up(living, of("base"), signal, say, t);
  const attached = of("attach").map(nameOf);
  if (attached.length > 0) {
    await living.run(connectScript(attached));
    say(t.connecting(attached.join(", ")));
  }
  await up(living, of("container", "attach"), signal, say, t);
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
  t: (typeof recoverWords)["en"]["networks"],
): Promise<void> {
  if (targets.length === 0) return;
  const folder = join(cacheRoot(), "recover");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `up-${new Date().toISOString().replaceAll(":", "")}.log`);
  say(t.repairing(targets.map(nameOf).join(", ")));
  await living.engine.up({ log, onEvent: () => undefined, signal }, {}, [
    "--refresh",
    ...targets.flatMap(({ urn }) => ["--target", urn]),
  ]);
}
