import { isDeepStrictEqual } from "node:util";
import type { Props } from "./provider";

/**
 * The inputs that `read` returns. On an import (`given` is empty): what of `live` is set. On a refresh: the inputs that the program
 * gave, each as it was given when the live value means the same or cannot be read, else the live value (drift).
 * @param same Whether two values of that input mean the same. @default deep equality
 */
export function liveInputs(
  given: Props,
  live: Props,
  same: (key: string, given: unknown, live: unknown) => boolean = () => false,
): Props {
  if (Object.keys(given).length === 0)
    return Object.fromEntries(Object.entries(live).filter(([, value]) => isSet(value)));
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const kept = !(key in live) || isDeepStrictEqual(value, live[key]) || same(key, value, live[key]);
      return [key, kept ? value : live[key]];
    }),
  );
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
