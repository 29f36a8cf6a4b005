import { describe, expect, it } from "vitest";
import { inputWords } from "../../plan/input-words";
import { ConfigError, readConfig } from "../../stacks/config";
import { inputSchema, type SchemaNode } from "../../stacks/config-problems";
import { modeSchema, recoverySchema, siteSchema } from "../../stacks/config-schema";
import { problemWords } from "../../stacks/problem-words";
import { secretsSchema } from "../../stacks/secrets/schema";
import { settingsInSpanish } from "../../stacks/setting-words";
import { filledSettings, setConfig, type Settings } from "./settings";

/** What a schema allows and how to mend it, of all its properties. */
function textsOf(node: SchemaNode): string[] {
  const below = [...Object.values(node.properties ?? {}), ...(node.oneOf ?? []), ...(node.items ? [node.items] : [])];
  return [...(node.allowed ? [node.allowed] : []), ...(node.fix ? [node.fix] : []), ...below.flatMap(textsOf)];
}

it("every text of the settings' schemas is there in Spanish, and no other", () => {
  const texts = [siteSchema, modeSchema, recoverySchema, secretsSchema].flatMap((s) => textsOf(inputSchema(s)));
  expect(Object.keys(settingsInSpanish).sort()).toEqual([...new Set(texts)].sort());
});

describe("problems", () => {
  it.each(Object.entries({ ...problemWords, inputWords }))(
    "%s are said in Spanish too, with the same parts",
    (_, words) => {
      expect(Object.keys(words.es)).toEqual(Object.keys(words.en));
      const parts = ["<1>", "<2>", "<3>", "<4>"];
      for (const [key, say] of Object.entries(words.en) as [string, (...all: string[]) => string][]) {
        const inSpanish = (words.es as unknown as Record<string, typeof say>)[key]!(...parts);
        const named = (text: string) => [...new Set(text.match(/<\d>/g))].sort();
        expect(named(inSpanish), key).toEqual(named(say(...parts)));
        if (key !== "ruleOf") expect(inSpanish, key).not.toBe(say(...parts));
      }
    },
  );

  /** What is wrong with the recovery's settings after a change, in Spanish. */
  const inSpanish = (change: (settings: Settings) => void): string => {
    const settings = filledSettings("recovery");
    change(settings);
    setConfig(settings);
    try {
      readConfig("recovery");
    } catch (error) {
      if (error instanceof ConfigError) return error.said("es");
      throw error;
    }
    throw new Error("the settings were taken");
  };

  it("of the configuration are said in Spanish, whole: the property, what was received, what is allowed, the fix", () => {
    const text = inSpanish((s) => {
      const site = s["smarteros:site"];
      site.dns["ttl"] = "2 days";
      site.dns["tll"] = "x";
      (site["tenants"] as { rut: string }[])[0]!.rut = "76192083-1";
      site.restoreFrom = 2;
      site.ssh["operatorNetworks"] = ["0.0.0.0/0"];
      s["smarteros:postgresCipher"] = "short";
      delete s["smarteros:vaultToken"];
    });
    const [title, ...problems] = text.split("\n");
    expect(title).toBe("no se cambió nada: 7 problemas en la configuración");
    expect(problems.sort()).toEqual(
      [
        'smarteros:site.dns.ttl: recibido "2 days"; permitido: un número, un espacio y una unidad, como "60 seconds"; de 60 seconds a 1 day (límites de Cloudflare); solución: escribir "60 seconds" (docs/configuration.md)',
        "smarteros:site.dns.tll: clave desconocida; permitido: zoneId, ttl, proxied, resolvers, permitLoopback; solución: quitarla o corregir su nombre",
        'smarteros:site.tenants[0].rut: recibido "76192083-1"; su dígito verificador debe ser 9, no 1; solución: corregir el número o el dígito',
        'smarteros:site.ssh.operatorNetworks: recibido ["0.0.0.0/0"], que es el mundo entero; permitido: redes nombradas; solución: las direcciones del operador como CIDR',
        "smarteros:postgresCipher: no sirve (el valor de un secreto no se muestra); permitido: al menos 16 caracteres, lo mismo en ambos stacks; solución: npm run secrets:init -- --stack STACK (docs/configuration.md)",
        "smarteros:site.restoreFrom: recibido 2 con la generación 2; permitido: una generación anterior; solución: subir generation a 3",
        "smarteros:vaultToken: falta; permitido: el token que necesitan el gateway y los snapshots; solución: pulumi config set --secret smarteros:vaultToken, de la custodia",
      ]
        .map((problem) => `  - ${problem}`)
        .sort(),
    );
  });
});
