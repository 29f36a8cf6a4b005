import type { Language } from "../language";
import type { Stage } from "./progress";

/** What the stages of a recovery are called, while it runs and in its report. */
export const stageWords: Readonly<Record<Language, Readonly<Record<Stage, string>>>> = {
  en: {
    preflight: "Preflight",
    host: "Server",
    fence: "Old site",
    modules: "Modules",
    gate: "Gate",
    dns: "DNS",
    backups: "Backups",
  },
  es: {
    preflight: "Verificación previa",
    host: "Servidor",
    fence: "Sitio anterior",
    modules: "Módulos",
    gate: "Validación",
    dns: "DNS",
    backups: "Respaldos",
  },
};
