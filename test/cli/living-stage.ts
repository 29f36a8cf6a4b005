import { afterAll, beforeAll } from "vitest";
import type { Ground, Primary } from "../../drill/ground";
import { minutes, raiseStage, strikeStage, type Stage } from "../local-stage";

/** A living site with a backup, for all tests of a file, and how the operator's command is told of it. */
export interface LivingStage {
  readonly ground: Ground;
  readonly primary: Primary;
  readonly backedUp: Stage["backedUp"];
  readonly env: Record<string, string>;
  /** Options that name the stack and its settings. */
  readonly onStack: readonly string[];
}

/** Raises it before the file's tests, and strikes it after them: there from the first test on. */
export function livingStage(): LivingStage {
  const stage = {} as { -readonly [K in keyof LivingStage]: LivingStage[K] };
  beforeAll(async () => {
    const { ground, primary, backedUp } = await raiseStage();
    const env = { ...ground.stacks.engine("primary").env };
    const onStack = ["--stack", "primary", "--config-file", ground.stacks.settingsFile("primary")];
    Object.assign(stage, { ground, primary, backedUp, env, onStack });
    await backedUp();
  }, minutes(15));
  afterAll(() => strikeStage(stage.primary), minutes(3));
  return stage;
}
