import type { GateCheck } from "../../contracts/gate";
import { psql } from "../ground";
import { clusterModules, loseAndRecover } from "./living";
import type { Scenario, Stage } from "./scenario";
import { tell } from "../timeline-words";

/** Seconds in which the next backup must come: the damage is in it. */
const noticedSeconds = 120;

/**
 * E8: an injected statement changes every price, and empties a table. It is noticed only when the damage is in the backups too; the cluster
 * goes back to the moment before it.
 */
export const sqlInjection: Scenario = {
  name: "sql-injection",
  run: async (stage, draft) => {
    const { onVps, backups, generation, signal } = stage;
    const before = await prices(stage);
    // The server's own clock, rounded down: the statement is later for certain.
    const at = new Date(
      (await onVps(psql("odoo", "select date_trunc('milliseconds', clock_timestamp())"))).trim(),
    ).toISOString();
    await loseAndRecover(stage, draft, {
      what: tell("rowsLost"),
      damage: async () =>
        void (await onVps(psql("odoo", "update product_template set list_price = 1; delete from history;"))),
      unnoticed: async () =>
        void (await backups.cycleSince(Date.now(), { generation, seconds: noticedSeconds, signal })),
      recovery: ["recover", "postgres", "--at", at],
      darkFrom: /nobody writes any more/,
      modules: clusterModules,
      look: async (): Promise<GateCheck[]> => {
        const after = await prices(stage);
        return [
          {
            name: "prices and history of before",
            ok: after === before,
            evidence: `prices and rows of history: ${before} before, ${after} after`,
          },
        ];
      },
    });
  },
};

const prices = async ({ onVps }: Stage): Promise<string> =>
  (
    await onVps(
      psql("odoo", "select (select sum(list_price) from product_template) || ', ' || (select count(*) from history)"),
    )
  ).trim();
