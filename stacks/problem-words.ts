import type { Words } from "../words/language";
import { sayer, type Said } from "../words/said";

/** What a configuration is refused for. Values of settings arrive as JSON. */
interface ConfigProblems {
  readonly refused: (n: number, problems: string) => string;
  readonly unknownKey: (path: string, allowed: string) => string;
  readonly wrong: (path: string, value: string, allowed: string, fix: string) => string;
  readonly missing: (path: string, allowed: string, fix: string) => string;
  readonly wrongSecret: (path: string, allowed: string, fix: string) => string;
  readonly setIt: () => string;
  readonly correctIt: () => string;
  readonly ruleOf: (path: string, rule: string) => string;
  readonly exampleRut: (rut: string) => string;
  readonly wholeWorld: (networks: string) => string;
  readonly sameRegion: (region: string) => string;
  readonly notOlder: (restoreFrom: number, generation: number) => string;
  readonly noRestoreFrom: () => string;
  readonly hostKind: (kind: string, wanted: string, stack: string) => string;
  readonly noHostKey: (stack: string) => string;
  readonly noShares: () => string;
  readonly noVaultToken: () => string;
  readonly notPublic: (address: string) => string;
  readonly fenceOfNothing: () => string;
  readonly noHostingerToken: () => string;
  readonly loopback: () => string;
  readonly noDrillToken: () => string;
  readonly future: (key: string, time: string) => string;
  readonly noSite: (stack: string) => string;
}

