import { Help, type Command } from "commander";
import type { Language } from "./language";

/** What commander calls things: in help, and in what it refuses. English stays as it is. */
const things: Readonly<Record<string, string>> = {
  options: "opciones",
  command: "comando",
  language: "idioma",
  name: "nombre",
  names: "nombres",
  file: "archivo",
  files: "archivos",
  folder: "carpeta",
  time: "hora",
  text: "texto",
  reason: "motivo",
  path: "ruta",
  days: "días",
  service: "servicio",
};

const titles: Readonly<Record<string, string>> = {
  "Usage:": "Uso:",
  "Arguments:": "Argumentos:",
  "Options:": "Opciones:",
  "Commands:": "Comandos:",
};

/** What commander notes behind an option. */
const notes: readonly (readonly [RegExp, string])[] = [
  [/\bchoices: /, "opciones: "],
  [/\bdefault: /, "por defecto: "],
  [/\benv: /, "entorno: "],
];

/** Every refusal that this program's commands can come to, as commander says it (lib/command.js, lib/suggestSimilar.js). */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*)'/, "error: opción desconocida '$1'"],
  [/^error: unknown command '(.*)'/, "error: comando desconocido '$1'"],
  [/^error: missing required argument '(.*)'/, "error: falta el argumento <$1>"],
  [/^error: option '(.*)' argument missing/, "error: falta el valor de la opción '$1'"],
  [/^error: option '(.*)' argument '(.*)' is invalid\./, "error: opción '$1': no sirve el valor '$2'."],
  [
    /^error: option '(.*)' value '(.*)' from env '(.*)' is invalid\./,
    "error: opción '$1': no sirve el valor '$2' de '$3'.",
  ],
  [
    /^error: too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\./,
    "error: sobran argumentos para '$1': se esperaban $2, se recibieron $3.",
  ],
  [
    /^error: too many arguments\. Expected (\d+) arguments? but got (\d+)\./,
    "error: sobran argumentos: se esperaban $1, se recibieron $2.",
  ],
  [/Allowed choices are (.*)\.$/m, "Permitido: $1."],
  [/\(Did you mean one of (.*)\?\)/, "(¿Quiso decir uno de estos: $1?)"],
  [/\(Did you mean (.*)\?\)/, "(¿Quiso decir $1?)"],
];

const replaced = (text: string, all: readonly (readonly [RegExp, string])[]): string =>
  all.reduce((now, [pattern, words]) => now.replace(pattern, words), text);

/** Placeholders, as `<file>` and `[options]`. */
const named = (text: string): string =>
  text.replace(/([<[])(\w+)((?:\.\.\.)?[>\]])/g, (whole, open: string, thing: string, close: string) =>
    things[thing] === undefined ? whole : `${open}${things[thing]}${close}`,
  );

/** Commander's own words, in the operator's language. @param help what is said after a refusal */
export function speaks(command: Command, lang: Language, help: string): Command {
  command.showHelpAfterError(help);
  if (lang === "en") return command;
  const english = new Help();
  return command
    .configureHelp({
      styleTitle: (title) => titles[title] ?? title,
      commandUsage: (c) => named(english.commandUsage(c)),
      subcommandTerm: (c) => named(english.subcommandTerm(c)),
      optionTerm: (option) => named(english.optionTerm(option)),
      argumentTerm: (argument) => things[argument.name()] ?? argument.name(),
      optionDescription: (option) =>
        option.description + replaced(english.optionDescription(option).slice(option.description.length), notes),
    })
    .configureOutput({ outputError: (text, write) => write(named(replaced(text, refusals))) });
}
