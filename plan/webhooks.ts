import type { ServiceName } from "./model";
import type { Duration } from "./units";

export const webhookSourceNames = ["shopify", "whatsapp"] as const;
export type WebhookSourceName = (typeof webhookSourceNames)[number];

/** Somebody outside who tells the site of events by HTTP, and what can be had again of what the site has lost. */
export interface WebhookSource {
  readonly name: WebhookSourceName;
  readonly title: string;
  /** Path of the gateway that takes them. */
  readonly path: string;
  /** Whose data hold what they brought: its recovered point is where the gap begins. */
  readonly into: ServiceName;
  /** So long the sender tries again what nobody acknowledged. What was acknowledged it never sends again. */
  readonly retriedFor: Duration;
  /** Asks the sender for what changed in a span, both ends ISO 8601. Absent: it lists nothing. */
  readonly refetch?: (from: string, to: string) => string;
  /** Where the sender's documentation says so. */
  readonly documented: readonly string[];
}

/**
 * The senders that the plan knows. What workflows of n8n or bots receive by addresses of their own is known to those alone. No table of the site
 * keeps the webhooks that arrived: which single ones are missing, only their sender can say.
 */
export const webhookSources: readonly WebhookSource[] = [
  {
    name: "shopify",
    title: "Shopify",
    path: "/webhooks/shopify",
    into: "odoo",
    retriedFor: "4 hours",
    refetch: (from, to) =>
      `{ orders(first: 250, sortKey: UPDATED_AT, query: "updated_at:>='${from}' AND updated_at:<='${to}'") { nodes { legacyResourceId name updatedAt } pageInfo { hasNextPage endCursor } } }`,
    documented: [
      "https://shopify.dev/changelog/updates-to-webhook-retry-mechanism",
      "https://shopify.dev/docs/apps/build/webhooks/best-practices",
      "https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates",
      "https://shopify.dev/docs/api/admin-graphql/latest/queries/orders",
    ],
  },
  {
    name: "whatsapp",
    title: "WhatsApp",
    path: "/webhooks/whatsapp",
    into: "chatwoot",
    retriedFor: "7 days",
    documented: ["https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks"],
  },
];
