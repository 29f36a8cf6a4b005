import type { Words } from "../language";

interface RecoverWords {
  readonly noOutputs: (stack: string) => string;
  readonly notActive: (generation: number, active: number | undefined) => string;
  readonly locked: (holder: string) => string;
  readonly noSet: (generation: number, at: string | undefined) => string;
  /** @param clean the newest set before it; undefined: not known */
  readonly held: (what: string, clean: string | undefined) => string;
  readonly tooNew: (at: string, newest: string) => string;
  readonly noSpace: (needed: string, free: string) => string;
  readonly otherBegun: (id: string, folder: string, at: string, by: string) => string;
  readonly resumes: (id: string, by: string, since: string) => string;
  readonly replaces: (id: string) => string;
  readonly will: {
    readonly title: string;
    readonly stop: (services: string) => string;
    readonly restore: (at: string) => string;
    readonly newest: (set: string) => string;
    readonly files: (service: string, at: string) => string;
    readonly path: (path: string, at: string) => string;
    readonly verify: string;
    readonly kept: (folder: string) => string;
  };
  readonly dryRun: string;
  readonly step: {
    readonly stopping: (services: string) => string;
    readonly stopped: string;
    readonly lastPoint: string;
    readonly lastPointMade: string;
    readonly noLastPoint: (why: string, set: string) => string;
    readonly itIsStopped: string;
    readonly restoring: (to: string) => string;
    readonly verified: (n: number) => string;
    readonly switched: (damaged: string) => string;
    readonly starting: string;
    readonly serves: string;
    readonly backups: string;
    readonly backedUp: (key: string) => string;
  };
  readonly checksFailed: (n: number) => string;
  readonly recovered: (seconds: string) => string;
  readonly keptUntil: (folder: string) => string;
  readonly resume: string;
  readonly backupsLate: (seconds: number) => string;
  readonly cancelled: string;
  readonly nothingBegun: string;
  readonly tooLateToCancel: (id: string) => string;
  readonly preview: {
    readonly restoring: (at: string) => string;
    readonly ready: (command: string) => string;
    readonly closed: string;
  };
  readonly networks: {
    readonly looking: string;
    readonly nothing: string;
    readonly found: (name: string, what: string) => string;
    readonly untouched: (name: string) => string;
    readonly unchecked: (name: string, why: string) => string;
    readonly repairing: (names: string) => string;
    readonly connecting: (names: string) => string;
    readonly restarting: (names: string) => string;
    readonly still: (names: string) => string;
    readonly repaired: (seconds: string) => string;
  };
  readonly kept: {
    readonly title: string;
    readonly none: string;
    readonly released: (n: number) => string;
    readonly unfinished: (id: string) => string;
  };
}

