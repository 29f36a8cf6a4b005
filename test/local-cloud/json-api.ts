/** A plain client for the emulators' tests: method, path, body in; status and JSON out. */
export function jsonApi(url: string, token: string) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into documents of several APIs
    return { status: response.status, json: (text === "" ? undefined : JSON.parse(text)) as any };
  };
}
