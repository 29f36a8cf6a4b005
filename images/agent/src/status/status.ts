import type { AgentConfig } from "../../../../contracts/agent";
import { type ModuleTarget, restorableAt } from "../../../../contracts/freshness";
import type { ManifestBody } from "../../../../contracts/manifest";
import type { ArchiveFacts } from "./archive";

export type Phase =
  /** No cycle of this process has finished yet. */
  { state: "initialising"; since: Date } | { state: "cycling"; lastFinishedAt: Date };

/** What the agent knows of its own work at one moment. */
export interface Status {
  now: Date;
  config: Pick<AgentConfig, "cycleSeconds" | "targets" | "walQueueLimitSeconds">;
  phase: Phase;
  /** What a recovery would restore now; undefined before the first cycle of the generation. */
  newest: ManifestBody | undefined;
  /** Undefined while PostgreSQL cannot be asked. */
  archive: (ArchiveFacts & { diskFullSeconds: number }) | undefined;
}

/** Age in seconds of the newest point to which a module can be restored; undefined when there is none. */
export function restorableAge({ newest, now }: Status, target: ModuleTarget): number | undefined {
  const at = newest && restorableAt(newest, target);
  return at && Math.max(0, (now.getTime() - at.getTime()) / 1000);
}
