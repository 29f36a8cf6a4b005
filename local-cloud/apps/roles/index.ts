import type { Role } from "../role";
import { botpress } from "./botpress";
import { chatwoot } from "./chatwoot";
import { dokploy } from "./dokploy";
import { gateway } from "./gateway";
import { metabase } from "./metabase";
import { n8n } from "./n8n";
import { odoo } from "./odoo";

/** The applications that cannot be had, each a role of the same program. */
export const roles = { gateway, odoo, chatwoot, botpress, n8n, metabase, dokploy } satisfies Record<string, Role>;
export type RoleName = keyof typeof roles;
