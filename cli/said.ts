import { oneLine, type Said } from "../words/said";
import type { Asked } from "./ask";
import { askWords } from "./words";

export { errorSaid, joined, SaidError, sayer, verbatim, type Said } from "../words/said";

/** Why there is no answer. */
export const unasked =
  (asked: Exclude<Asked<unknown>, { state: "answered" }>): Said =>
  (lang) => {
    const t = askWords[lang];
    switch (asked.state) {
      case "silent":
        return t.noAnswer(asked.seconds);
      case "failed":
        return oneLine(asked.said?.(lang) ?? asked.reason);
      case "not-asked":
        return t.notAsked[asked.because];
      default:
        return asked satisfies never;
    }
  };
