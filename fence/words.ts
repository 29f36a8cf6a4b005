import type { Words } from "../words/language";
import { sayer, teller } from "../words/said";

/** What came of a way to fence the old site off, and what is still open. */
interface FenceWords {
  readonly noAddress: () => string;
  readonly noHostKey: () => string;
  /** @param hosts "address (containers)", by commas */
  readonly stopped: (hosts: string) => string;
  readonly noHetznerToken: () => string;
  readonly noOlderServer: () => string;
  readonly off: (what: string) => string;
  readonly notConfigured: () => string;
  readonly machineStopped: (id: number) => string;
  readonly noActiveKey: (writers: number) => string;
  readonly onAgain: (what: string) => string;
  readonly serves: (at: string) => string;
  readonly answered: (at: string) => string;
  readonly keyOn: () => string;
}

export const fenceWords: Words<FenceWords> = {
  en: {
    noAddress: () => "no address of the old site is known, neither from DNS nor from smarteros:site.fence.address",
    noHostKey: () => "its host key is not known; fix: smarteros:site.fence.hostKey",
    stopped: (hosts) => `containers stopped, none starts again: ${hosts}`,
    noHetznerToken: () => "no token of Hetzner's; fix: hcloud:token",
    noOlderServer: () => "no server of an older generation is there",
    off: (what) => `off: ${what}`,
    notConfigured: () =>
      "not configured; fix: smarteros:site.fence.hostingerVirtualMachine and smarteros:hostingerToken",
    machineStopped: (id) => `virtual machine ${id} is stopped`,
    noActiveKey: (writers) => `${writers} writers of older generations, none with an active key`,
    onAgain: (what) => `on again: ${what}`,
    serves: (at) => `it still serves at ${at}`,
    answered: (at) => `it answered at ${at} and nothing stopped it`,
    keyOn: () => "its key for writing backups is not off",
  },
  es: {
    noAddress: () =>
      "no se conoce ninguna dirección del sitio anterior, ni por DNS ni por smarteros:site.fence.address",
    noHostKey: () => "no se conoce su clave de host; solución: smarteros:site.fence.hostKey",
    stopped: (hosts) => `contenedores detenidos, ninguno arranca de nuevo: ${hosts}`,
    noHetznerToken: () => "falta el token de Hetzner; solución: hcloud:token",
    noOlderServer: () => "no hay ningún servidor de una generación anterior",
    off: (what) => `apagado: ${what}`,
    notConfigured: () =>
      "sin configurar; solución: smarteros:site.fence.hostingerVirtualMachine y smarteros:hostingerToken",
    machineStopped: (id) => `la máquina virtual ${id} está detenida`,
    noActiveKey: (writers) => `${writers} escritores de generaciones anteriores, ninguno con una clave activa`,
    onAgain: (what) => `encendido de nuevo: ${what}`,
    serves: (at) => `aún sirve en ${at}`,
    answered: (at) => `respondió en ${at} y nada lo detuvo`,
    keyOn: () => "su clave para escribir respaldos no está desactivada",
  },
};

export const sayFence = sayer(fenceWords);
export const tellFence = teller(fenceWords);
