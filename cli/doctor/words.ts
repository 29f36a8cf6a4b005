import type { Language, Words } from "../language";

interface DoctorWords {
  readonly ready: string;
  readonly missing: (n: number) => string;
  readonly part: Readonly<
    Record<"settings" | "secrets" | "state" | "key" | "s3" | "hetzner" | "cloudflare" | "dns" | "primary", string>
  >;
  readonly fix: string;
}

/** The words of `smarter doctor`. */
export const doctorWords: Words<DoctorWords> = {
  en: {
    ready: "This machine could recover the business now.",
    missing: (n) => `${n} thing(s) are missing.`,
    part: {
      settings: "Settings",
      secrets: "Secrets",
      state: "State of the stack",
      key: "Operator's SSH key",
      s3: "Backup store",
      hetzner: "Hetzner",
      cloudflare: "Cloudflare",
      dns: "DNS resolvers",
      primary: "Primary's settings",
    },
    fix: "fix",
  },
  es: {
    ready: "Esta máquina podría recuperar el negocio ahora.",
    missing: (n) => `Faltan ${n} cosa(s).`,
    part: {
      settings: "Configuración",
      secrets: "Secretos",
      state: "Estado del stack",
      key: "Clave SSH del operador",
      s3: "Almacén de respaldos",
      hetzner: "Hetzner",
      cloudflare: "Cloudflare",
      dns: "Resolutores DNS",
      primary: "Configuración del primario",
    },
    fix: "solución",
  },
};

/** What the toolchain's own doctor says (toolchain/doctor.ts, toolchain/debian.ts), in Spanish by its English. */
export const toolchainInSpanish: Readonly<Record<string, string>> = {
  missing: "falta",
  engine: "motor",
  "language host": "anfitrión de lenguaje",
  "S3 and IAM server": "servidor de S3 e IAM",
  "Vault server": "servidor de Vault",
  "runs the emulated hosts (a private daemon)": "ejecuta los hosts emulados (un demonio privado)",
  "runs the containers of dockerd": "ejecuta los contenedores de dockerd",
  "publishes the hosts' ports": "publica los puertos de los hosts",
  "makes the hosts' base image": "hace la imagen base de los hosts",
  "the Docker provider's way to a host": "el camino del proveedor Docker a un host",
  "brings images to the hosts": "lleva las imágenes a los hosts",
  "makes the local cloud's certificates": "hace los certificados de la nube local",
  "keeps the stand-in applications' data in their tests":
    "guarda los datos de las aplicaciones sustitutas en sus pruebas",
  "keeps Chatwoot's queue in its tests": "guarda la cola de Chatwoot en sus pruebas",
  "backs up and restores in the agent's tests": "respalda y restaura en las pruebas del agente",
  "looks at the drill's report in its tests": "mira el informe del simulacro en sus pruebas",
};

/** A text of the toolchain's doctor: a part, `provider NAME`, `PROGRAM (why)`; what is not known stays as it is. */
export function toolchainText(text: string, lang: Language): string {
  if (lang === "en") return text;
  const [, program, why] = /^(\S+) \((.*)\)$/.exec(text) ?? [];
  if (program && why) return `${program} (${toolchainInSpanish[why] ?? why})`;
  return toolchainInSpanish[text] ?? text.replace(/^provider (\S+)$/, "proveedor $1");
}
