import { CommanderError, type Command } from "commander";
import { describe, expect, it } from "vitest";
import type { Context } from "../../cli/context";
import type { Language } from "../../cli/language";
import { buildProgram } from "../../cli/program";

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const program = (lang: Language) => {
  const built = buildProgram({ lang, context: {} as Context, onExit: () => undefined });
  const said: string[] = [];
  for (const command of all(built))
    command
      .exitOverride()
      .configureOutput({ writeErr: (text) => said.push(text), writeOut: (text) => said.push(text) });
  return { built, said };
};

/** What a line is answered with, when it is refused. */
async function refusal(line: string, lang: Language): Promise<string> {
  const { built, said } = program(lang);
  const args = line.split(" ");
  await expect(built.parseAsync(args, { from: "user" })).rejects.toThrow(CommanderError);
  return said.join("");
}

/** Commander's words; of placeholders those that this program has. */
const english =
  /unknown|missing|invalid|too many|expected|allowed|choices|default|did you|usage|options|commands|arguments|<(file|time|name|text|folder|path|days|service|reason|language)>/i;

describe("in Spanish", () => {
  it.each([
    ["stutas", "error: comando desconocido 'stutas'\n(¿Quiso decir status?)"],
    ["recover fi", "error: comando desconocido 'fi'"],
    ["status --jsn", "error: opción desconocida '--jsn'\n(¿Quiso decir --json?)"],
    ["status --lang fr", "error: opción '--lang <idioma>': no sirve el valor 'fr'. Permitido: es, en."],
    ["failover activate --at", "error: falta el valor de la opción '--at <hora>'"],
    ["failover activate --at x", "error: opción '--at <hora>': no sirve el valor 'x'. recibido"],
    ["recover files", "error: falta el argumento <servicio>"],
    ["contacts x", "error: sobran argumentos para 'contacts': se esperaban 0, se recibieron 1."],
  ])("refuses %j", async (line, words) => {
    const text = await refusal(line, "es");
    expect(text).toContain(words);
    expect(text).toContain("(--help muestra lo que admite este comando)");
    expect(text.replace("opción desconocida '--jsn'", "")).not.toMatch(english);
  });

  it("every command's help has none of commander's English", () => {
    for (const command of all(program("es").built)) {
      const help = command.helpInformation();
      expect(help).toMatch(/^Uso: /);
      expect(help).not.toMatch(english);
    }
  });
});

it("in English says it as commander does", async () => {
  expect(await refusal("status --jsn", "en")).toBe(
    "error: unknown option '--jsn'\n(Did you mean --json?)\n(--help shows what this command takes)\n",
  );
});
