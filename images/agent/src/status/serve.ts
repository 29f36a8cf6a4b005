import { once } from "node:events";
import { createServer } from "node:http";
import type { AgentConfig } from "../../../../contracts/agent";
import { messageOf } from "../log";
import { problems, wellBeing } from "./health";
import { metricsText } from "./metrics";
import type { Status } from "./status";

interface Answer {
  code: number;
  text: string;
}

function health(status: Status): Answer {
  const found = problems(status);
  return found.length > 0
    ? { code: 503, text: `${found.join("\n")}\n` }
    : { code: 200, text: `${wellBeing(status)}\n` };
}

async function answerTo(path: string | undefined, status: Status): Promise<Answer> {
  switch (path) {
    case "/health":
      return health(status);
    case "/metrics":
      return { code: 200, text: await metricsText(status) };
    default:
      return { code: 404, text: "here are /health and /metrics\n" };
  }
}

/** Serves `/health` (503 with a line for each problem, else 200) and `/metrics`. */
export async function serveStatus(
  { host, port }: AgentConfig["status"],
  status: () => Status,
): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    answerTo(request.url, status())
      .catch((error: unknown) => ({ code: 500, text: `${messageOf(error)}\n` }))
      .then(({ code, text }) =>
        response.writeHead(code, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      );
  });
  server.listen(port, host);
  await once(server, "listening");
  return { close: () => void server.close().closeAllConnections() };
}
