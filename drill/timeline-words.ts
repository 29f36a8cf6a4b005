import type { Language, Words } from "../words/language";
import { retold, teller } from "../words/said";
import type { DrillEvent } from "./result";

/** What a drill notes of itself. Seconds and sizes arrive as text, with their unit. What the engine and other programs say is not here. */
interface TimelineWords {
  readonly cloudUp: () => string;
  readonly primaryUp: (address: string) => string;
  readonly seeding: () => string;
  readonly databases: (size: string) => string;
  readonly backup: () => string;
  readonly backedUp: (at: string, base: string, fileSets: number) => string;
  readonly loading: () => string;
  readonly destroyed: (address: string) => string;
  readonly cutOff: (address: string) => string;
  readonly encrypted: (address: string, folders: string) => string;
  readonly gone: (writes: string) => string;
  readonly writersStopped: (writes: string) => string;
  readonly answers: (module: string, after: string) => string;
  readonly dnsAnswers: (address: string) => string;
  readonly gate: () => string;
  readonly dns: () => string;
  readonly verifying: () => string;
  readonly fenced: (verdict: string, after: string) => string;
  readonly filesEncrypted: (files: string, took: string) => string;
  readonly filesDamaged: (files: string) => string;
  readonly filesLost: (takenAt: string) => string;
  readonly networksLost: () => string;
  readonly clusterLost: () => string;
  readonly rowsLost: () => string;
  readonly vaultStolen: () => string;
  readonly notAsked: (why: string) => string;
  readonly memory: (most: string) => string;
  readonly stopping: () => string;
  readonly done: () => string;
  readonly kept: (folder: string) => string;
}

export const timelineWords: Words<TimelineWords> = {
  en: {
    cloudUp: () => "the local cloud, the engine and the plugins come up",
    primaryUp: (address) => `pulumi up --stack primary, on the VPS at ${address}`,
    seeding: () => "tenants, catalogues, conversations, workflows and files are written",
    databases: (size) => `${size} of databases`,
    backup: () => "the agent finishes a cycle that holds the seed",
    backedUp: (at, base, fileSets) => `set of ${at} is complete: base copy ${base}, ${fileSets} file sets`,
    loading: () => "numbered rows are written through every service",
    destroyed: (address) => `the VPS at ${address} is destroyed`,
    cutOff: (address) => `the VPS at ${address} is cut off from every network, and lives on`,
    encrypted: (address, folders) => `the VPS at ${address} lives on, and its files are encrypted: ${folders}`,
    gone: (writes) => `gone; last acknowledged writes: ${writes}`,
    writersStopped: (writes) => `writers are stopped; last acknowledged writes: ${writes}`,
    answers: (module, after) => `${module} answers, ${after} after the loss`,
    dnsAnswers: (address) => `DNS answers ${address}`,
    gate: () => "everything that must hold before DNS moves",
    dns: () => "the records are taken over",
    verifying: () => "the recovered services are asked from outside, through DNS",
    fenced: (verdict, after) =>
      `the fence's verdict was ${verdict}, after ${after}; now the old VPS is connected again, and then boots`,
    filesEncrypted: (files, took) => `${files} files encrypted, in ${took}`,
    filesDamaged: (files) => `${files} files damaged`,
    filesLost: (takenAt) => `every file of Odoo's that is older than ${takenAt} is deleted or overwritten`,
    networksLost: () => "every container is disconnected, and the site's network deleted",
    clusterLost: () => "the files of every database are overwritten with noise, and PostgreSQL falls",
    rowsLost: () => "an injected statement sets every price of every tenant to 1 and deletes the tenants' history",
    vaultStolen: () =>
      "a root token is made with stolen unseal shares, and a tenant's secret is read with it from outside",
    notAsked: (why) => `error: what came back could not be asked for: ${why}`,
    memory: (most) => `memory: at most ${most} more in use than before the drill`,
    stopping: () => "the local cloud is stopped",
    done: () => "done",
    kept: (folder) => `kept running; npm run cloud:down ends it; settings and logs: ${folder}`,
  },
  es: {
    cloudUp: () => "arrancan la nube local, el motor y los plugins",
    primaryUp: (address) => `pulumi up --stack primary, en el VPS ${address}`,
    seeding: () => "se escriben tenants, catálogos, conversaciones, flujos y archivos",
    databases: (size) => `${size} de bases de datos`,
    backup: () => "el agente termina un ciclo que contiene esos datos",
    backedUp: (at, base, fileSets) =>
      `el conjunto de ${at} está completo: copia base ${base}, ${fileSets} conjuntos de archivos`,
    loading: () => "se escriben filas numeradas por cada servicio",
    destroyed: (address) => `el VPS ${address} se destruye`,
    cutOff: (address) => `el VPS ${address} queda aislado de toda red, y sigue vivo`,
    encrypted: (address, folders) => `el VPS ${address} sigue vivo, y se cifran sus archivos: ${folders}`,
    gone: (writes) => `perdido; últimas escrituras confirmadas: ${writes}`,
    writersStopped: (writes) => `los escritores se detienen; últimas escrituras confirmadas: ${writes}`,
    answers: (module, after) => `${module} responde, ${after} después de la pérdida`,
    dnsAnswers: (address) => `el DNS responde ${address}`,
    gate: () => "todo lo que debe cumplirse antes de mover el DNS",
    dns: () => "se toman los registros",
    verifying: () => "se pregunta desde fuera, por DNS, a los servicios recuperados",
    fenced: (verdict, after) =>
      `el veredicto del cerco fue ${verdict}, a los ${after}; ahora el VPS anterior se conecta de nuevo, y luego arranca`,
    filesEncrypted: (files, took) => `${files} archivos cifrados, en ${took}`,
    filesDamaged: (files) => `${files} archivos dañados`,
    filesLost: (takenAt) => `todo archivo de Odoo anterior a ${takenAt} se borra o se sobrescribe`,
    networksLost: () => "se desconecta cada contenedor, y se borra la red del sitio",
    clusterLost: () => "los archivos de todas las bases de datos se sobrescriben con ruido, y PostgreSQL cae",
    rowsLost: () => "una sentencia inyectada pone en 1 cada precio de cada tenant y borra el historial de los tenants",
    vaultStolen: () => "se hace un token root con partes robadas, y con él se lee desde fuera el secreto de un tenant",
    notAsked: (why) => `error: no se pudo preguntar qué volvió: ${why}`,
    memory: (most) => `memoria: a lo más ${most} más en uso que antes del simulacro`,
    stopping: () => "se detiene la nube local",
    done: () => "listo",
    kept: (folder) => `sigue en marcha; npm run cloud:down la termina; configuración y registros: ${folder}`,
  },
};

/** Tells a sentence for the timeline. */
export const tell = teller(timelineWords);

/** An event in the reader's language; what another program said, as it said it. */
export const eventText = ({ what, told }: DrillEvent, lang: Language): string =>
  retold(timelineWords, what, told)(lang);
