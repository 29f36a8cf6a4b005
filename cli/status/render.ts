import { percent, type Held } from "../../contracts/ransomware";
import { bytes, duration } from "../../drill/report/format";
import { answerOf, type Asked } from "../ask";
import { daysOr, moment } from "../clock";
import { invocation } from "../invocation";
import type { Language } from "../language";
import { drillVerdict } from "../drill/words";
import { colours, oneLine, plainTable } from "../table";
import { isOld, nextDrill, rotationLimit, type Judgement, type Problem, type Trigger } from "./judge";
import type { Look, ModuleLook } from "./look";
import { statusWords } from "./words";

/** At most this much of what a remote program said; in the table so much less as a narrow terminal leaves beside the other columns. */
const saidLength = 70;
const cellLength = Math.max(24, Math.min(saidLength, (process.stdout.columns ?? Infinity) - 54));

/** One screen: the verdict first, then what it rests on. No line relies on colour. */
export function renderStatus(look: Look, judgement: Judgement, lang: Language): string {
  const t = statusWords[lang];
  const c = colours();
  const time = (seconds: number) => duration(seconds, lang);
  const sign = (good: boolean | undefined, text: string) =>
    good === undefined ? c.yellow(`? ${text}`) : good ? c.green(`✓ ${text}`) : c.red(`✗ ${text}`);
  const short = (text: string, length = saidLength) => (text.length > length ? `${text.slice(0, length)}…` : text);

  const unanswered = (asked: Exclude<Asked<unknown>, { state: "answered" }>, length?: number): string =>
    asked.state === "silent"
      ? sign(false, t.noAnswerIn(time(asked.seconds)))
      : asked.state === "failed"
        ? sign(false, short(oneLine(asked.said?.(lang) ?? asked.reason), length ?? (asked.said ? Infinity : saidLength)))
        : sign(undefined, t.notAsked);

  const outside = ({ outside }: ModuleLook) => {
    if (outside.state !== "answered") return unanswered(outside, cellLength);
    return outside.value.well
      ? sign(true, time(outside.value.seconds))
      : sign(false, short(oneLine(outside.value.said), cellLength));
  };
  const inside = ({ inside }: ModuleLook) => {
    if (!inside) return c.dim("–");
    const good = inside.status === "running" && (inside.health === undefined || inside.health === "healthy");
    const seconds = inside.healthSeconds === undefined ? "" : ` ${time(inside.healthSeconds)}`;
    return sign(good, `${inside.health ?? inside.status}${seconds}`);
  };
  const point = ({ freshness }: ModuleLook) => {
    if (!freshness) return look.backups.state === "answered" ? c.dim(t.nothingToLose) : c.dim("–");
    const { ageSeconds, rpoTargetSeconds } = freshness;
    if (ageSeconds === undefined) return sign(false, t.lacking);
    return sign(ageSeconds <= rpoTargetSeconds, t.ago(time(ageSeconds), time(rpoTargetSeconds)));
  };

  const heldSet = ({ set, key, hold }: Held): string =>
    hold
      ? t.trigger.encrypted(set, percent(hold), hold.replaced, moment(hold.firstAt, lang))
      : t.trigger.holdUnreadable(set, key);
  const trigger = (it: Trigger): string => {
    const mark = (text: string) => sign(!it.holds, text);
    switch (it.id) {
      case "critical-modules":
        return mark(t.trigger.criticalModules(it.down.join(", ") || t.trigger.noneDown, it.limit));
      case "api-latency":
        if (it.seconds === undefined) return sign(undefined, t.trigger.apiUnreached);
        return mark((it.answered ? t.trigger.apiLatency : t.trigger.apiSilent)(time(it.seconds), time(it.limit)));
      case "database":
        if (it.reachable === undefined) return sign(undefined, t.trigger.databaseUnknown);
        return mark(it.reachable ? t.trigger.databaseUp : t.trigger.databaseDown(oneLine(it.said ?? "")));
      case "ransomware":
        if (!it.held) return sign(undefined, t.trigger.ransomwareUnknown);
        return mark(it.held.length === 0 ? t.trigger.ransomwareNone : t.trigger.ransomware(it.held.map(heldSet).join("; ")));
      default:
        return it satisfies never;
    }
  };
  const problem = <P extends Problem>(it: P): string => {
    const said = (t.problem[it.id] as (p: P, text: object) => string)(it, {
      duration: time,
      bytes: (n: number) => bytes(n, lang),
      days: (s: number) => daysOr(s, lang),
      moment: (iso: string) => moment(iso, lang),
    });
    return it.id === "settings" && look.settingsSaid ? `${said}: ${look.settingsSaid(lang)}` : said;
  };

  const facts: [string, string][] = [
    [t.active, activeLine(look, lang)],
    [
      t.dns,
      look.dns
        .map(({ resolver, answer }) =>
          answer.state === "answered"
            ? sign(
                look.proxied || look.activeAddress === undefined ? undefined : answer.value === look.activeAddress,
                `${answer.value} (${resolver})`,
              )
            : `${unanswered(answer)} (${resolver})`,
        )
        .join("  "),
    ],
    ...(look.certificate
      ? ([
          [
            t.certificate,
            sign(
              !judgement.problems.some((p) => p.id === "certificate"),
              t.left(daysOr((Date.parse(look.certificate.until) - Date.parse(look.at)) / 1_000, lang)),
            ),
          ],
        ] as [string, string][])
      : []),
    [t.backups, backupsLine()],
    [
      t.recovery,
      [
        look.hetzner.state === "answered"
          ? sign(true, `Hetzner: ${t.servers(look.hetzner.value.length)}`)
          : `Hetzner: ${unanswered(look.hetzner)}`,
        look.cloudflare.state === "answered"
          ? sign(true, `Cloudflare: ${look.cloudflare.value}`)
          : `Cloudflare: ${unanswered(look.cloudflare)}`,
      ].join("  "),
    ],
    [t.drift, look.lastDrift ? driftLine(look.lastDrift) : t.neverChecked],
    [t.credentials, credentialsLine()],
    [
      t.lastDrill,
      look.lastDrill
        ? t.drillNext(
            moment(look.lastDrill.at, lang),
            drillVerdict(look.lastDrill.verdict, lang),
            moment(nextDrill(look.lastDrill.at), lang),
          )
        : t.never,
    ],
  ];
  function driftLine({ at, verdict, drifted, unchecked, broken }: NonNullable<Look["lastDrift"]>): string {
    const age = time(Math.max(0, Date.parse(look.at) - Date.parse(at)) / 1_000);
    return [
      verdict === "unchecked"
        ? sign(undefined, t.driftUnchecked(unchecked.length))
        : sign(drifted.length === 0, t.drifted(drifted.length)),
      broken === null ? sign(undefined, t.policiesLeftOut) : sign(broken.length === 0, t.policiesBroken(broken.length)),
      c.dim(t.checkedAgo(age)),
    ].join("  ");
  }
  function credentialsLine(): string {
    const known = look.credentials.filter(({ ageSeconds }) => ageSeconds !== null);
    const oldest = known.toSorted((a, b) => b.ageSeconds! - a.ageSeconds!)[0];
    const unknown = look.credentials.length - known.length;
    return [
      ...(oldest
        ? [sign(!isOld(oldest), t.oldest(oldest.name, daysOr(oldest.ageSeconds!, lang), daysOr(rotationLimit, lang)))]
        : []),
      ...(unknown > 0 ? [sign(undefined, t.ageUnknown(unknown))] : []),
    ].join("  ");
  }
  function backupsLine(): string {
    if (look.backups.state !== "answered") return unanswered(look.backups);
    const { newest } = look.backups.value;
    if (!newest) return sign(false, t.unknown);
    const age = time(Math.max(0, Date.parse(look.at) - Date.parse(newest.body.consistentAt)) / 1_000);
    return sign(true, `${t.newestSet(age, newest.key)}; ${t.verified}`);
  }

  const verdict = { healthy: c.green("✓"), degraded: c.yellow("!"), declare: c.red("✗") }[judgement.verdict];
  const cleanAt = judgement.triggers.find((it) => it.id === "ransomware")?.cleanAt;
  const holding = judgement.triggers.filter(({ holds }) => holds);
  return [
    `${verdict} ${c.bold(t.verdict[judgement.verdict])}${holding.length > 0 ? ` ${t.because}:` : ""}   ${c.dim(`${look.domain} · ${moment(look.at, lang)}`)}`,
    ...holding.map((it) => `  ${trigger(it)}`),
    ...(judgement.verdict === "declare" ? [`  ${t.declareHow(`${invocation} failover activate`, cleanAt)}`] : []),
    ...(judgement.perhapsBlind ? [`  ${c.yellow(`! ${t.perhapsBlind}`)}`] : []),
    "",
    ...facts.map(([name, text]) => `${c.bold(name.padEnd(17))} ${text}`),
    "",
    plainTable(
      [t.module, t.outside, t.inside, t.point],
      look.modules.map((m) => [m.critical ? `${m.module} *` : m.module, outside(m), inside(m), point(m)]),
    ),
    c.dim(`* ${t.critical}`),
    "",
    c.bold(t.triggers),
    ...judgement.triggers.map((it) => `  ${trigger(it)}`),
    ...(judgement.problems.length > 0
      ? ["", c.bold(t.problems), ...judgement.problems.map((p) => `  ${c.yellow("!")} ${problem(p)}`)]
      : []),
  ].join("\n");
}

function activeLine(look: Look, lang: Language): string {
  const t = statusWords[lang];
  if (look.activeGeneration === undefined) return t.unknown;
  const site = look.sites.find(({ generation }) => generation === look.activeGeneration);
  const begun = answerOf(look.backups)?.generations.find(({ number }) => number === look.activeGeneration)?.claim;
  const line = t.generation(
    look.activeGeneration,
    site ? t.host[site.host] : t.unknown,
    look.activeAddress ?? t.unknown,
  );
  return begun ? `${line} (${moment(begun.claimedAt, lang)}, ${begun.claimedBy ?? "?"})` : line;
}
