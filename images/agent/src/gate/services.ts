import type { GateSpec } from "../../../../contracts/gate";
import { VaultClient } from "../vault-client";
import { ask, type Check } from "./check";

/** Every service answers its own health path, inside the site's network. */
export function serviceChecks({ services }: GateSpec): Check[] {
  return services.map(({ name, url }) => ({
    name: `service ${name}`,
    async look() {
      const { status } = await ask(url);
      return `GET ${url} answered ${status}`;
    },
  }));
}

export function vaultChecks({ vault }: GateSpec): Check[] {
  if (!vault) return [];
  return [
    {
      name: "vault unsealed",
      async look() {
        const { initialized, sealed, version } = await new VaultClient(vault.address).sealStatus();
        if (!initialized || sealed)
          throw new Error(`Vault ${version} is ${initialized ? "sealed" : "not initialised"}`);
        return `Vault ${version} is unsealed`;
      },
    },
  ];
}
