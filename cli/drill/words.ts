import type { Words } from "../language";

interface DrillWords {
  readonly never: string;
  readonly last: (at: string, verdict: string) => string;
  readonly next: (at: string) => string;
  readonly overdue: (since: string) => string;
}

/** The words of `smarter drill --record`; the drill has its own. */
export const drillWords: Words<DrillWords> = {
  en: {
    never: "No drill on record. Run one: smarter drill",
    last: (at, verdict) => `Last drill: ${at}, ${verdict}`,
    next: (at) => `The next is due by ${at}`,
    overdue: (since) => `Overdue since ${since}. Run one: smarter drill`,
  },
  es: {
    never: "Ningún simulacro registrado. Para hacer uno: smarter drill",
    last: (at, verdict) => `Último simulacro: ${at}, ${verdict}`,
    next: (at) => `El próximo toca antes del ${at}`,
    overdue: (since) => `Vencido desde el ${since}. Para hacer uno: smarter drill`,
  },
};
