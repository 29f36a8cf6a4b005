import type { Asked } from "./ask";
import type { Language, Words } from "./language";
import { oneLine } from "./table";
import { askWords } from "./words";

/**
 * What the program says, in whichever language it is read: evidence is found once, shown to an operator in theirs, and written into a
 * document in the document's. Functions are no JSON: what is kept is said first.
 */
export type Said = (lang: Language) => string;

type Sentences<T> = { readonly [K in keyof T]: (...parts: never[]) => string };
/** A part that is text may itself be something that is said. */
type Parts<P> = { readonly [I in keyof P]: P[I] extends string ? string | Said : P[I] };

/** Says sentences of one area. @example sayer(evidenceWords)("containersWell", 12)("es") */
export const sayer =
  <T extends Sentences<T>>(words: Words<T>) =>
  <K extends keyof T>(sentence: K, ...parts: Parts<Parameters<T[K]>>): Said =>
  (lang) =>
    words[lang][sentence](
      ...((parts as readonly unknown[]).map((part) =>
        typeof part === "function" ? (part as Said)(lang) : part,
      ) as never[]),
    );

/** What is no sentence: names, figures, and what other programs said, as they said it. */
export const verbatim =
  (text: string): Said =>
  () =>
    oneLine(text);

/** One after the other. @param between @default "; " */
export const joined =
  (all: readonly Said[], between = "; "): Said =>
  (lang) =>
    all.map((said) => said(lang)).join(between);

/** Why there is no answer. */
export const unasked =
  (asked: Exclude<Asked<unknown>, { state: "answered" }>): Said =>
  (lang) => {
    const t = askWords[lang];
    switch (asked.state) {
      case "silent":
        return t.noAnswer(asked.seconds);
      case "failed":
        return oneLine(asked.reason);
      case "not-asked":
        return t.notAsked[asked.because];
      default:
        return asked satisfies never;
    }
  };
