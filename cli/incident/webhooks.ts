import { seconds } from "../../plan/units";
import { webhookSources, type WebhookSource } from "../../plan/webhooks";
import { daysOr } from "../clock";
import type { Language } from "../language";
import type { Incident } from "./record";
import { webhookWords } from "./webhook-words";

/** What a sender told the site in vain: to an old one whose state did not come back, or to none. */
export interface WebhookGap {
  readonly source: WebhookSource;
  /** The recovered point of the module that keeps what it brings, ISO 8601. */
  readonly from: string;
  /** When DNS had moved, ISO 8601. */
  readonly to: string;
  /** The gap is longer than the sender tries: what came first may have been given up. */
  readonly givenUp: boolean;
}

/** Per source, from the recovered point to the flip; none before anything has taken over. */
export function webhookGaps({ verdict, modules, events, finishedAt }: Incident): WebhookGap[] {
  if (verdict !== "recovered") return [];
  const to = events.findLast(({ stage }) => stage === "dns")?.at ?? finishedAt;
  return webhookSources.flatMap((source) => {
    const from = modules.find(({ module }) => module === source.into)?.backAsOf;
    if (!from) return [];
    const givenUp = Date.parse(to) - Date.parse(from) > seconds(source.retriedFor) * 1_000;
    return [{ source, from, to, givenUp }];
  });
}

/** For programs. */
export const gapAsJson = ({ source, ...gap }: WebhookGap) => ({
  source: source.name,
  ...gap,
  /** Null: the sender lists nothing. */
  refetch: source.refetch?.(gap.from, gap.to) ?? null,
});

/** A row for people: source, gap, what comes by itself, how the rest is had again, how the same one is known. @param when shows a moment */
export function webhookRow(
  { source, from, to, givenUp }: WebhookGap,
  lang: Language,
  when: (iso: string) => string,
): string[] {
  const { retried, again, same } = webhookWords[lang];
  const query = source.refetch?.(from, to);
  return [
    source.title,
    `${when(from)} – ${when(to)}`,
    retried(daysOr(seconds(source.retriedFor), lang), givenUp),
    query === undefined ? again[source.name] : `${again[source.name]} ${query}`,
    same[source.name],
  ];
}
