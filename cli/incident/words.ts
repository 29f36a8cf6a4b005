import { checklist } from "../../plan/organisation";
import { itemText } from "../checklist/words";
import { stageWords } from "../failover/stage-words";
import type { FenceAttempt, FenceResult, FenceWay } from "../../contracts/fence";
import type { Stage } from "../failover/progress";
import type { Entry } from "../failover/journal";
import type { Language, Words } from "../language";
import type { Incident } from "./record";

interface IncidentWords {
  readonly title: string;
  readonly verdict: Readonly<Record<Incident["verdict"], string>>;
  readonly headline: (domain: string, elapsed: string) => string;
  readonly failedHeadline: (domain: string) => string;
  readonly reason: string;
  readonly noReason: string;
  readonly activated: string;
  readonly by: string;
  readonly generation: string;
  readonly generations: (from: number, to: number) => string;
  readonly restored: string;
  readonly restoredTo: string;
  readonly newest: string;
  readonly tiles: {
    readonly elapsed: string;
    readonly elapsedNote: string;
    readonly rto: string;
    readonly rpo: string;
    readonly gate: string;
    readonly checklist: string;
    readonly dns: string;
  };
  readonly timeline: string;
  readonly timelineNote: string;
  readonly stage: Readonly<Record<Stage, string>>;
  readonly working: string;
  readonly workingBefore: string;
  readonly run: (n: number) => string;
  readonly cutOff: string;
  readonly dark: string;
  readonly answering: string;
  readonly deadline: string;
  readonly neverAnswered: string;
  readonly never: (target: string) => string;
  readonly of: (measured: string, target: string) => string;
  readonly noTarget: (measured: string) => string;
  readonly modules: string;
  readonly module: string;
  readonly rtoMeasured: string;
  readonly lost: string;
  readonly lostNote: string;
  readonly nothingToLose: string;
  readonly window: string;
  readonly evidence: string;
  readonly decisions: string;
  readonly time: string;
  readonly who: string;
  readonly what: string;
  readonly decision: Readonly<Record<Entry["what"], string>>;
  readonly fence: string;
  readonly fenceVerdict: Readonly<Record<FenceResult["verdict"], (seconds: string) => string>>;
  readonly fenceAccepted: (reason: string, risks: string) => string;
  readonly way: Readonly<Record<FenceWay, string>>;
  readonly outcome: Readonly<Record<FenceAttempt["outcome"], string>>;
  readonly gate: string;
  readonly gatePassed: (at: string) => string;
  readonly gateNot: string;
  readonly check: string;
  readonly result: string;
  readonly passed: string;
  readonly notPassed: string;
  readonly checklist: string;
  readonly item: string;
  readonly holds: string;
  readonly holdsNot: string;
  readonly skipped: string;
  readonly encrypted: string;
  readonly encryptedNote: string;
  readonly encryptedHead: readonly string[];
  readonly encryptedOf: (percent: number, encrypted: number, replaced: number) => string;
  readonly followUps: string;
  readonly followUpsNote: string;
  readonly followUp: Readonly<Record<Incident["followUps"][number]["id"], (detail: string) => string>>;
  readonly contacts: string;
  readonly role: string;
  readonly name: string;
  readonly contact: string;
  readonly events: string;
}

/** The record names items by their ids. */
const itemTexts = (ids: string, lang: Language): string =>
  checklist
    .filter(({ id }) => ids.split(", ").includes(id))
    .map(({ id }) => itemText(id, lang))
    .join("; ");

