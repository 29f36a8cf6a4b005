import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An error as the API words it: `{success: false, errors: [{code, message}], messages: [], result: null}`. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  get body() {
    return { result: null, success: false, errors: [{ code: this.code, message: this.message }], messages: [] };
  }
}

/** The envelope of every success. */
export const success = <T>(result: T, more: object = {}) => ({
  result,
  success: true,
  errors: [],
  messages: [],
  ...more,
});

export const missingToken = () => new ApiError(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
export const invalidToken = () => new ApiError(403, 9109, "Invalid access token");
export const noRoute = (path: string) =>
  new ApiError(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
export const recordGone = () => new ApiError(404, 81044, "Record does not exist.");
export const identicalRecord = () => new ApiError(400, 81058, "An identical record already exists.");
export const hostHasRecords = () =>
  new ApiError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
export const notImplemented = (what: string) =>
  new ApiError(501, 501, `the Cloudflare emulator does not do this: ${what}`);
