import type { Context } from "hono";
import type { Labels } from "./entities";
import { invalidInput } from "./errors";
import { matchesSelector } from "./labels";

const filters = ["name", "label_selector", "page", "per_page", "sort", "id", "status"];

/**
 * Answers a list: filtered by `name`, `id`, `status` and `label_selector`, sorted, cut into pages. `also` names query parameters
 * that the route has handled itself; any other is refused, because ignoring a filter returns what was not asked for.
 */
export function listResponse<View extends { id: number; name?: string; labels?: Labels; status?: string }>(
  c: Context,
  key: string,
  entities: readonly View[],
  also: readonly string[] = [],
) {
  const query = c.req.query();
  for (const parameter of Object.keys(query)) {
    if (!filters.includes(parameter) && !also.includes(parameter))
      throw invalidInput(parameter, "the emulator does not know this parameter");
  }
  const ids = c.req.queries("id")?.map(Number);
  const statuses = c.req.queries("status");
  const found = entities.filter(
    (entity) =>
      (query["name"] === undefined || entity.name === query["name"]) &&
      (ids === undefined || ids.includes(entity.id)) &&
      (statuses === undefined || statuses.includes(entity.status ?? "")) &&
      (query["label_selector"] === undefined || matchesSelector(entity.labels ?? {}, query["label_selector"])),
  );
  const sorted = sortBy(found, c.req.queries("sort") ?? []);
  const page = Number(query["page"] ?? 1);
  const perPage = Math.min(Number(query["per_page"] ?? 25), 50);
  if (!(page >= 1 && perPage >= 1)) throw invalidInput("page", "page and per_page are whole numbers from 1");
  const lastPage = Math.max(1, Math.ceil(sorted.length / perPage));
  return c.json({
    [key]: sorted.slice((page - 1) * perPage, page * perPage),
    meta: {
      pagination: {
        page,
        per_page: perPage,
        previous_page: page > 1 ? page - 1 : null,
        next_page: page < lastPage ? page + 1 : null,
        last_page: lastPage,
        total_entries: sorted.length,
      },
    },
  });
}

/** `id`, `name:desc`, ...: the first key decides, the next break ties. */
function sortBy<View extends object>(views: readonly View[], keys: readonly string[]): View[] {
  const orders = keys.map((key) => key.split(":") as [keyof View, string?]);
  return [...views].sort((a, b) => {
    for (const [field, direction] of orders) {
      if (a[field] === b[field]) continue;
      return a[field] < b[field] === (direction !== "desc") ? -1 : 1;
    }
    return 0;
  });
}
