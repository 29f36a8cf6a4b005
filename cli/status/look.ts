import type { ServiceName } from "../../plan/model";
import type { DriftRecord } from "../../drift/record";
import type { Asked } from "../ask";
import type { Said } from "../said";
import type { BackupState, ModuleFreshness } from "../backups";
import type { LookedAt } from "../settings";
import type { Container } from "../inside";

/** What a module said from outside. */
export type Outside =
  | {
      readonly well: true;
      readonly address: string;
      readonly seconds: number;
      readonly certificateUntil: string;
      readonly evidence: string;
    }
  | { readonly well: false; readonly said: string };

export interface ModuleLook {
  readonly module: ServiceName;
  readonly critical: boolean;
  /** As its users reach it; of a module that is not published, what the gateway says of it. */
  readonly outside: Asked<Outside>;
  /** Its container on the active host, where that could be reached. */
  readonly inside?: Container;
  readonly freshness?: ModuleFreshness;
}

/** A site that the settings know, and where it is. */
export interface KnownSite {
  readonly generation: number;
  readonly host: LookedAt["host"]["kind"];
  readonly address?: string;
}

/** A server at the recovery's provider that carries this site's labels. */
export interface OwnServer {
  readonly name: string;
  readonly generation: string;
  readonly address: string;
}

/** How old a credential is that the site uses. */
export interface CredentialAge {
  readonly name: string;
  /** Seconds; null: nobody recorded it. */
  readonly ageSeconds: number | null;
  /** Being replaced: in the settings, and not proved to be in force. */
  readonly pending: boolean;
  /** Whether it can be replaced while the site lives. */
  readonly replaceable: boolean;
}

/** One look at everything: the facts, without a judgement. */
export interface Look {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly domain: string;
  /** "engine": with secrets; "file": the engine did not answer, and what the settings file says in clear was used. */
  readonly settingsFrom: "engine" | "file";
  readonly settingsProblem?: string;
  /** The same in the reader's language; not in JSON. */
  readonly settingsSaid?: Said;
  readonly sites: readonly KnownSite[];
  /** Generation that serves, by the backups that it writes; undefined: not known. */
  readonly activeGeneration?: number;
  readonly activeAddress?: string;
  readonly proxied: boolean;
  readonly dns: readonly { readonly resolver: string; readonly answer: Asked<string> }[];
  readonly modules: readonly ModuleLook[];
  readonly inside: Asked<readonly Container[]>;
  readonly backups: Asked<BackupState>;
  readonly hetzner: Asked<readonly OwnServer[]>;
  /** Content of the domain's A record. */
  readonly cloudflare: Asked<string>;
  readonly certificate?: { readonly until: string; readonly issuer: "acme" | "internal" };
  /** The last drift check with these settings, if one was made from here. */
  readonly lastDrift?: DriftRecord;
  /** Of the S3 keys by IAM's word, where it answered, of the others by the settings' record. */
  readonly credentials: readonly CredentialAge[];
  readonly lastDrill?: { readonly verdict: string; readonly at: string };
}