const configProblems: Words<ConfigProblems> = {
  en: {
    refused: (n, problems) =>
      `nothing was changed: ${n} problem${n === 1 ? "" : "s"} in the configuration\n${problems}`,
    unknownKey: (path, allowed) => `${path}: unknown key; allowed: ${allowed}; fix: remove it or correct its spelling`,
    wrong: (path, value, allowed, fix) =>
      `${path}: received ${value}; allowed: ${allowed}; fix: ${fix} (docs/configuration.md)`,
    missing: (path, allowed, fix) => `${path}: missing; allowed: ${allowed}; fix: ${fix} (docs/configuration.md)`,
    wrongSecret: (path, allowed, fix) =>
      `${path}: does not fit (a secret's value is not shown); allowed: ${allowed}; fix: ${fix} (docs/configuration.md)`,
    setIt: () => "set it",
    correctIt: () => "correct it",
    ruleOf: (path, rule) => `${path}: ${rule}`,
    exampleRut: (rut) =>
      `received ${rut}, an example's; allowed: the RUT of a tenant of yours; fix: write one that is in the gateway's database, with its name there`,
    wholeWorld: (networks) =>
      `received ${networks}, which is the whole world; allowed: named networks; fix: the operator's own addresses as CIDR`,
    sameRegion: (region) =>
      `smarteros:site.backups.replicaRegion: received ${region}, which is also the region; allowed: another region; fix: name one on another site`,
    notOlder: (restoreFrom, generation) =>
      `smarteros:site.restoreFrom: received ${restoreFrom} with generation ${generation}; allowed: an older generation; fix: raise generation to ${restoreFrom + 1}`,
    noRestoreFrom: () =>
      "smarteros:site.restoreFrom: missing; allowed: the generation that was lost, which a recovery restores from; fix: set it (1 for the first primary)",
    hostKind: (kind, wanted, stack) =>
      `smarteros:site.host.kind: received ${kind}; allowed: ${wanted}, in the ${stack} stack; fix: set it, or use the other stack`,
    noHostKey: (stack) =>
      `smarteros:recoveryHostKey: missing; allowed: a host key to be pinned before the server is ordered; fix: npm run secrets:init -- --stack ${stack}`,
    noShares: () =>
      `smarteros:vaultUnsealShares: missing; allowed: the shares without which the restored Vault cannot be opened; fix: pulumi config set --secret smarteros:vaultUnsealShares, and at its prompt ["...", "..."], from the escrow`,
    noVaultToken: () =>
      "smarteros:vaultToken: missing; allowed: the token that the gateway and the snapshots need; fix: pulumi config set --secret smarteros:vaultToken, from the escrow",
    notPublic: (address) =>
      `smarteros:site.host.address: received ${address}, a private, loopback or example's address, which would become the content of public DNS records; allowed: a public IPv4 address; fix: the VPS's public address, from Hostinger's panel`,
    fenceOfNothing: () =>
      "smarteros:site.fence: received in a site that replaces no other; allowed: only with restoreFrom; fix: remove it",
    noHostingerToken: () =>
      "smarteros:hostingerToken: missing, but smarteros:site.fence.hostingerVirtualMachine is set; allowed: both or neither; fix: pulumi config set --secret smarteros:hostingerToken",
    loopback: () =>
      "smarteros:site.dns.permitLoopback: received true outside a drill; allowed: only together with drill: true; fix: remove it",
    noDrillToken: () =>
      "smarteros:drillToken: missing, but smarteros:site.drill is true; allowed: both or neither; fix: remove smarteros:site.drill",
    future: (key, time) =>
      `${key}: received ${time}, which is in the future; allowed: a time before the disaster; fix: correct it, or remove it for the newest set`,
    noSite: (stack) =>
      `smarteros:site: missing; allowed: the properties in docs/configuration.md; fix: take Pulumi.${stack}.yaml of this repository as it was committed`,
  },
  es: {
    refused: (n, problems) => `no se cambió nada: ${n} problema${n === 1 ? "" : "s"} en la configuración\n${problems}`,
    unknownKey: (path, allowed) =>
      `${path}: clave desconocida; permitido: ${allowed}; solución: quitarla o corregir su nombre`,
    wrong: (path, value, allowed, fix) =>
      `${path}: recibido ${value}; permitido: ${allowed}; solución: ${fix} (docs/configuration.md)`,
    missing: (path, allowed, fix) => `${path}: falta; permitido: ${allowed}; solución: ${fix} (docs/configuration.md)`,
    wrongSecret: (path, allowed, fix) =>
      `${path}: no sirve (el valor de un secreto no se muestra); permitido: ${allowed}; solución: ${fix} (docs/configuration.md)`,
    setIt: () => "ponerla",
    correctIt: () => "corregirla",
    ruleOf: (path, rule) => `${path}: ${rule}`,
    exampleRut: (rut) =>
      `recibido ${rut}, que es de un ejemplo; permitido: el RUT de un tenant suyo; solución: escribir uno que esté en la base de datos del gateway, con su nombre`,
    wholeWorld: (networks) =>
      `recibido ${networks}, que es el mundo entero; permitido: redes nombradas; solución: las direcciones del operador como CIDR`,
    sameRegion: (region) =>
      `smarteros:site.backups.replicaRegion: recibido ${region}, que es también la región; permitido: otra región; solución: nombrar una en otro lugar`,
    notOlder: (restoreFrom, generation) =>
      `smarteros:site.restoreFrom: recibido ${restoreFrom} con la generación ${generation}; permitido: una generación anterior; solución: subir generation a ${restoreFrom + 1}`,
    noRestoreFrom: () =>
      "smarteros:site.restoreFrom: falta; permitido: la generación que se perdió, de la que se restaura; solución: ponerla (1 para el primer primario)",
    hostKind: (kind, wanted, stack) =>
      `smarteros:site.host.kind: recibido ${kind}; permitido: ${wanted}, en el stack ${stack}; solución: ponerlo, o usar el otro stack`,
    noHostKey: (stack) =>
      `smarteros:recoveryHostKey: falta; permitido: una clave de host que se fija antes de pedir el servidor; solución: npm run secrets:init -- --stack ${stack}`,
    noShares: () =>
      `smarteros:vaultUnsealShares: falta; permitido: las partes sin las que no se puede abrir el Vault restaurado; solución: pulumi config set --secret smarteros:vaultUnsealShares, y cuando lo pida ["...", "..."], de la custodia`,
    noVaultToken: () =>
      "smarteros:vaultToken: falta; permitido: el token que necesitan el gateway y los snapshots; solución: pulumi config set --secret smarteros:vaultToken, de la custodia",
    notPublic: (address) =>
      `smarteros:site.host.address: recibido ${address}, una dirección privada, de loopback o de ejemplo, que pasaría a los registros DNS públicos; permitido: una dirección IPv4 pública; solución: la dirección pública del VPS, del panel de Hostinger`,
    fenceOfNothing: () =>
      "smarteros:site.fence: recibido en un sitio que no reemplaza a otro; permitido: solo con restoreFrom; solución: quitarlo",
    noHostingerToken: () =>
      "smarteros:hostingerToken: falta, pero smarteros:site.fence.hostingerVirtualMachine está puesto; permitido: ambos o ninguno; solución: pulumi config set --secret smarteros:hostingerToken",
    loopback: () =>
      "smarteros:site.dns.permitLoopback: recibido true fuera de un simulacro; permitido: solo junto con drill: true; solución: quitarlo",
    noDrillToken: () =>
      "smarteros:drillToken: falta, pero smarteros:site.drill es true; permitido: ambos o ninguno; solución: quitar smarteros:site.drill",
    future: (key, time) =>
      `${key}: recibido ${time}, que está en el futuro; permitido: un momento anterior al desastre; solución: corregirlo, o quitarlo para el conjunto más nuevo`,
    noSite: (stack) =>
      `smarteros:site: falta; permitido: las propiedades de docs/configuration.md; solución: tomar Pulumi.${stack}.yaml de este repositorio como está en él`,
  },
};

