import type { DrillPhase, DrillVerdict, Judgement, ScenarioName } from "../result";
import type { Language } from "../../words/language";
import { en } from "./languages/en";
import { es } from "./languages/es";

export { languages, type Language } from "../../words/language";

/** Every word of the report. A key that a language lacks, or has too much, does not type check. */
export interface Strings {
  readonly title: string;
  readonly verdict: Record<DrillVerdict, string>;
  readonly headline: Record<DrillVerdict, (failover: string) => string>;
  readonly judgement: Record<Judgement, string>;
  readonly phases: Record<DrillPhase, string>;
  readonly scenario: string;
  readonly scenarios: Record<ScenarioName, string>;
  readonly started: string;
  readonly database: string;
  readonly engine: string;
  readonly languageHost: string;
  readonly failover: string;
  readonly failoverNote: string;
  readonly withBoot: (boot: string) => string;
  readonly modules: string;
  readonly module: string;
  readonly rto: string;
  readonly rpo: string;
  /** Heads of columns that hold "measured of target". */
  readonly rtoOf: string;
  readonly rpoOf: string;
  readonly restored: string;
  readonly evidence: string;
  readonly measured: string;
  readonly yes: string;
  readonly no: string;
  readonly of: (measured: string, target: string) => string;
  /** A figure that is missing, and the target that there is nevertheless. */
  readonly without: (missing: string, target: string) => string;
  readonly neverAnswered: string;
  readonly notMeasured: string;
  readonly nothing: string;
  readonly noTarget: (measured: string) => string;
  readonly closest: (module: string, share: string) => string;
  readonly notMetBy: (modules: string) => string;
  readonly last: (event: string) => string;
  readonly rtoMet: string;
  readonly rpoMet: string;
  readonly gate: string;
  readonly gatePassedAt: (time: string) => string;
  readonly gateNotPassed: string;
  readonly gateNotReached: string;
  readonly check: string;
  readonly result: string;
  readonly passed: string;
  readonly notPassed: string;
  readonly dns: string;
  readonly dnsMoved: (time: string) => string;
  readonly dnsUntouched: string;
  readonly failoverPicture: string;
  readonly failoverPictureNote: string;
  readonly failoverPictureAlt: (failover: string, modules: string) => string;
  readonly drillPicture: string;
  readonly drillPictureNote: string;
  readonly deadlinePicture: string;
  readonly deadlinePictureNote: string;
  readonly deadline: string;
  readonly dark: string;
  readonly answering: string;
  readonly zeroAllowed: string;
  readonly noFailover: string;
  readonly standIns: string;
  readonly standInsNote: string;
  readonly noStandIns: string;
  readonly faster: string;
  readonly fasterNote: string;
  readonly bootAdded: (boot: string, emulated: string, real: string) => string;
  readonly bootNotAdded: string;
  readonly fasterItems: readonly { readonly what: string; readonly why: string }[];
  readonly events: string;
  readonly eventsCount: (count: number) => string;
  readonly time: string;
  readonly phase: string;
  readonly event: string;
}

export const strings: Record<Language, Strings> = { en, es };
