import type { Props } from "../provider";

/** A record's outputs under the SDK's names. */
export const recordOutputs = (record: Props): Props => ({
  name: record["name"],
  type: record["type"],
  content: record["content"],
  ttl: record["ttl"],
  proxied: record["proxied"],
  proxiable: record["proxiable"],
  comment: record["comment"] ?? undefined,
  tags: record["tags"] ?? [],
  settings: settingsOutput(record["settings"] ?? {}),
  meta: JSON.stringify(record["meta"] ?? {}),
  createdOn: record["created_on"],
  modifiedOn: record["modified_on"],
  commentModifiedOn: record["comment_modified_on"] ?? undefined,
  tagsModifiedOn: record["tags_modified_on"] ?? undefined,
});

const settingsOutput = ({ flatten_cname: flattenCname, ipv4_only: ipv4Only, ipv6_only: ipv6Only }: Props): Props => ({
  flattenCname,
  ipv4Only,
  ipv6Only,
});

export const settingsBody = ({ flattenCname, ipv4Only, ipv6Only }: Props): Props => ({
  flatten_cname: flattenCname,
  ipv4_only: ipv4Only,
  ipv6_only: ipv6Only,
});