/** The words of the incident report. */
export const incidentWords: Words<IncidentWords> = {
  en: {
    title: "Incident report",
    verdict: { recovered: "Recovered", failed: "Failed" },
    headline: (domain, elapsed) => `${domain} was back ${elapsed} after the activation.`,
    failedHeadline: (domain) => `${domain} is not back.`,
    reason: "Reason",
    noReason: "none was given",
    activated: "Activated",
    by: "By",
    generation: "Generations",
    generations: (from, to) => `${from} was lost, ${to} serves in its place`,
    restored: "Backup set",
    restoredTo: "Restored to",
    newest: "the newest valid set",
    tiles: {
      elapsed: "Recovery",
      elapsedNote: "from the activation to the last module answering through DNS",
      rto: "Recovery times met",
      rpo: "Recovery points met",
      gate: "Gate",
      checklist: "Checklist",
      dns: "DNS",
    },
    timeline: "Timeline",
    timelineNote:
      "Second zero is the activation. Above, what the recovery was doing, in each of its runs; below, how long each module was dark, against its deadline.",
    stage: stageWords.en,
    working: "the recovery at work",
    workingBefore: "in an earlier run",
    run: (n) => `run ${n}`,
    cutOff: "cut off",
    dark: "dark",
    answering: "answering",
    deadline: "deadline",
    neverAnswered: "did not answer",
    never: (target) => `did not answer; allowed: ${target}`,
    of: (measured, target) => `${measured} of ${target}`,
    noTarget: (measured) => `${measured}, no target`,
    modules: "Modules: recovery time, and what was lost",
    module: "Module",
    rtoMeasured: "Recovery time, of what is allowed",
    lost: "Lost at most, of what is allowed",
    lostNote:
      "The window reaches from the state that came back to the activation. When exactly the primary was lost is not known, so that this is the most that can be missing.",
    nothingToLose: "nothing to lose",
    window: "Back as of",
    evidence: "Evidence",
    decisions: "Decisions",
    time: "Time",
    who: "Who",
    what: "What",
    decision: {
      activated: "activated the recovery",
      resumed: "resumed it",
      "took-over": "took it over",
      failed: "it failed",
      recovered: "it was complete",
      stopped: "stopped it",
      unlocked: "removed the lock of a process that was gone",
    },
    fence: "Fence: how the old site was kept from serving and writing",
    fenceVerdict: {
      dead: (seconds) => `Nothing of it answered; decided after ${seconds}.`,
      fenced: (seconds) => `It was stopped; decided after ${seconds}.`,
      "split-brain": (seconds) => `It could not be fenced off; decided after ${seconds}.`,
    },
    fenceAccepted: (reason, risks) => `SPLIT BRAIN ACCEPTED: ${reason}. Open: ${risks}.`,
    way: { ssh: "SSH", hetzner: "Hetzner", hostinger: "Hostinger", "writer-keys": "Backup keys" },
    outcome: { done: "done", failed: "failed", skipped: "not tried" },
    gate: "Gate: evidence before DNS moved",
    gatePassed: (at) => `Passed at ${at}.`,
    gateNot: "It did not pass, or was not reached; DNS has not moved.",
    check: "Check",
    result: "Result",
    passed: "passed",
    notPassed: "failed",
    checklist: "Checklist",
    item: "Item",
    holds: "holds",
    holdsNot: "does not hold",
    skipped: "Newer sets that were passed over",
    encrypted: "Files that were encrypted on the old site",
    encryptedNote:
      "As its backups show: files that took an earlier one's place and look encrypted. Times of sets are those of their database; what was encrypted after the last backup is not in here.",
    encryptedHead: ["File set", "The first file", "First set with some", "Last set with some", "Of the replaced files"],
    encryptedOf: (percent, encrypted, replaced) => `${percent} % (${encrypted} of ${replaced})`,
    followUps: "Follow-ups",
    followUpsNote: "What has to be done before failback:",
    followUp: {
      "isolate-old-site": (address) =>
        `Keep the old site${address ? ` (${address})` : ""} switched off or cut off: were it to come back, it would write beside the new one.`,
      "open-checklist": (items) => `Close the open items of the checklist: ${itemTexts(items, "en")}.`,
      "missed-objectives": (modules) => `Find out why objectives were missed: ${modules}.`,
      "data-loss": (modules) =>
        `Ask the users of these modules to look through the window of lost data, and enter it again: ${modules}.`,
      webhooks: (senders) =>
        `Fetch what these told the old site after the recovered point, and do not tell again: ${senders} (how: "Webhooks of the gap" in this report).`,
      "skipped-sets": (keys) => `Find out why these sets are not valid: ${keys}.`,
      "known-credentials": () =>
        'Change what the attacker may have read on the old host and the new generation did not renew: docs/runbook.md, "Files are encrypted".',
      "held-backups": (sets) =>
        `The old generation's backups are held (${sets}). When they are no evidence any more: npm run backups:expire -- --release REASON.`,
      escrow: () => "Bring the escrow up to date: the new generation's keys must survive the loss of this server too.",
      "failback-generation": (n) =>
        `Plan the failback as generation ${n}, restored from this one; never back onto the old data.`,
      drill: () => "Run a drill with what was learned.",
    },
    contacts: "Contacts",
    role: "Role",
    name: "Name",
    contact: "Contact",
    events: "What the recovery did",
  },
  es: {
    title: "Informe de incidente",
    verdict: { recovered: "Recuperado", failed: "Fallido" },
    headline: (domain, elapsed) => `${domain} estuvo de vuelta ${elapsed} después de la activación.`,
    failedHeadline: (domain) => `${domain} no está de vuelta.`,
    reason: "Motivo",
    noReason: "no se indicó",
    activated: "Activación",
    by: "Por",
    generation: "Generaciones",
    generations: (from, to) => `se perdió la ${from}, la ${to} sirve en su lugar`,
    restored: "Conjunto de respaldo",
    restoredTo: "Restaurado a",
    newest: "el conjunto válido más nuevo",
    tiles: {
      elapsed: "Recuperación",
      elapsedNote: "desde la activación hasta que el último módulo responde por DNS",
      rto: "Tiempos de recuperación cumplidos",
      rpo: "Puntos de recuperación cumplidos",
      gate: "Validación",
      checklist: "Checklist",
      dns: "DNS",
    },
    timeline: "Línea de tiempo",
    timelineNote:
      "El segundo cero es la activación. Arriba, lo que hacía la recuperación, en cada una de sus ejecuciones; abajo, cuánto tiempo estuvo caído cada módulo, frente a su plazo.",
    stage: stageWords.es,
    working: "la recuperación en curso",
    workingBefore: "en una ejecución anterior",
    run: (n) => `ejecución ${n}`,
    cutOff: "interrumpida",
    dark: "caído",
    answering: "respondiendo",
    deadline: "plazo",
    neverAnswered: "no respondió",
    never: (target) => `no respondió; permitido: ${target}`,
    of: (measured, target) => `${measured} de ${target}`,
    noTarget: (measured) => `${measured}, sin objetivo`,
    modules: "Módulos: tiempo de recuperación, y qué se perdió",
    module: "Módulo",
    rtoMeasured: "Tiempo de recuperación, de lo permitido",
    lost: "Perdido como máximo, de lo permitido",
    lostNote:
      "La ventana va desde el estado que volvió hasta la activación. No se sabe cuándo exactamente se perdió el primario, así que es lo máximo que puede faltar.",
    nothingToLose: "nada que perder",
    window: "Volvió al estado de",
    evidence: "Evidencia",
    decisions: "Decisiones",
    time: "Hora",
    who: "Quién",
    what: "Qué",
    decision: {
      activated: "activó la recuperación",
      resumed: "la continuó",
      "took-over": "la tomó a su cargo",
      failed: "falló",
      recovered: "quedó completa",
      stopped: "la detuvo",
      unlocked: "quitó el bloqueo de un proceso que ya no existía",
    },
    fence: "Aislamiento: cómo se impidió que el sitio anterior sirviera y escribiera",
    fenceVerdict: {
      dead: (seconds) => `Nada de él respondió; decidido a los ${seconds}.`,
      fenced: (seconds) => `Fue detenido; decidido a los ${seconds}.`,
      "split-brain": (seconds) => `No se pudo aislar; decidido a los ${seconds}.`,
    },
    fenceAccepted: (reason, risks) => `DOS SITIOS A LA VEZ, ACEPTADO: ${reason}. Abierto: ${risks}.`,
    way: { ssh: "SSH", hetzner: "Hetzner", hostinger: "Hostinger", "writer-keys": "Claves de respaldo" },
    outcome: { done: "hecho", failed: "falló", skipped: "no se intentó" },
    gate: "Validación: evidencia antes de mover el DNS",
    gatePassed: (at) => `Aprobada el ${at}.`,
    gateNot: "No se aprobó, o no se llegó a ella; el DNS no se ha movido.",
    check: "Comprobación",
    result: "Resultado",
    passed: "aprobada",
    notPassed: "fallida",
    checklist: "Checklist",
    item: "Punto",
    holds: "se cumple",
    holdsNot: "no se cumple",
    skipped: "Conjuntos más nuevos que se omitieron",
    encrypted: "Archivos cifrados en el sitio anterior",
    encryptedNote:
      "Según sus respaldos: archivos que tomaron el lugar de uno anterior y parecen cifrados. La hora de un conjunto es la de su base de datos; lo que se cifró después del último respaldo no figura.",
    encryptedHead: [
      "Conjunto de archivos",
      "El primer archivo",
      "Primer respaldo con alguno",
      "Último respaldo con alguno",
      "De los archivos reemplazados",
    ],
    encryptedOf: (percent, encrypted, replaced) => `${percent} % (${encrypted} de ${replaced})`,
    followUps: "Seguimiento",
    followUpsNote: "Lo que hay que hacer antes de volver al sitio original:",
    followUp: {
      "isolate-old-site": (address) =>
        `Mantener apagado o aislado el sitio anterior${address ? ` (${address})` : ""}: si volviera, escribiría junto al nuevo.`,
      "open-checklist": (items) => `Cerrar los puntos abiertos del checklist: ${itemTexts(items, "es")}.`,
      "missed-objectives": (modules) => `Averiguar por qué se incumplieron objetivos: ${modules}.`,
      "data-loss": (modules) =>
        `Pedir a los usuarios de estos módulos que revisen la ventana de datos perdidos y los ingresen de nuevo: ${modules}.`,
      webhooks: (senders) =>
        `Pedir lo que estos avisaron al sitio anterior después del punto recuperado, y no vuelven a avisar: ${senders} (cómo: "Webhooks de la ventana" en este informe).`,
      "skipped-sets": (keys) => `Averiguar por qué no son válidos estos conjuntos: ${keys}.`,
      "known-credentials": () =>
        'Cambiar lo que el atacante pudo leer en el servidor anterior y la generación nueva no renovó: docs/runbook.md, "Files are encrypted".',
      "held-backups": (sets) =>
        `Los respaldos de la generación anterior quedan retenidos (${sets}). Cuando ya no sirvan de evidencia: npm run backups:expire -- --release MOTIVO.`,
      escrow: () =>
        "Actualizar la custodia: las claves de la generación nueva también deben sobrevivir a la pérdida de este servidor.",
      "failback-generation": (n) =>
        `Planear la vuelta como generación ${n}, restaurada desde esta; nunca sobre los datos antiguos.`,
      drill: () => "Hacer un simulacro con lo aprendido.",
    },
    contacts: "Contactos",
    role: "Rol",
    name: "Nombre",
    contact: "Contacto",
    events: "Qué hizo la recuperación",
  },
};
