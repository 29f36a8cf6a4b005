import type { NotAsked } from "./ask";
import type { Words } from "./language";

interface AskWords {
  readonly noAnswer: (seconds: number) => string;
  readonly notAsked: Readonly<Record<NotAsked, string>>;
}

/** The words of a question that got no answer, whichever command asked it. */
export const askWords: Words<AskWords> = {
  en: {
    noAnswer: (seconds) => `no answer in ${seconds} s`,
    notAsked: {
      proxied: "not asked: DNS answers the addresses of Cloudflare's proxy",
      "no-address": "not asked: no resolver answered, so that its address is not known",
      "gateway-silent": "not asked: the gateway, which says it, does not answer",
    },
  },
  es: {
    noAnswer: (seconds) => `sin respuesta en ${seconds} s`,
    notAsked: {
      proxied: "sin preguntar: el DNS responde las direcciones del proxy de Cloudflare",
      "no-address": "sin preguntar: ningún resolvedor respondió, así que no se sabe su dirección",
      "gateway-silent": "sin preguntar: no responde el API Gateway, que es quien lo dice",
    },
  },
};

interface WatchWords {
  readonly more: (lines: number) => string;
}

/** The words of `--watch`, whichever command watches. */
export const watchWords: Words<WatchWords> = {
  en: { more: (lines) => `… ${lines} more line(s): a taller window, or without --watch` },
  es: { more: (lines) => `… ${lines} línea(s) más: con una ventana más alta, o sin --watch` },
};
