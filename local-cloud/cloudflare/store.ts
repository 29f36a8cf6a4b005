import { randomBytes } from "node:crypto";
import { StateFile } from "../emulator/state-file";
import type { DnsRecord, DnsState, Zone } from "./entities";
import { hostHasRecords, identicalRecord, noRoute, recordGone } from "./errors";
import { isProxiable, readRecord, type RecordInput } from "./record-input";

/** A zone to begin with. Its records are seeded only when the zone is new: what was changed since stays. */
export interface ZoneSeed {
  /** 32 hex digits, as the stacks' config names it. */
  readonly id: string;
  /** @example "example.cl" */
  readonly name: string;
  readonly records?: readonly SeedRecord[];
}

export type SeedRecord = Pick<RecordInput, "name" | "type" | "content"> &
  Partial<Pick<RecordInput, "ttl" | "proxied" | "comment">>;

/** All zones and records, with the API's rules about which records may stand side by side. */
export class DnsStore {
  private readonly file: StateFile<DnsState>;

  constructor(
    stateFile: string,
    private readonly seeds: readonly ZoneSeed[],
  ) {
    this.file = new StateFile<DnsState>(stateFile, () => ({ zones: [], records: [] }));
    this.seed();
  }

  get zones(): readonly Zone[] {
    return this.file.state.zones;
  }

  get records(): readonly DnsRecord[] {
    return this.file.state.records;
  }

  zone(id: string): Zone {
    const found = this.zones.find((zone) => zone.id === id);
    if (!found) throw noRoute(`/zones/${id}`);
    return found;
  }

  record(zone: Zone, id: string): DnsRecord {
    const found = this.records.find((record) => record.zone_id === zone.id && record.id === id);
    if (!found) throw recordGone();
    return found;
  }

  create(zone: Zone, input: RecordInput): DnsRecord {
    this.refuseConflict(zone, input);
    const now = new Date().toISOString();
    const record = {
      id: randomBytes(16).toString("hex"),
      zone_id: zone.id,
      ...input,
      proxiable: isProxiable(input.type),
      meta: {},
      created_on: now,
      modified_on: now,
      ...(input.comment === null ? {} : { comment_modified_on: now }),
    };
    this.file.state.records.push(record);
    this.changed(zone);
    return record;
  }

  update(zone: Zone, record: DnsRecord, input: RecordInput): DnsRecord {
    this.refuseConflict(zone, input, record);
    const now = new Date().toISOString();
    if (input.comment !== record.comment) record.comment_modified_on = now;
    Object.assign(record, input, { proxiable: isProxiable(input.type), modified_on: now });
    this.changed(zone);
    return record;
  }

  delete(zone: Zone, record: DnsRecord): void {
    this.file.state.records = this.records.filter((other) => other !== record);
    this.changed(zone);
  }

  reset(): void {
    this.file.reset();
    this.seed();
  }

  private seed(): void {
    for (const { id, name, records = [] } of this.seeds) {
      if (this.zones.some((zone) => zone.id === id)) continue;
      const zone = { id, name: name.toLowerCase(), created_on: new Date().toISOString(), serial: 1 };
      this.file.state.zones.push(zone);
      for (const record of records) this.create(zone, readRecord(record, zone));
    }
    this.file.save();
  }

  private changed(zone: Zone): void {
    zone.serial++;
    this.file.save();
  }

  /** Identical records and a CNAME beside other addresses are refused; a second A record with other content is not. */
  private refuseConflict(zone: Zone, input: RecordInput, self?: DnsRecord): void {
    const beside = this.records.filter(
      (other) => other.zone_id === zone.id && other.name === input.name && other !== self,
    );
    if (beside.some((other) => other.type === input.type && other.content === input.content)) throw identicalRecord();
    const clashes = (other: DnsRecord) => isProxiable(other.type) && (other.type === "CNAME" || input.type === "CNAME");
    if (isProxiable(input.type) && beside.some(clashes)) throw hostHasRecords();
  }
}
