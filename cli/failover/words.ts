import { stageWords } from "./stage-words";
import type { Words } from "../language";
import type { Stage, State } from "./progress";

type CheckId = "settings" | "plan" | "backups" | "signatures" | "claim" | "state" | "machine" | "program";

interface FailoverWords {
  readonly preflight: string;
  readonly check: Readonly<Record<CheckId, string>>;
  readonly checkSaid: {
    readonly settings: (stack: string, file: string) => string;
    readonly plan: string;
    readonly backups: (key: string, size: string) => string;
    readonly skipped: (n: number, newest: string) => string;
    /** @param clean the newest set that none of it has touched; undefined: not known */
    readonly held: (sets: string, clean: string | undefined) => string;
    readonly claimFree: (generation: number) => string;
    readonly claimMine: (since: string) => string;
    readonly claimServes: (generation: number) => string;
    readonly claimTakenOver: (by: string, since: string) => string;
    readonly stateOwn: string;
    readonly stateOther: (stack: string, held: number, wanted: number) => string;
    readonly machineFree: string;
    readonly machineOrphan: (since: string) => string;
    readonly program: string;
  };
  readonly held: {
    readonly byClaim: (generation: number, by: string, since: string) => string;
    readonly byMachine: (by: string, since: string, pid: number) => string;
    readonly byLock: (by: string, host: string, pid: number, since: string) => string;
  };
  readonly refused: string;
  readonly nothingChanged: string;
  readonly will: string;
  readonly steps: {
    readonly server: (domain: string, generation: number) => string;
    readonly existing: (domain: string, generation: number) => string;
    readonly restore: (generation: number, at: string) => string;
    readonly restoreTo: (generation: number, at: string) => string;
    readonly fence: (from: number) => string;
    readonly gate: string;
    readonly dns: (ttl: string) => string;
    readonly writes: (generation: number) => string;
  };
  readonly cost: string;
  readonly head: { readonly module: string; readonly back: string; readonly lost: string; readonly deadline: string };
  readonly lostOf: (age: string, rpo: string) => string;
  readonly nothingToLose: string;
  readonly confirm: (domain: string) => string;
  readonly confirmWrong: (domain: string) => string;
  readonly previewing: string;
  readonly needsYes: string;
  readonly dryRunEnd: string;
  readonly stage: Readonly<Record<Stage, string>>;
  readonly state: Readonly<Record<State, string>>;
  readonly wave: (n: number) => string;
  readonly ofDeadline: (elapsed: string, deadline: string) => string;
  readonly attached: (pid: number) => string;
  readonly unlocked: (by: string, pid: number) => string;
  readonly again: string;
  readonly verifying: string;
  readonly answers: (module: string, seconds: string) => string;
  readonly failed: (stage: string, elapsed: string) => string;
  readonly stopped: string;
  readonly cause: string;
  readonly safe: string;
  readonly safeNothing: string;
  readonly safeBeforeDns: string;
  readonly safeAfterDns: string;
  readonly next: string;
  readonly nextFence: string;
  readonly nextGate: string;
  readonly nextOther: string;
  readonly resume: (command: string) => string;
  readonly log: (file: string) => string;
  readonly recovered: (domain: string, elapsed: string) => string;
  readonly switchedOver: (domain: string, pause: string) => string;
  readonly unchanged: (generation: number) => string;
  readonly notAnswering: (modules: string) => string;
  readonly stillOld: (address: string) => string;
  readonly report: (file: string) => string;
}

