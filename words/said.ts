import { stripVTControlCharacters } from "node:util";
import type { Told } from "../contracts/told";
import type { Language, Words } from "./language";

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

/** A sentence that is kept: as data, and in English for whoever does not know the words. */
export interface Telling {
  readonly text: string;
  readonly told: Told;
}

/** Tells sentences of one area as data. @example teller(fenceWords)("machineStopped", 7).told.sentence === "machineStopped" */
export const teller =
  <T extends Sentences<T>>(words: Words<T>) =>
  <K extends keyof T & string>(sentence: K, ...parts: Parameters<T[K]> & (string | number)[]): Telling => ({
    text: words.en[sentence](...(parts as never[])),
    told: { sentence, parts },
  });

/** What was told, said; text where nothing was told, or by words that are not known here. */
export const retold =
  <T extends Sentences<T>>(words: Words<T>, text: string, told: Told | undefined): Said =>
  (lang) =>
    told && Object.hasOwn(words[lang], told.sentence)
      ? words[lang][told.sentence as keyof T](...(told.parts as never[]))
      : oneLine(text);

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

/** An error that is read in the operator's language; its text, for logs and stack traces, is English. */
export class SaidError extends Error {
  constructor(
    readonly said: Said,
    options?: ErrorOptions,
  ) {
    super(said("en"), options);
  }
}

/** What an error that carries its words says; one of another program's, as it says it. */
export function errorSaid(error: unknown): Said {
  if (error instanceof Error && "said" in error && typeof error.said === "function") return error.said as Said;
  const text = error instanceof Error ? error.message : String(error);
  return () => text;
}

/** Text of a remote program on one line: none of its control characters reaches the terminal. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
