import type { GateCheck } from "../../contracts/gate";
import type { Language } from "../language";
import type { Said } from "../said";
import { oneLine } from "../table";
import { gateCheckKinds, gateWords, type GateCheckKind } from "./words";

/** The kind of a check and what it is of, by its name; undefined: a name that this program does not know. */
function kindOf({ name }: Pick<GateCheck, "name">): { kind: GateCheckKind; of: string } | undefined {
  for (const [kind, pattern] of Object.entries(gateCheckKinds)) {
    const [whole, of = ""] = pattern.exec(name) ?? [];
    if (whole !== undefined) return { kind: kind as GateCheckKind, of };
  }
  return undefined;
}

/** What a check is of, such as a tenant's RUT; undefined: it is of another kind. */
export const gateSubject = (check: GateCheck, ...kinds: readonly GateCheckKind[]): string | undefined => {
  const known = kindOf(check);
  return known && kinds.includes(known.kind) ? known.of : undefined;
};

/** A check's name in the reader's language; a name that is not known stays as it is. */
export function gateCheckName(check: Pick<GateCheck, "name">, lang: Language): string {
  const known = kindOf(check);
  return known ? gateWords[lang].check[known.kind](known.of) : oneLine(check.name);
}

/** A check, and what the gate noted of it. */
export const gateCheckSaid =
  (check: GateCheck): Said =>
  (lang) =>
    gateWords[lang].found(gateCheckName(check, lang), oneLine(check.evidence));