/** The words of `smarter failover activate`. */
export const failoverWords: Words<FailoverWords> = {
  en: {
    preflight: "Preflight",
    check: {
      settings: "Settings",
      plan: "Plan",
      backups: "Backups",
      signatures: "Signatures",
      claim: "Claim",
      state: "State",
      machine: "This machine",
      program: "Hetzner, Cloudflare",
    },
    checkSaid: {
      settings: (stack, file) => `complete: stack ${stack}, ${file}`,
      plan: "no contradiction",
      backups: (key, size) => `${key}, ${size} of databases, both signatures hold, version and size fit`,
      skipped: (n, newest) => `; ${n} newer set(s) passed over, the newest because ${newest}`,
      held: (sets, clean) =>
        `; what came later looks encrypted (${sets}); the newest set before that: ${clean ?? "not known"}`,
      claimFree: (generation) => `generation ${generation} is free`,
      claimMine: (since) => `yours, since ${since}: this run resumes it`,
      claimServes: (generation) => `generation ${generation} serves already: this run only checks it`,
      claimTakenOver: (by, since) => `of ${by}, since ${since}: taken over`,
      stateOwn: "holds no host of another generation",
      stateOther: (stack, held, wanted) =>
        `stack ${stack} holds the host of generation ${held}, not of ${wanted}; consequence: that host would be replaced, with its data; fix: keep it under another name: pulumi stack rename ${stack}-g${held} --stack ${stack} && cp Pulumi.${stack}-g${held}.yaml Pulumi.${stack}.yaml && pulumi stack init ${stack}`,
      machineFree: "no other run",
      machineOrphan: (since) => `a run of ${since} was killed and its engine goes on: this run follows it`,
      program: "the program's own preview finds nothing in the way",
    },
    held: {
      byClaim: (generation, by, since) =>
        `generation ${generation} is being recovered by ${by} since ${since}; consequence: two recoveries would fight over DNS; fix: talk to them; if they cannot go on: --take-over`,
      byMachine: (by, since, pid) =>
        `${by} recovers from this machine since ${since} (process ${pid}); fix: watch with smarter status --watch, or end that process and run this again`,
      byLock: (by, host, pid, since) =>
        `the state is locked by ${by} on ${host} (process ${pid}) since ${since}; fix: talk to them; if that process is gone: pulumi cancel, then run this again`,
    },
    refused: "Refused",
    nothingChanged: "Nothing was changed.",
    will: "What will happen",
    steps: {
      server: (domain, generation) =>
        `a server for ${domain} is ordered at Hetzner (generation ${generation}); it costs money until it is destroyed`,
      existing: (domain, generation) =>
        `${domain} is set up on the existing server (generation ${generation}), whose data folders must be empty`,
      restore: (generation, at) =>
        `the newest valid backup of generation ${generation} is restored: the state of ${at}`,
      restoreTo: (generation, at) => `generation ${generation} is restored to ${at}, as asked`,
      fence: (from) =>
        `meanwhile the old site (generation ${from}) is stopped by every way there is, and its backup key is turned off; if it cannot be and still answers, nothing is restored`,
      gate: "the gate checks the data; if it refuses, DNS does not move",
      dns: (ttl) => `the DNS records move to the new server; caches follow within ${ttl}`,
      writes: (generation) => `new backups are written below g${generation}/; those of before stay as they are`,
    },
    cost: "What it costs in data",
    head: { module: "Module", back: "Comes back as of", lost: "Lost, of RPO", deadline: "Deadline" },
    lostOf: (age, rpo) => `${age} of ${rpo}`,
    nothingToLose: "nothing to lose",
    confirm: (domain) => `Type ${domain} to begin:`,
    confirmWrong: (domain) => `type ${domain}, or press Ctrl-C`,
    previewing: "The program's own preview asks Hetzner and Cloudflare: some seconds ...",
    needsYes: "no terminal to confirm on; fix: --yes",
    dryRunEnd: "Dry run: nothing was changed.",
    stage: stageWords.en,
    state: { waiting: "waiting", working: "under way", done: "done", failed: "FAILED" },
    wave: (n) => `Wave ${n}`,
    ofDeadline: (elapsed, deadline) => `${elapsed} of ${deadline}`,
    attached: (pid) => `following the engine of the run that was killed (process ${pid})`,
    unlocked: (by, pid) => `the state was locked by ${by}'s process ${pid}, which is gone: lock removed`,
    again: "going on",
    verifying: "the services are asked from outside, through DNS",
    answers: (module, seconds) => `${module} answers, ${seconds}`,
    failed: (stage, elapsed) => `The recovery failed: ${stage}, after ${elapsed}`,
    stopped: "Stopped. What was done stays; nothing was undone.",
    cause: "Cause",
    safe: "What is safe",
    safeNothing: "Nothing was provisioned; DNS and the backups are as they were.",
    safeBeforeDns:
      "DNS has not moved; the backups are untouched; what was restored stays on the new server, which costs money.",
    safeAfterDns: "The gate has passed and DNS has begun to move; the backups are untouched.",
    next: "What to do next",
    nextFence:
      "Switch the old site off in its provider's panel, then resume. Only if two sites at once are the lesser evil: --accept-split-brain REASON.",
    nextGate:
      "Mend what the gate names on the new server, then resume; or begin at an earlier time: raise smarteros:site.generation and use --at.",
    nextOther:
      "Mend the cause, then resume: what is done is not done again, no second server is ordered, the same backup is used.",
    resume: (command) => `Resume: ${command}`,
    log: (file) => `The engine's whole output: ${file}`,
    recovered: (domain, elapsed) => `${domain} is back, ${elapsed} after the activation.`,
    switchedOver: (domain, pause) => `${domain} has moved; the write pause was ${pause}.`,
    unchanged: (generation) => `Generation ${generation} serves already; there was nothing to do.`,
    notAnswering: (modules) => `not answering through DNS yet: ${modules}`,
    stillOld: (address) => `DNS still answers ${address}, the old site`,
    report: (file) => `Incident report: ${file}`,
  },
  es: {
    preflight: "Verificación previa",
    check: {
      settings: "Configuración",
      plan: "Plan",
      backups: "Respaldos",
      signatures: "Firmas",
      claim: "Reserva",
      state: "Estado",
      machine: "Esta máquina",
      program: "Hetzner, Cloudflare",
    },
    checkSaid: {
      settings: (stack, file) => `completa: stack ${stack}, ${file}`,
      plan: "sin contradicciones",
      backups: (key, size) => `${key}, ${size} de bases de datos, ambas firmas correctas, versión y tamaño caben`,
      skipped: (n, newest) => `; ${n} conjunto(s) más nuevos omitidos, el más nuevo porque ${newest}`,
      held: (sets, clean) =>
        `; lo posterior parece cifrado (${sets}); el conjunto más nuevo anterior a eso: ${clean ?? "desconocido"}`,
      claimFree: (generation) => `la generación ${generation} está libre`,
      claimMine: (since) => `suya, desde ${since}: esta ejecución la continúa`,
      claimServes: (generation) => `la generación ${generation} ya sirve: esta ejecución solo la comprueba`,
      claimTakenOver: (by, since) => `de ${by}, desde ${since}: tomada`,
      stateOwn: "no contiene el host de otra generación",
      stateOther: (stack, held, wanted) =>
        `el stack ${stack} contiene el host de la generación ${held}, no de la ${wanted}; consecuencia: ese host se reemplazaría, con sus datos; solución: conservarlo con otro nombre: pulumi stack rename ${stack}-g${held} --stack ${stack} && cp Pulumi.${stack}-g${held}.yaml Pulumi.${stack}.yaml && pulumi stack init ${stack}`,
      machineFree: "ninguna otra ejecución",
      machineOrphan: (since) => `una ejecución de ${since} fue terminada y su motor sigue: esta la acompaña`,
      program: "la vista previa del propio programa no encuentra obstáculos",
    },
    held: {
      byClaim: (generation, by, since) =>
        `la generación ${generation} la está recuperando ${by} desde ${since}; consecuencia: dos recuperaciones se disputarían el DNS; solución: hablar con esa persona; si no puede seguir: --take-over`,
      byMachine: (by, since, pid) =>
        `${by} recupera desde esta máquina desde ${since} (proceso ${pid}); solución: mirar con smarter status --watch, o terminar ese proceso y repetir`,
      byLock: (by, host, pid, since) =>
        `el estado está bloqueado por ${by} en ${host} (proceso ${pid}) desde ${since}; solución: hablar con esa persona; si ese proceso ya no existe: pulumi cancel, y repetir`,
    },
    refused: "Rechazado",
    nothingChanged: "No se cambió nada.",
    will: "Qué va a pasar",
    steps: {
      server: (domain, generation) =>
        `se pide un servidor para ${domain} en Hetzner (generación ${generation}); cuesta dinero hasta que se destruya`,
      existing: (domain, generation) =>
        `${domain} se monta en el servidor existente (generación ${generation}), cuyas carpetas de datos deben estar vacías`,
      restore: (generation, at) =>
        `se restaura el respaldo válido más nuevo de la generación ${generation}: el estado de ${at}`,
      restoreTo: (generation, at) => `la generación ${generation} se restaura a ${at}, como se pidió`,
      fence: (from) =>
        `mientras tanto se detiene el sitio anterior (generación ${from}) por todas las vías que hay, y se desactiva su clave de respaldos; si no se puede y aún responde, no se restaura nada`,
      gate: "la validación comprueba los datos; si rechaza, el DNS no se mueve",
      dns: (ttl) => `los registros DNS pasan al servidor nuevo; las cachés siguen en ${ttl}`,
      writes: (generation) => `los respaldos nuevos se escriben bajo g${generation}/; los anteriores quedan como están`,
    },
    cost: "Qué cuesta en datos",
    head: { module: "Módulo", back: "Vuelve al estado de", lost: "Se pierde, del RPO", deadline: "Plazo" },
    lostOf: (age, rpo) => `${age} de ${rpo}`,
    nothingToLose: "nada que perder",
    confirm: (domain) => `Escriba ${domain} para empezar:`,
    confirmWrong: (domain) => `escriba ${domain}, o pulse Ctrl-C`,
    previewing: "La vista previa del programa pregunta a Hetzner y Cloudflare: unos segundos ...",
    needsYes: "no hay terminal donde confirmar; solución: --yes",
    dryRunEnd: "Ensayo: no se cambió nada.",
    stage: stageWords.es,
    state: { waiting: "en espera", working: "en curso", done: "listo", failed: "FALLÓ" },
    wave: (n) => `Ola ${n}`,
    ofDeadline: (elapsed, deadline) => `${elapsed} de ${deadline}`,
    attached: (pid) => `se acompaña al motor de la ejecución terminada (proceso ${pid})`,
    unlocked: (by, pid) =>
      `el estado estaba bloqueado por el proceso ${pid} de ${by}, que ya no existe: bloqueo quitado`,
    again: "se continúa",
    verifying: "se pregunta a los servicios desde fuera, por DNS",
    answers: (module, seconds) => `${module} responde, ${seconds}`,
    failed: (stage, elapsed) => `La recuperación falló: ${stage}, a los ${elapsed}`,
    stopped: "Detenido. Lo hecho queda; no se deshizo nada.",
    cause: "Causa",
    safe: "Qué está a salvo",
    safeNothing: "No se aprovisionó nada; el DNS y los respaldos están como estaban.",
    safeBeforeDns:
      "El DNS no se ha movido; los respaldos están intactos; lo restaurado queda en el servidor nuevo, que cuesta dinero.",
    safeAfterDns: "La validación pasó y el DNS empezó a moverse; los respaldos están intactos.",
    next: "Qué hacer ahora",
    nextFence:
      "Apagar el sitio anterior en el panel de su proveedor, y continuar. Solo si dos sitios a la vez son el mal menor: --accept-split-brain MOTIVO.",
    nextGate:
      "Arreglar en el servidor nuevo lo que nombra la validación, y continuar; o empezar en un momento anterior: subir smarteros:site.generation y usar --at.",
    nextOther:
      "Arreglar la causa y continuar: lo hecho no se repite, no se pide otro servidor, se usa el mismo respaldo.",
    resume: (command) => `Continuar: ${command}`,
    log: (file) => `Toda la salida del motor: ${file}`,
    recovered: (domain, elapsed) => `${domain} está de vuelta, ${elapsed} después de la activación.`,
    switchedOver: (domain, pause) => `${domain} se ha movido; la pausa de escritura fue de ${pause}.`,
    unchanged: (generation) => `La generación ${generation} ya sirve; no había nada que hacer.`,
    notAnswering: (modules) => `aún sin responder por DNS: ${modules}`,
    stillOld: (address) => `el DNS aún responde ${address}, el sitio anterior`,
    report: (file) => `Informe del incidente: ${file}`,
  },
};
