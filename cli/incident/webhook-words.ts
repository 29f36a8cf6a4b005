import type { WebhookSourceName } from "../../plan/webhooks";
import type { Words } from "../language";

interface WebhookWords {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  /** @param givenUp the gap is longer than the sender tries */
  readonly retried: (retriedFor: string, givenUp: boolean) => string;
  /** How what was acknowledged and lost is had again; the query, where there is one, follows. */
  readonly again: Readonly<Record<WebhookSourceName, string>>;
  /** How one that comes twice is known. */
  readonly same: Readonly<Record<WebhookSourceName, string>>;
}

/** The words about webhooks that arrived in the gap. */
export const webhookWords: Words<WebhookWords> = {
  en: {
    title: "Webhooks of the gap",
    note: "From the recovered point to the move of DNS. What the old site still acknowledged after that point is lost with its data, and its sender does not send it again: it has to be fetched. What nobody acknowledged comes by itself for as long as the sender tries. The site keeps no list of webhooks, so that no single one is named here; those of n8n's workflows and of bots go to addresses that the plan does not know.",
    head: ["Source", "Gap", "Comes by itself", "Fetch the rest", "One that comes twice is known by"],
    retried: (retriedFor, givenUp) =>
      givenUp
        ? `for ${retriedFor}: the gap is longer, what came first may have been given up`
        : `for ${retriedFor}, which is longer than the gap`,
    again: {
      shopify:
        "Shopify Admin, Settings, Notifications, Webhooks (or the app): is the subscription still there? Shopify removes one that failed for too long. Then Admin API, GraphQL, page by page; send each order that Odoo lacks through the same processing as a webhook:",
      whatsapp:
        "The Cloud API lists no messages: what was acknowledged and lost cannot be fetched. The messages are on the customers' phones alone: ask them to write again.",
    },
    same: {
      shopify: "the order's id (legacyResourceId); of a delivery, the header X-Shopify-Event-Id",
      whatsapp: "the message's id (wamid...), in Chatwoot messages.source_id",
    },
  },
  es: {
    title: "Webhooks de la ventana",
    note: "Desde el punto recuperado hasta el cambio de DNS. Lo que el sitio anterior alcanzó a confirmar después de ese punto se perdió con sus datos, y quien lo envió no lo reenvía: hay que pedirlo. Lo que nadie confirmó llega solo mientras el emisor reintenta. El sitio no guarda una lista de webhooks, así que aquí no se nombra ninguno en particular; los de los flujos de n8n y de los bots van a direcciones que el plan no conoce.",
    head: ["Origen", "Ventana", "Llega solo", "Pedir el resto", "Uno que llega dos veces se reconoce por"],
    retried: (retriedFor, givenUp) =>
      givenUp
        ? `durante ${retriedFor}: la ventana es más larga, lo primero puede haberse abandonado`
        : `durante ${retriedFor}, más que la ventana`,
    again: {
      shopify:
        "Shopify Admin, Configuración, Notificaciones, Webhooks (o la app): ¿sigue la suscripción? Shopify quita la que falla demasiado tiempo. Luego Admin API, GraphQL, página por página; pase cada pedido que falte en Odoo por el mismo proceso que un webhook:",
      whatsapp:
        "La Cloud API no lista mensajes: lo confirmado y perdido no se puede pedir. Los mensajes están solo en los teléfonos de los clientes: pídales que escriban otra vez.",
    },
    same: {
      shopify: "el id del pedido (legacyResourceId); de una entrega, la cabecera X-Shopify-Event-Id",
      whatsapp: "el id del mensaje (wamid...), en Chatwoot messages.source_id",
    },
  },
};
