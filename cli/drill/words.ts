import type { DrillVerdict } from "../../drill/result";
import type { Language, Words } from "../language";

interface DrillWords {
  readonly verdict: Readonly<Record<DrillVerdict, string>>;
  readonly never: string;
  readonly last: (at: string, verdict: string) => string;
  readonly next: (at: string) => string;
  readonly overdue: (since: string) => string;
  readonly practice: (file: string) => string;
  readonly stopped: string;
}

/** The words of `smarter drill record`; the drill has its own. */
export const drillWords: Words<DrillWords> = {
  en: {
    verdict: { recovered: "recovered", refused: "refused", failed: "failed" },
    never: "No drill on record. Run one: smarter drill",
    last: (at, verdict) => `Last drill: ${at}, ${verdict}`,
    next: (at) => `The next is due by ${at}`,
    overdue: (since) => `Overdue since ${since}. Run one: smarter drill`,
    stopped: "Stopped. The local cloud is still up: npm run cloud:down ends it; the same command begins anew.",
    practice: (file) => `
The primary is lost. Recover it:
  set -a; . ${file}; set +a
  npx smarter status
  npx smarter failover activate
  npx smarter checklist
Afterwards: npm run cloud:down`,
  },
  es: {
    verdict: { recovered: "recuperado", refused: "rechazado", failed: "fallido" },
    never: "Ningún simulacro registrado. Para hacer uno: smarter drill",
    last: (at, verdict) => `Último simulacro: ${at}, ${verdict}`,
    next: (at) => `El próximo toca antes del ${at}`,
    overdue: (since) => `Vencido desde el ${since}. Para hacer uno: smarter drill`,
    stopped:
      "Detenido. La nube local sigue en marcha: npm run cloud:down la termina; el mismo comando empieza de nuevo.",
    practice: (file) => `
El primario se perdió. Para recuperarlo:
  set -a; . ${file}; set +a
  npx smarter status
  npx smarter failover activate
  npx smarter checklist
Al terminar: npm run cloud:down`,
  },
};

/** The verdict that a drill's record bears; one that is not known stays as it is. */
export const drillVerdict = (verdict: string, lang: Language): string =>
  (drillWords[lang].verdict as Readonly<Record<string, string>>)[verdict] ?? verdict;
