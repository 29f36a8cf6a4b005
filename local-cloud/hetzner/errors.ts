import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";

/** An error as the API words it: `{"error": {"code", "message", "details"}}` with an HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly details: unknown = null,
  ) {
    super(message);
  }

  get body() {
    return { error: { code: this.code, message: this.message, details: this.details } };
  }
}

export const unauthorized = () => new ApiError(401, "unauthorized", "unable to authenticate");
export const notFound = (what: string, id: number | string) =>
  new ApiError(404, "not_found", `${what} with ID '${id}' not found`);
export const notUnique = (field: string) =>
  new ApiError(409, "uniqueness_error", `${field} is already used`, { fields: [{ name: field }] });
export const invalidInput = (field: string, message: string) =>
  new ApiError(422, "invalid_input", `invalid input in field '${field}'`, {
    fields: [{ name: field, messages: [message] }],
  });
export const notImplemented = (what: string) =>
  new ApiError(501, "not_implemented", `the Hetzner emulator does not do this: ${what}`);

/** Parses a request's JSON by a strict schema. Fields that the emulator does not know are refused with 501, never ignored. */
export async function readBody<Schema extends z.ZodType>(
  request: { text(): Promise<string> },
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await request.text();
  let json: unknown;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, "json_error", `invalid JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown) throw notImplemented(`request field ${[...unknown.path, unknown.keys[0]].join(".")}`);
  const fields = parsed.error.issues.map((issue) => ({ name: issue.path.join("."), messages: [issue.message] }));
  throw new ApiError(422, "invalid_input", `invalid input in field '${fields[0]!.name}'`, { fields });
}
