import { ApiError, success } from "./errors";

/** One page of a list in the API's envelope. A page behind the last is empty, and that is how clients find the end. */
export function pageOf<T>(all: readonly T[], query: Record<string, string>) {
  const page = Number(query["page"] ?? 1);
  const perPage = Number(query["per_page"] ?? 100);
  if (!(Number.isInteger(page) && page >= 1 && Number.isInteger(perPage) && perPage >= 1)) {
    throw new ApiError(400, 1004, "page and per_page must be whole numbers from 1");
  }
  const result = all.slice((page - 1) * perPage, page * perPage);
  const total_pages = Math.ceil(all.length / perPage);
  return success(result, {
    result_info: { page, per_page: perPage, count: result.length, total_count: all.length, total_pages },
  });
}
