import { duration } from "../../drill/report/format";
import { unmetObjectives } from "../../plan/checks";
import { effectiveDeadline, effectiveRpo, hostCopyEvery, predictedRto, waves } from "../../plan/graph";
import type { Backup, Plan, Service } from "../../plan/model";
import { checklist, contacts, events, triggers } from "../../plan/organisation";
import { seconds } from "../../plan/units";
import { itemText } from "../checklist/words";
import type { Language } from "../language";
import { planWords } from "./words";

/** The plan as a document, in GitHub's Markdown. The same plan gives the same text: no dates, nothing of this machine. */
export function planDocument(plan: Plan, lang: Language): string {
  const t = planWords[lang];
  const { head } = t;
  const time = (text: string) => duration(seconds(text), lang);
  const span = (s: number | undefined) => (s === undefined ? t.none : duration(s, lang));
  const days = (text: string) =>
    new Intl.NumberFormat(lang, { style: "unit", unit: "day", unitDisplay: "long" }).format(seconds(text) / 86_400);
  const long = (text: string) => (seconds(text) % 86_400 === 0 ? days(text) : time(text));
  /** By its name where it has one: "hour", "day". */
  const each = (text: string) => t.units[seconds(text)] ?? long(text);
  const titleOf = (name: string) => plan.services.find((s) => s.name === name)!.title;

  const kept = (service: Service, backup: Backup): string => {
    switch (backup.kind) {
      case "database":
        return t.backup.database;
      case "files":
        return t.backup.files(backup.set);
      case "raft-snapshot":
        return t.backup.raft;
      case "cluster":
        return t.backup.cluster(time(backup.baseCopyAtMost), days(backup.fullCopyEvery));
      case "none":
        return t.backup.none[service.name] ?? backup.because;
      default:
        return backup satisfies never;
    }
  };

  const scope = table(
    [head.module, head.critical, head.needs],
    plan.services.map((s) => [s.title, s.critical ? t.yes : t.none, s.dependsOn.map(titleOf).join(", ") || t.none]),
  );
  const times = table(
    [head.module, head.rto, head.heldTo, head.predicted, head.rpo, head.heldTo],
    plan.services.map((s) => [
      s.title,
      s.rto ? time(s.rto) : t.derived,
      span(effectiveDeadline(plan, s.name)),
      span(predictedRto(plan, s.name).seconds),
      s.rpo ? time(s.rpo) : t.derived,
      span(effectiveRpo(plan, s.name)),
    ]),
  );
  const unmet = unmetObjectives(plan).map(
    ({ service }) =>
      `${titleOf(service)}, ${head.rpo} ${time(plan.services.find((s) => s.name === service)!.rpo!)}: ${t.unmetBecause}.`,
  );
  const covered = table(
    [head.event, "", head.answer],
    events.map(({ id, kind, answer }) => [t.events[id], t.kinds[kind], t.answers[answer]]),
  );
  const inWaves = table(
    [head.wave, head.modules],
    waves(plan).map((wave, i) => [String(i + 1), wave.map((s) => s.title).join(", ")]),
  );
  const backups = table(
    [head.module, head.kept],
    [
      ...plan.services.map((s) => [s.title, s.backup.map((b) => kept(s, b)).join("; ")]),
      [t.backup.host.title, t.backup.host.kept(plan.host.set, duration(hostCopyEvery(plan), lang))],
    ],
  );
  const keys = table(
    [head.module, head.keys],
    plan.services.filter((s) => s.keys.length > 0).map((s) => [s.title, s.keys.map((k) => `\`${k}\``).join(", ")]),
  );

  const sections: [keyof typeof t.sections, string[]][] = [
    ["objective", [t.objective(time(plan.overallRto))]],
    ["scope", [t.scope, scope]],
    ["times", [t.times(tightened(plan, lang)), times, ...(unmet.length > 0 ? [t.unmet, list(unmet)] : [])]],
    ["events", [covered]],
    [
      "procedure",
      [
        t.declare,
        list(t.triggers(triggers.criticalModulesDown, time(triggers.apiLatencyAbove), triggers.encryptedFileSets)),
        t.activate,
        shell("smarter failover activate"),
        t.waves,
        inWaves,
        t.gate,
        list(t.gateChecks),
        t.restored,
        shell("smarter status", "smarter checklist", "smarter audit"),
      ],
    ],
    [
      "backups",
      [
        t.cycle(time(plan.backupCycle), time(plan.archiveTimeout)),
        backups,
        ...t.protection(days(plan.retention)),
        t.thinning(
          [...plan.thinning]
            .sort((a, b) => seconds(a.olderThan) - seconds(b.olderThan))
            .map(({ olderThan, every }) => ({ olderThan: long(olderThan), every: each(every) })),
          days(plan.retention),
        ),
        t.keys,
        keys,
      ],
    ],
    ["drill", [t.drill(days(plan.drillEvery)), numbered(t.drillSteps)]],
    ["scenarios", t.scenarios.flatMap(({ title, steps }, i) => [`### ${i + 1}. ${title}`, numbered(steps)])],
    [
      "contacts",
      [
        table(
          [t.role, t.name, t.contact],
          contacts.map(({ role, name, contact }) => [role, name, contact]),
        ),
      ],
    ],
    ["checklist", [t.checklist, list(checklist.map(({ id }) => itemText(id, lang)))]],
  ];
  return `${[`# ${t.title}`, t.generated, ...sections.flatMap(([name, body], i) => [`## ${i + 1}. ${t.sections[name]}`, ...body])].join("\n\n")}\n`;
}

/** The first module that is held to less than it states. */
function tightened(plan: Plan, lang: Language) {
  const found = plan.services.find((s) => s.rto && effectiveDeadline(plan, s.name) < seconds(s.rto));
  return (
    found && {
      module: found.title,
      stated: duration(seconds(found.rto!), lang),
      heldTo: duration(effectiveDeadline(plan, found.name), lang),
    }
  );
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n");
const numbered = (items: readonly string[]) => items.map((item, i) => `${i + 1}. ${item}`).join("\n");
const shell = (...commands: string[]) => ["```bash", ...commands, "```"].join("\n");
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