/** The words of `smarter recover`. */
export const recoverWords: Words<RecoverWords> = {
  en: {
    noOutputs: (stack) =>
      `stack ${stack}: its last up left no address and keys that read its own backups; fix: pulumi up --stack ${stack}`,
    notActive: (generation, active) =>
      `generation ${generation} is not the one that serves (${active ?? "none does"}); fix: --stack of the active site, or smarter failover activate`,
    locked: (holder) =>
      `another recovery is at work on this host: ${holder}; fix: talk to them, or end that process and run this again`,
    noSet: (generation, at) =>
      `generation ${generation} has no valid backup set${at ? ` at or before ${at}` : ""}; fix: another --at, or smarter failover activate`,
    held: (what, clean) =>
      `the newest backups of these files look encrypted: ${what}; consequence: they would be restored so, on a host that may be an attacker's; fix: a new host, see docs/runbook.md, "Files are encrypted"; or here to a time before it: --at ${clean ?? "TIME"}`,
    tooNew: (at, newest) =>
      `--at ${at}: nothing after ${newest} is in the backups for certain; fix: an earlier time, or leave --at out for the newest`,
    noSpace: (needed, free) =>
      `the host has ${free} free; a second copy beside the first needs ${needed}; fix: smarter recover release, or a larger disk`,
    otherBegun: (id, folder, at, by) =>
      `recovery ${id} of ${folder} (to ${at}, by ${by}) has not ended; fix: end it by the same command without --at, or smarter recover cancel`,
    resumes: (id, by, since) => `recovery ${id}, begun by ${by} at ${since}, goes on`,
    replaces: (id) => `recovery ${id} was for another time and is not in place yet: it is dropped`,
    will: {
      title: "What will happen",
      stop: (services) => `these stop: ${services}`,
      restore: (at) => `the whole cluster goes back to ${at}: later writes of every service are gone`,
      newest: (set) =>
        `the cluster comes back as of its last write if the server can still say it, else as of set ${set}`,
      files: (service, at) =>
        `the files of ${service} go back to ${at}; what was made since and is not in that backup stays`,
      path: (path, at) => `${path} goes back to ${at}`,
      verify: "beside the damaged one it is checked: it starts, tenants, every page (amcheck), Odoo's files",
      kept: (folder) => `then it takes its place; the damaged one is kept as ${folder} until smarter recover release`,
    },
    dryRun: "Dry run: nothing was changed.",
    step: {
      stopping: (services) => `stopping ${services}`,
      stopped: "nobody writes any more",
      lastPoint: "a last restore point is made",
      lastPointMade: "the last write is in the backups",
      noLastPoint: (why, set) => `the server makes no restore point any more (${why}): set ${set} counts`,
      itIsStopped: "it is stopped",
      restoring: (to) => `restoring beside what is damaged, to ${to}`,
      verified: (n) => `${n} checks hold`,
      switched: (damaged) => `in place; what was there is kept as ${damaged}`,
      starting: "the services and the backup agent start",
      serves: "every one of them is healthy",
      backups: "waiting for the first backup cycle",
      backedUp: (key) => `backups go on: ${key}`,
    },
    checksFailed: (n) =>
      `${n} check(s) do not hold, nothing was put in place; fix: an earlier --at, or smarter recover cancel to start the services on the data of before`,
    recovered: (seconds) => `Recovered, after ${seconds}.`,
    keptUntil: (folder) => `Kept until smarter recover release: ${folder}`,
    resume:
      "Nothing is lost: the same command goes on where it stopped; smarter recover cancel starts the services on the data of before.",
    backupsLate: (seconds) =>
      `no backup cycle in ${seconds} s; fix: docker logs agent on the host; a large cluster's first base copy takes its time`,
    cancelled: "Cancelled: the services run on the data of before.",
    nothingBegun: "No recovery is under way.",
    tooLateToCancel: (id) =>
      `recovery ${id} is already in place; fix: the same smarter recover command again, which ends it`,
    preview: {
      restoring: (at) => `the cluster of ${at} is restored beside the living one; nothing is stopped`,
      ready: (command) => `open for reading until Ctrl-C; on the host:\n  ${command}`,
      closed: "Closed; nothing of it stays.",
    },
    networks: {
      looking: "comparing networks, ports and firewalls with what the stack declares",
      nothing: "Networks, ports and firewalls are as the stack declares.",
      found: (name, what) => `${name}: ${what}`,
      untouched: (name) => `${name}: differs too, and is not this command's to mend: npm run drift`,
      unchecked: (name, why) => `${name}: could not be looked at: ${why}`,
      repairing: (names) => `pulumi up --refresh, only of ${names}`,
      connecting: (names) => `attached to the network again: ${names}`,
      restarting: (names) => `restarted, since they wait on connections to addresses that are gone: ${names}`,
      still: (names) => `still not as declared: ${names}; fix: npm run drift, then pulumi up`,
      repaired: (seconds) => `Repaired, after ${seconds}.`,
    },
    kept: {
      title: "Kept",
      none: "Nothing is kept.",
      released: (n) => `${n} released.`,
      unfinished: (id) => `recovery ${id} has not ended; fix: run it to its end first`,
    },
  },
  es: {
    noOutputs: (stack) =>
      `stack ${stack}: su último up no dejó dirección ni claves que lean sus propios respaldos; solución: pulumi up --stack ${stack}`,
    notActive: (generation, active) =>
      `la generación ${generation} no es la que sirve (${active ?? "ninguna"}); solución: --stack del sitio activo, o smarter failover activate`,
    locked: (holder) =>
      `otra recuperación trabaja en este host: ${holder}; solución: hablar con esa persona, o terminar ese proceso y repetir`,
    noSet: (generation, at) =>
      `la generación ${generation} no tiene un conjunto de respaldo válido${at ? ` de ${at} o antes` : ""}; solución: otro --at, o smarter failover activate`,
    held: (what, clean) =>
      `los respaldos más nuevos de estos archivos parecen cifrados: ${what}; consecuencia: se restaurarían así, en un servidor que puede estar en manos de un atacante; solución: un servidor nuevo, ver docs/runbook.md, "Files are encrypted"; o aquí, a una hora anterior: --at ${clean ?? "HORA"}`,
    tooNew: (at, newest) =>
      `--at ${at}: nada posterior a ${newest} está con certeza en los respaldos; solución: un momento anterior, o sin --at para lo más nuevo`,
    noSpace: (needed, free) =>
      `el host tiene ${free} libres; una segunda copia junto a la primera necesita ${needed}; solución: smarter recover release, o un disco mayor`,
    otherBegun: (id, folder, at, by) =>
      `la recuperación ${id} de ${folder} (a ${at}, de ${by}) no ha terminado; solución: terminarla con el mismo comando sin --at, o smarter recover cancel`,
    resumes: (id, by, since) => `continúa la recuperación ${id}, que empezó ${by} a las ${since}`,
    replaces: (id) => `la recuperación ${id} era para otro momento y aún no está en su lugar: se descarta`,
    will: {
      title: "Qué va a pasar",
      stop: (services) => `se detienen: ${services}`,
      restore: (at) => `todo el clúster vuelve a ${at}: lo que cualquier servicio escribió después desaparece`,
      newest: (set) =>
        `el clúster vuelve a su última escritura si el servidor aún puede decirla, si no al conjunto ${set}`,
      files: (service, at) =>
        `los archivos de ${service} vuelven a ${at}; lo creado después que no está en ese respaldo se queda`,
      path: (path, at) => `${path} vuelve a ${at}`,
      verify: "junto al dañado se comprueba: arranca, tenants, cada página (amcheck), archivos de Odoo",
      kept: (folder) => `luego ocupa su lugar; el dañado se guarda como ${folder} hasta smarter recover release`,
    },
    dryRun: "Ensayo: no se cambió nada.",
    step: {
      stopping: (services) => `deteniendo ${services}`,
      stopped: "ya nadie escribe",
      lastPoint: "se hace un último punto de restauración",
      lastPointMade: "la última escritura está en los respaldos",
      noLastPoint: (why, set) => `el servidor ya no hace puntos de restauración (${why}): vale el conjunto ${set}`,
      itIsStopped: "está detenido",
      restoring: (to) => `restaurando junto a lo dañado, a ${to}`,
      verified: (n) => `${n} comprobaciones se cumplen`,
      switched: (damaged) => `en su lugar; lo que había se guarda como ${damaged}`,
      starting: "arrancan los servicios y el agente de respaldo",
      serves: "todos están sanos",
      backups: "esperando el primer ciclo de respaldo",
      backedUp: (key) => `los respaldos siguen: ${key}`,
    },
    checksFailed: (n) =>
      `${n} comprobación(es) no se cumplen, nada se puso en su lugar; solución: un --at anterior, o smarter recover cancel para arrancar los servicios con los datos de antes`,
    recovered: (seconds) => `Recuperado, a los ${seconds}.`,
    keptUntil: (folder) => `Guardado hasta smarter recover release: ${folder}`,
    resume:
      "Nada se pierde: el mismo comando continúa donde se detuvo; smarter recover cancel arranca los servicios con los datos de antes.",
    backupsLate: (seconds) =>
      `ningún ciclo de respaldo en ${seconds} s; solución: docker logs agent en el host; la primera copia base de un clúster grande tarda`,
    cancelled: "Cancelado: los servicios funcionan con los datos de antes.",
    nothingBegun: "No hay ninguna recuperación en curso.",
    tooLateToCancel: (id) =>
      `la recuperación ${id} ya está en su lugar; solución: el mismo comando smarter recover otra vez, que la termina`,
    preview: {
      restoring: (at) => `el clúster de ${at} se restaura junto al vivo; nada se detiene`,
      ready: (command) => `abierto para leer hasta Ctrl-C; en el host:\n  ${command}`,
      closed: "Cerrado; no queda nada de él.",
    },
    networks: {
      looking: "comparando redes, puertos y firewalls con lo que declara el stack",
      nothing: "Redes, puertos y firewalls están como declara el stack.",
      found: (name, what) => `${name}: ${what}`,
      untouched: (name) => `${name}: también difiere, y no le toca a este comando: npm run drift`,
      unchecked: (name, why) => `${name}: no se pudo mirar: ${why}`,
      repairing: (names) => `pulumi up --refresh, solo de ${names}`,
      connecting: (names) => `conectados de nuevo a la red: ${names}`,
      restarting: (names) => `reiniciados, porque esperan conexiones a direcciones que ya no existen: ${names}`,
      still: (names) => `aún no están como se declaró: ${names}; solución: npm run drift, luego pulumi up`,
      repaired: (seconds) => `Reparado, a los ${seconds}.`,
    },
    kept: {
      title: "Guardado",
      none: "No hay nada guardado.",
      released: (n) => `${n} liberado(s).`,
      unfinished: (id) => `la recuperación ${id} no ha terminado; solución: llevarla antes a su fin`,
    },
  },
};
