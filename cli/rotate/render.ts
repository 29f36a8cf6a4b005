import { daysOr } from "../clock";
import type { Language } from "../language";
import { colours, plainTable } from "../table";
import type { Step } from "./plan";
import { rotateWords } from "./words";

/** The steps in their order, and what follows from each kind. @param limit seconds that the plan allows */
export function renderSteps(steps: readonly Step[], limit: number, lang: Language): string {
  const t = rotateWords[lang];
  const c = colours();
  const age = ({ ageSeconds, pending }: Step) => {
    if (pending) return c.yellow(t.pending);
    if (!Number.isFinite(ageSeconds)) return c.yellow(t.unknownAge);
    const days = daysOr(ageSeconds, lang);
    return ageSeconds > limit ? c.red(`${days}, ${t.overdue}`) : days;
  };
  const kinds = [...new Set(steps.map(({ about }) => about))];
  return [
    c.bold(t.title),
    plainTable(
      [t.head.name, t.head.age, t.head.way, t.head.users],
      steps.map((step) => [step.name, age(step), t.way[step.way], step.users.join(", ")]),
    ),
    ...kinds.map((kind) => {
      const names = steps.filter(({ about }) => about === kind).map(({ name }) => name);
      return `${names.join(", ")}: ${t.about[kind]}`;
    }),
  ].join("\n");
}
