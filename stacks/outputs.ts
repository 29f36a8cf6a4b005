import * as pulumi from "@pulumi/pulumi";
import type { FenceResult } from "../contracts/fence";
import type { SwitchoverResult } from "../contracts/switchover";
import type { GateResult } from "../contracts/gate";
import { unmetObjectives } from "../plan/checks";
import { plan } from "../plan/plan";
import type { StackConfig } from "./config";
import type { SiteOutputs } from "./site";

/** What both stacks export: the contract with the drill, the CLI and the auditor. */
export interface StackOutputs {
  readonly domain: string;
  readonly generation: number;
  readonly address: pulumi.Output<string>;
  /** The backup set that was restored, what was passed over, and how each module came back. */
  readonly restored?: pulumi.Output<{
    readonly restoreId: string;
    readonly manifest: string;
    readonly consistentAt: string;
    readonly databaseBytes: number;
    readonly skipped: readonly { key: string; reason: string }[];
    readonly modules: unknown[];
  }>;
  /** How the site that served was taken out of service, where it could be asked to. */
  readonly switchover?: pulumi.Output<SwitchoverResult>;
  /** How the site that was replaced was kept from serving and writing. */
  readonly fence?: pulumi.Output<FenceResult>;
  readonly gate?: pulumi.Output<GateResult>;
  /** The site stands by, without services: another generation is active. */
  readonly standby?: true;
  /** Objectives of the plan that its means cannot meet. */
  readonly unmet: readonly { service: string; objective: string; because: string }[];
  /** Vault's unseal shares and token; secret. Move them to the escrow: the recovery needs them. */
  readonly vaultEscrow?: pulumi.Output<unknown>;
  /** Keys that read the backups of this generation, for restores on its own host; secret. Absent on a host that stands by. */
  readonly readerKeys?: pulumi.Output<unknown>;
}

export function siteOutputs(config: StackConfig, site: SiteOutputs): StackOutputs {
  return {
    domain: config.site.domain,
    generation: config.site.generation,
    address: site.address,
    ...(site.restore
      ? {
          restored: pulumi.all([site.restore, pulumi.all([...site.restored])]).apply(([{ restoreId, set }, waves]) => ({
            restoreId,
            manifest: set.key,
            consistentAt: set.manifest.body.consistentAt,
            databaseBytes: set.manifest.body.postgres.databaseBytes,
            skipped: set.skipped,
            modules: waves.flatMap((lines) => lines.trim().split("\n").filter(Boolean).map((l): unknown => JSON.parse(l))),
          })),
        }
      : {}),
    ...(site.fence ? { fence: site.fence } : {}),
    ...(site.gate ? { gate: site.gate } : {}),
    ...(site.readerKeys ? { readerKeys: site.readerKeys } : {}),
    unmet: unmetObjectives(plan),
    ...(site.vaultEscrow ? { vaultEscrow: site.vaultEscrow } : {}),
  };
}

/** Of a site that stands by. */
export const standbyOutputs = ({ site }: StackConfig, address: pulumi.Output<string>): StackOutputs => ({
  domain: site.domain,
  generation: site.generation,
  address,
  standby: true,
  unmet: unmetObjectives(plan),
});
