import https from "node:https";
import { endToEnd, relay, startTlsFront, answerFailures } from "../../local-cloud/tls-front";
import type { Pki } from "../../local-cloud/pki";
import type { RequestCount } from "../../backups/cost/measured";

export interface CountingFrontArgs {
  readonly pki: Pki;
  /** The S3 behind it: at localhost. */
  readonly port: number;
  readonly caPem: string;
  /** Called when an object's upload is done, with its key. */
  readonly onObject?: (key: string) => void;
}

/** An S3 front that counts requests as AWS bills them, and passes each on as it is. */
export async function startCountingFront({ pki, port, caPem, onObject }: CountingFrontArgs) {
  const upstreamAgent = new https.Agent({ ca: caPem, keepAlive: true });
  let count = none();
  const front = await startTlsFront({
    hostnames: ["127.0.0.1"],
    port: 0,
    pki,
    handler: answerFailures(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url!, "http://any");
      const [bucket, ...path] = pathname.slice(1).split("/");
      const key = path.join("/");
      const sent = request.pipe(
        https.request({
          ...{ host: "127.0.0.1", port, servername: "localhost", agent: upstreamAgent, setHost: false },
          ...{ method: request.method, path: request.url, headers: endToEnd(request.rawHeaders) as never },
        }),
      );
      const upstream = await new Promise<Parameters<typeof relay>[0]>((resolve, reject) =>
        sent.once("response", resolve).once("error", reject),
      );
      const { method } = request;
      const lists = method === "GET" && bucket !== "" && key === "";
      if (method === "PUT" || method === "POST" || lists) count.puts += 1;
      else if (method === "GET" || method === "HEAD") count.gets += 1;
      else count.deletes += 1;
      const stored = method === "PUT" && key !== "" && upstream.statusCode === 200;
      if (stored) count.bytes += Number(request.headers["content-length"] ?? 0);
      const done = (stored && !searchParams.has("uploadId")) || (method === "POST" && searchParams.has("uploadId"));
      if (done) count.objects += 1;
      await relay(upstream, response);
      if (done) onObject?.(key);
    }),
  });
  return {
    port: front.port,
    /** What was counted since the last call. */
    take(): RequestCount {
      const taken = count;
      count = none();
      return taken;
    },
    async close() {
      await front.close();
      upstreamAgent.destroy();
    },
  };
}

const none = (): { -readonly [K in keyof RequestCount]: number } => ({
  puts: 0,
  gets: 0,
  deletes: 0,
  objects: 0,
  bytes: 0,
});
