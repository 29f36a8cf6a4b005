import { describe } from "./role";
import { roles, type RoleName } from "./roles";
import { startApp } from "./server";

/** Entry point of the images: SMARTEROS_ROLE names the application. Exits 1 when it cannot start, 0 on SIGTERM. */
async function main(): Promise<void> {
  const name = process.env["SMARTEROS_ROLE"] ?? "";
  if (!Object.hasOwn(roles, name)) {
    throw new Error(
      `SMARTEROS_ROLE: received "${name}"; allowed: ${Object.keys(roles).join(", ")}; fix: build the image with --build-arg ROLE=NAME`,
    );
  }
  const app = await startApp(roles[name as RoleName], process.env);
  console.log(`${name}: listening on ${app.url}`);
  const stop = (signal: NodeJS.Signals) => {
    console.log(`${name}: ${signal}, stopping`);
    app.close().then(() => process.exit(0), fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function fail(error: unknown): never {
  console.error(describe(error));
  process.exit(1);
}

main().catch(fail);
