import { languages, type Language } from "../words/language";

export { languages, type Language, type Words } from "../words/language";

/** Of documents (the plan, reports), when `--lang` does not say: the plan's own. */
export const documentLanguage: Language = "es";

/** @example asLanguage("es_CL.UTF-8") === "es"; undefined for any other language */
export const asLanguage = (text: string | undefined): Language | undefined =>
  languages.find((language) => text === language || text?.toLowerCase().startsWith(`${language}_`));

/**
 * Language of messages: `--lang`, else the locale (LC_ALL, LC_MESSAGES, LANG in this order), else English.
 * Looked for before the command line is understood, as its help is in that language too.
 */
export function messageLanguage(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"];
  return givenLanguage(args) ?? asLanguage(locale) ?? "en";
}

/** What `--lang` says, if it is there and known. */
export function givenLanguage(args: readonly string[]): Language | undefined {
  const at = args.findLastIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  if (at === -1) return undefined;
  return asLanguage(args[at]!.includes("=") ? args[at]!.split("=")[1] : args[at + 1]);
}
