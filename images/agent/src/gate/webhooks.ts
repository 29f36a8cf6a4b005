import { createHmac, randomUUID } from "node:crypto";
import type { GateSpec } from "../../../../contracts/gate";
import { ask, type Check } from "./check";

/** A signed webhook of each kind goes the whole way: it is accepted, and what it brought is found where it belongs. */
export function webhookChecks({ webhooks, tenants }: GateSpec): Check[] {
  const { gatewayUrl, odooUrl, chatwootUrl, shopifySecret, whatsappSecret } = webhooks;
  // One id for all attempts: a webhook that is sent again is the same order, as it is from the real senders.
  const orderId = String(Date.now());
  const messageId = `wamid.gate-${randomUUID()}`;
  return [
    {
      name: "shopify webhook reaches odoo",
      async look() {
        const body = JSON.stringify(shopifyOrder(orderId, tenants[0]?.rut));
        await post(`${gatewayUrl}/webhooks/shopify`, body, {
          "X-Shopify-Topic": "orders/create",
          "X-Shopify-Hmac-Sha256": hmac(shopifySecret, body).toString("base64"),
        });
        const { text } = await ask(`${odooUrl}/api/orders/${orderId}`);
        if (!text.includes(orderId))
          throw new Error(`Odoo answers something else than order ${orderId}: ${text.slice(0, 200)}`);
        return `order ${orderId} was accepted with its HMAC, and is in Odoo`;
      },
    },
    {
      name: "whatsapp message reaches chatwoot",
      async look() {
        const body = JSON.stringify(whatsappMessage(messageId));
        await post(`${gatewayUrl}/webhooks/whatsapp`, body, {
          "X-Hub-Signature-256": `sha256=${hmac(whatsappSecret, body).toString("hex")}`,
        });
        const { text } = await ask(`${chatwootUrl}/api/conversations?message_id=${encodeURIComponent(messageId)}`);
        if (!text.includes(messageId)) throw new Error(`Chatwoot has no conversation with message ${messageId} (yet)`);
        return `message ${messageId} was accepted with its signature, and is in a Chatwoot conversation`;
      },
    },
  ];
}

const hmac = (secret: string, body: string) => createHmac("sha256", secret).update(body).digest();

const post = (url: string, body: string, headers: Record<string, string>) =>
  ask(url, { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } });

/** What of Shopify's `orders/create` matters: https://shopify.dev/docs/api/webhooks */
function shopifyOrder(id: string, rut: string | undefined) {
  return {
    id: Number(id),
    name: `#GATE-${id}`,
    total_price: "0.00",
    currency: "CLP",
    note_attributes: rut === undefined ? [] : [{ name: "rut", value: rut }],
    line_items: [],
  };
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples */
function whatsappMessage(id: string) {
  const message = {
    id,
    from: "56900000000",
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: "text",
    text: { body: "recovery gate" },
  };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "56900000001", phone_number_id: "gate" },
    messages: [message],
  };
  return { object: "whatsapp_business_account", entry: [{ id: "gate", changes: [{ field: "messages", value }] }] };
}