/** What a recovery is refused for before anything is provisioned. Moments are ISO 8601. */
interface PreflightProblems {
  readonly refused: (n: number, problems: string) => string;
  readonly otherSource: (from: number, generation: number, claimedAt: string, theirs: number) => string;
  readonly otherTime: (time: string, generation: number, claimedAt: string, theirs: string) => string;
  readonly newestSet: () => string;
  readonly held: (where: string, what: string, before: string, at: string) => string;
  readonly encrypted: (set: string, percent: number, replaced: number, since: string) => string;
  readonly unreadable: (key: string) => string;
  readonly setBefore: (time: string) => string;
  readonly cleanUnknown: () => string;
  readonly timePlaceholder: () => string;
  readonly noManifest: (where: string, generation: number) => string;
  readonly noCycle: (where: string) => string;
  readonly wrongPassword: (keys: string, generation: number, manifests: number) => string;
  readonly noValidSet: (where: string, why: string) => string;
  readonly noValidSetBy: (where: string, time: string, why: string) => string;
  readonly allNewer: () => string;
  readonly otherPostgres: (theirs: number, ours: number) => string;
  readonly tooSmall: (received: string, needed: string, fix: string) => string;
  readonly claimed: (generation: number, by: string, at: string) => string;
  readonly anotherRun: () => string;
  readonly credentials: (where: string, error: string) => string;
  readonly noBucket: (where: string) => string;
  readonly answered: (where: string, error: string) => string;
  readonly unreachable: (where: string, error: string) => string;
}

