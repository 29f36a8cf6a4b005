import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/**
 * Whether a webhook's signature is the HMAC-SHA256 of its raw body.
 * @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https (X-Shopify-Hmac-Sha256, base64)
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started (X-Hub-Signature-256, "sha256=" and hex)
 */
export function signatureHolds(body: string, secret: string, claimed: string, encoding: "base64" | "hex"): boolean {
  const expected = createHmac("sha256", secret).update(body).digest();
  const given = Buffer.from(claimed.replace(/^sha256=/, ""), encoding);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What is read of Shopify's `orders/create`. The tenant is in the order's note attributes, under the name "rut". */
export const shopifyOrder = z
  .object({
    id: z.union([z.number(), z.string().min(1)]),
    total_price: z.union([z.string(), z.number()]).optional(),
    note_attributes: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  })
  .transform(({ id, total_price, note_attributes }) => ({
    id: String(id),
    amount: total_price === undefined ? null : Number(total_price),
    rut: note_attributes.find(({ name }) => name === "rut")?.value ?? null,
    source: "shopify",
  }));

const value = z.object({
  metadata: z.object({ phone_number_id: z.string() }).optional(),
  messages: z
    .array(
      z.object({ id: z.string().min(1), from: z.string().min(1), text: z.object({ body: z.string() }).optional() }),
    )
    .default([]),
});

/** One message as Chatwoot queues it. */
export interface IncomingMessage {
  readonly id: string;
  readonly from: string;
  readonly inbox: string;
  readonly content: string;
}

/** What is read of a webhook of the WhatsApp Cloud API: its messages. @see https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples */
export const whatsappWebhook = z
  .object({
    object: z.literal("whatsapp_business_account"),
    entry: z.array(z.object({ changes: z.array(z.object({ value })) })),
  })
  .transform(({ entry }): IncomingMessage[] =>
    entry
      .flatMap(({ changes }) => changes)
      .flatMap(({ value: { metadata, messages } }) =>
        messages.map(({ id, from, text }) => ({
          id,
          from,
          inbox: metadata?.phone_number_id ?? "default",
          content: text?.body ?? "",
        })),
      ),
  );
