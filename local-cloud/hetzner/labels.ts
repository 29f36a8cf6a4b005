import type { Labels } from "./entities";
import { invalidInput } from "./errors";

/**
 * Does `labels` fit a label selector (`env=prod,!old,tier in (a,b)`)?
 * https://docs.hetzner.cloud/reference/cloud#label-selector; a selector that cannot be read is `invalid_input`.
 */
export function matchesSelector(labels: Labels, selector: string): boolean {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "")
    .every((term) => matchesTerm(labels, term));
}

function matchesTerm(labels: Labels, term: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set) {
    const isIn = set[3]!
      .split(",")
      .map((value) => value.trim())
      .includes(labels[set[1]!] ?? "\0");
    return set[2] === "in" ? isIn : !isIn;
  }
  const equality = /^([^\s!=]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equality) return (labels[equality[1]!] === equality[3]) === (equality[2] !== "!=");
  const presence = /^(!?)([^\s!=()]+)$/.exec(term);
  if (presence) return presence[2]! in labels === (presence[1] === "");
  throw invalidInput("label_selector", `cannot read "${term}"`);
}
