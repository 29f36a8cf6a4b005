import { Resolver } from "node:dns/promises";
import pRetry from "p-retry";

/** Exits 0 when every resolver answers the expected address for every name; else 1, with what was answered instead. */
async function main(): Promise<void> {
  const list = (name: string) => (process.env[name] ?? "").split(",").filter(Boolean);
  const names = list("SMARTEROS_DNS_NAMES");
  const address = process.env["SMARTEROS_DNS_ADDRESS"] ?? "";
  const seconds = Number(process.env["SMARTEROS_DNS_SECONDS"] ?? 120);
  await Promise.all(
    list("SMARTEROS_DNS_RESOLVERS").flatMap((server) => {
      const resolver = new Resolver({ timeout: 3000, tries: 1 });
      resolver.setServers([server]);
      return names.map((name) =>
        pRetry(
          async () => {
            const answers = await resolver.resolve4(name);
            if (answers.length !== 1 && address) throw new Error(`${server} answers ${answers.join(", ")} for ${name}; expected ${address} alone`);
            if (address && answers[0] !== address) throw new Error(`${server} still answers ${answers[0]} for ${name}; expected ${address}`);
          },
          { retries: 1000, minTimeout: 250, maxTimeout: 5000, factor: 1.5, maxRetryTime: seconds * 1000 },
        ),
      );
    }),
  );
  console.log(`${names.length} names answer ${address || "(the proxy)"}`);
}

main().catch((error: Error) => {
  console.error(`DNS: ${error.message}; fix: look at the records in the zone; the site itself has passed its gate`);
  process.exitCode = 1;
});
