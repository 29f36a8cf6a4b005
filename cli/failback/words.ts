import type { Words } from "../language";

interface FailbackWords {
  readonly noRestore: string;
  readonly notNext: (generation: number, from: number | undefined, active: number | undefined) => string;
  readonly noHostKey: string;
  readonly unreachable: (which: string, why: string) => string;
  readonly active: string;
  readonly target: string;
  readonly resumes: (generation: number) => string;
  readonly title: (domain: string) => string;
  readonly will: {
    readonly ready: (address: string) => string;
    readonly clear: (address: string, kept: string) => string;
    readonly quiesce: (address: string, services: string) => string;
    readonly backup: string;
    readonly recover: (generation: number) => string;
  };
  readonly dryRun: string;
  readonly step: {
    readonly preparing: string;
    readonly prepared: string;
    readonly cleared: (folders: string) => string;
    readonly quiescing: string;
    readonly quiesced: string;
  };
  readonly notTaken: (address: string, services: string) => string;
}

/** The words of `smarter failback`. */
export const failbackWords: Words<FailbackWords> = {
  en: {
    noRestore:
      "smarteros:site.restoreFrom: missing in the primary's settings; allowed: the generation that serves now; fix: pulumi config set --path smarteros:site.restoreFrom N --stack primary, and smarteros:site.generation N+1",
    notNext: (generation, from, active) =>
      `smarteros:site.generation and restoreFrom: received ${generation} and ${from}, but generation ${active ?? "none"} serves; allowed: ${active === undefined ? "a site that serves" : `${active + 1} and ${active}`}; fix: pulumi config set --path smarteros:site.generation N --stack primary, and the same of smarteros:site.restoreFrom`,
    noHostKey:
      "smarteros:site.fence.hostKey: missing in the primary's settings; consequence: the site that serves cannot be quiesced; fix: the public host key of its server, of the recovery's settings",
    unreachable: (which, why) => `${which} cannot be reached: ${why}; nothing was changed; fix: mend that first`,
    active: "the site that serves",
    target: "the host to go back to",
    resumes: (generation) => `generation ${generation} was begun before: this run goes on with it`,
    title: (domain) => `This will bring ${domain} back to the primary`,
    will: {
      ready: (address) => `${address} is made ready while the other site serves: network, images, folders`,
      clear: (address, kept) => `what an earlier life left on ${address} is kept as ${kept}`,
      quiesce: (address, services) => `the write pause begins: ${services} stop at ${address}`,
      backup: "a last backup holds every write that was acknowledged",
      recover: (generation) =>
        `generation ${generation}: the other site is fenced off, restore, gate, DNS; the write pause ends`,
    },
    dryRun: "Dry run: nothing was changed.",
    step: {
      preparing: "making the host ready",
      prepared: "the host is ready; nothing runs on it",
      cleared: (folders) => `kept from an earlier life: ${folders}`,
      quiescing: "stopping everything that writes",
      quiesced: "nobody writes any more, and the last backup holds everything that was written",
    },
    notTaken: (address, services) =>
      `nothing was taken over: the site at ${address} serves on; if its services were stopped and the reason above does not say that they run again, the same command goes on, or there: docker start ${services}`,
  },
  es: {
    noRestore:
      "smarteros:site.restoreFrom: falta en la configuración del primario; permitido: la generación que sirve ahora; solución: pulumi config set --path smarteros:site.restoreFrom N --stack primary, y smarteros:site.generation N+1",
    notNext: (generation, from, active) =>
      `smarteros:site.generation y restoreFrom: recibido ${generation} y ${from}, pero sirve la generación ${active ?? "ninguna"}; permitido: ${active === undefined ? "un sitio que sirva" : `${active + 1} y ${active}`}; solución: pulumi config set --path smarteros:site.generation N --stack primary, y lo mismo con smarteros:site.restoreFrom`,
    noHostKey:
      "smarteros:site.fence.hostKey: falta en la configuración del primario; consecuencia: no se puede detener la escritura en el sitio que sirve; solución: la clave pública de host de su servidor, de la configuración de la recuperación",
    unreachable: (which, why) => `no se alcanza ${which}: ${why}; nada cambió; solución: resolverlo primero`,
    active: "el sitio que sirve",
    target: "el host al que se vuelve",
    resumes: (generation) => `la generación ${generation} ya se había empezado: se continúa`,
    title: (domain) => `Esto llevará ${domain} de vuelta al primario`,
    will: {
      ready: (address) => `se prepara ${address} mientras el otro sitio sirve: red, imágenes, carpetas`,
      clear: (address, kept) => `lo que una vida anterior dejó en ${address} se guarda como ${kept}`,
      quiesce: (address, services) => `empieza la pausa de escritura: ${services} se detienen en ${address}`,
      backup: "un último respaldo contiene toda escritura confirmada",
      recover: (generation) =>
        `generación ${generation}: se aísla el otro sitio, restauración, validación, DNS; termina la pausa de escritura`,
    },
    dryRun: "Simulación: nada cambió.",
    step: {
      preparing: "preparando el host",
      prepared: "el host está listo; nada corre en él",
      cleared: (folders) => `guardado de una vida anterior: ${folders}`,
      quiescing: "deteniendo todo lo que escribe",
      quiesced: "ya nadie escribe, y el último respaldo contiene todo lo escrito",
    },
    notTaken: (address, services) =>
      `no se tomó nada: el sitio de ${address} sigue sirviendo; si sus servicios se detuvieron y el motivo de arriba no dice que corren de nuevo, el mismo comando continúa, o allí: docker start ${services}`,
  },
};