const preflightProblems: Words<PreflightProblems> = {
  en: {
    refused: (n, problems) => `preflight: nothing was provisioned; ${n} problem${n === 1 ? "" : "s"}\n${problems}`,
    otherSource: (from, generation, claimedAt, theirs) =>
      `smarteros:site.restoreFrom: received ${from}, but generation ${generation} began at ${claimedAt} by restoring generation ${theirs}; fix: set restoreFrom to ${theirs}, or raise generation`,
    otherTime: (time, generation, claimedAt, theirs) =>
      `recovery:targetTime: received ${time}, but generation ${generation} began at ${claimedAt} with ${theirs}; fix: raise smarteros:site.generation to restore to another time`,
    newestSet: () => "the newest set",
    held: (where, what, before, at) =>
      `${where}: held, ${what}; consequence: the newest sets hold encrypted files; fix: restore to ${before}: ` +
      `smarter failover activate --at ${at} (recovery:targetTime); if it was no attack: npm run backups:expire -- --release REASON`,
    encrypted: (set, percent, replaced, since) =>
      `${set}: ${percent} % of ${replaced} replaced files look encrypted since ${since}`,
    unreadable: (key) => `${key} cannot be read`,
    setBefore: (time) => `${time}, the newest set before it`,
    cleanUnknown: () => "a time before it (which set is clean is not known)",
    timePlaceholder: () => "TIME",
    noManifest: (where, generation) =>
      `${where}: no manifest; no backup cycle of generation ${generation} has finished; fix: smarteros:site.restoreFrom, or the backup agent of that site`,
    noCycle: (where) =>
      `${where}: no manifest in any generation; no backup cycle has ever finished; fix: the backup agent of the site`,
    wrongPassword: (keys, generation, manifests) =>
      `${keys}: not the password that the backups of generation ${generation} were made with (${manifests} of their manifests do not verify), or they were tampered with; fix: take it from the escrow`,
    noValidSet: (where, why) => `${where}: no valid set; ${why}; fix: another recovery:targetTime`,
    noValidSetBy: (where, time, why) =>
      `${where}: no valid set at or before ${time}; ${why}; fix: another recovery:targetTime`,
    allNewer: () => "all are newer",
    otherPostgres: (theirs, ours) =>
      `PostgreSQL: the backup was made by version ${theirs}, but this site runs ${ours}; a restore cannot change it; fix: deploy the program's revision that runs ${theirs}`,
    tooSmall: (received, needed, fix) =>
      `smarteros:site.host.volume: received ${received}, but this set needs ${needed}; fix: "${fix}"`,
    claimed: (generation, by, at) =>
      `generation ${generation} was claimed by ${by} at ${at}; fix: talk to them; if they cannot go on, take it over: smarter failover activate --take-over, or run as them by SMARTEROS_OPERATOR`,
    anotherRun: () => "another run",
    credentials: (where, error) =>
      `${where}: the store refused the credentials (${error}); fix: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or aws:accessKey and aws:secretKey, of an identity that may read the bucket`,
    noBucket: (where) => `${where}: the bucket does not exist; fix: smarteros:site.backups.bucket and its region`,
    answered: (where, error) => `${where}: the store answered ${error}`,
    unreachable: (where, error) =>
      `${where}: the store could not be reached (${error}); fix: the network, or the endpoint in aws:endpoints`,
  },
  es: {
    refused: (n, problems) =>
      `verificación previa: no se aprovisionó nada; ${n} problema${n === 1 ? "" : "s"}\n${problems}`,
    otherSource: (from, generation, claimedAt, theirs) =>
      `smarteros:site.restoreFrom: recibido ${from}, pero la generación ${generation} empezó a las ${claimedAt} restaurando la generación ${theirs}; solución: poner restoreFrom en ${theirs}, o subir generation`,
    otherTime: (time, generation, claimedAt, theirs) =>
      `recovery:targetTime: recibido ${time}, pero la generación ${generation} empezó a las ${claimedAt} con ${theirs}; solución: subir smarteros:site.generation para restaurar a otro momento`,
    newestSet: () => "el conjunto más nuevo",
    held: (where, what, before, at) =>
      `${where}: retenido, ${what}; consecuencia: los conjuntos más nuevos contienen archivos cifrados; solución: restaurar a ${before}: ` +
      `smarter failover activate --at ${at} (recovery:targetTime); si no fue un ataque: npm run backups:expire -- --release MOTIVO`,
    encrypted: (set, percent, replaced, since) =>
      `${set}: ${percent} % de ${replaced} archivos reemplazados parecen cifrados desde ${since}`,
    unreadable: (key) => `${key} no se puede leer`,
    setBefore: (time) => `${time}, el conjunto más nuevo anterior a eso`,
    cleanUnknown: () => "un momento anterior a eso (no se sabe qué conjunto está limpio)",
    timePlaceholder: () => "HORA",
    noManifest: (where, generation) =>
      `${where}: ningún manifiesto; no ha terminado ningún ciclo de respaldo de la generación ${generation}; solución: smarteros:site.restoreFrom, o el agente de respaldo de ese sitio`,
    noCycle: (where) =>
      `${where}: ningún manifiesto en ninguna generación; nunca ha terminado un ciclo de respaldo; solución: el agente de respaldo del sitio`,
    wrongPassword: (keys, generation, manifests) =>
      `${keys}: no es la contraseña con que se hicieron los respaldos de la generación ${generation} (${manifests} de sus manifiestos no se verifican), o los alteraron; solución: tomarla de la custodia`,
    noValidSet: (where, why) => `${where}: ningún conjunto válido; ${why}; solución: otro recovery:targetTime`,
    noValidSetBy: (where, time, why) =>
      `${where}: ningún conjunto válido de ${time} o antes; ${why}; solución: otro recovery:targetTime`,
    allNewer: () => "todos son más nuevos",
    otherPostgres: (theirs, ours) =>
      `PostgreSQL: el respaldo es de la versión ${theirs}, pero este sitio usa la ${ours}; una restauración no puede cambiarla; solución: desplegar la revisión del programa que usa la ${theirs}`,
    tooSmall: (received, needed, fix) =>
      `smarteros:site.host.volume: recibido ${received}, pero este conjunto necesita ${needed}; solución: "${fix}"`,
    claimed: (generation, by, at) =>
      `la generación ${generation} la reservó ${by} a las ${at}; solución: hablar con esa persona; si no puede seguir, tomarla: smarter failover activate --take-over, o ejecutar en su nombre con SMARTEROS_OPERATOR`,
    anotherRun: () => "otra ejecución",
    credentials: (where, error) =>
      `${where}: el almacén rechazó las credenciales (${error}); solución: AWS_ACCESS_KEY_ID y AWS_SECRET_ACCESS_KEY, o aws:accessKey y aws:secretKey, de una identidad que pueda leer el bucket`,
    noBucket: (where) => `${where}: el bucket no existe; solución: smarteros:site.backups.bucket y su región`,
    answered: (where, error) => `${where}: el almacén respondió ${error}`,
    unreachable: (where, error) =>
      `${where}: no se pudo llegar al almacén (${error}); solución: la red, o la dirección en aws:endpoints`,
  },
};

/** Both dictionaries, for the test of their keys. */
export const problemWords = { configProblems, preflightProblems };

/** Says what is wrong with the configuration. */
export const sayConfig = sayer(configProblems);
/** Says what stands in a recovery's way. */
export const sayPreflight = sayer(preflightProblems);
/** A problem in a list. */
export const item =
  (problem: Said): Said =>
  (lang) =>
    `  - ${problem(lang)}`;
