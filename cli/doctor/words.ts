import type { Words } from "../language";

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
