import type { Client } from "pg";
import { timelineOf } from "../../../contracts/pgbackrest";
import type { BaseBackup } from "./pgbackrest";

/** A cluster's history: its timeline, and at which position it left each earlier one. */
export interface Lineage {
  readonly timeline: number;
  /** Position (bytes of WAL) by timeline. */
  readonly leftAt: ReadonlyMap<number, bigint>;
}

/** @example lsnBytes("0/A000028") === 167772200n */
export function lsnBytes(lsn: string): bigint {
  const [high = "", low = ""] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** @param history PostgreSQL's history file of this timeline: "timeline, position, reason" a line */
export function parseHistory(timeline: number, history: string): Lineage {
  const lines = [...history.matchAll(/^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/gim)];
  return { timeline, leftAt: new Map(lines.map(([, left, lsn]) => [Number(left), lsnBytes(lsn!)])) };
}

/**
 * Whether the cluster's own history goes through a backup. One that was made after the point to which a living host was restored does not:
 * it holds what was undone, and nothing that came since can be reached from it.
 */
export function isAncestor({ timeline, leftAt }: Lineage, backup: Pick<BaseBackup, "walStop" | "lsnStop">): boolean {
  const own = timelineOf(backup.walStop);
  const left = leftAt.get(own);
  return own === timeline || (left !== undefined && lsnBytes(backup.lsnStop) <= left);
}

/** Of a running server. */
export async function lineageOf(client: Client): Promise<Lineage> {
  const { rows } = await client.query<{ file: string }>("select pg_walfile_name(pg_current_wal_lsn()) as file");
  const timeline = timelineOf(rows[0]!.file);
  if (timeline === 1) return { timeline, leftAt: new Map() };
  const name = `pg_wal/${timeline.toString(16).toUpperCase().padStart(8, "0")}.history`;
  const { rows: found } = await client.query<{ text: string }>("select pg_read_file($1) as text", [name]);
  return parseHistory(timeline, found[0]!.text);
}
