import type { Run, StackOptions } from "../context";
import { lookOrWatch } from "../watch";
import { collect } from "./collect";
import { exitCodeOf, judge, remember, type Memory } from "./judge";
import { renderStatus } from "./render";
import { statusWords } from "./words";

/** `smarter status` */
export const run: Run<StackOptions & { json?: boolean; watch?: boolean }> = (context, options) => {
  const { lang } = context;
  let memory: Memory = {};
  return lookOrWatch({
    context,
    ...options,
    watching: statusWords[lang].watching,
    look: async () => {
      const look = await collect(options);
      const judgement = judge(look, memory);
      memory = remember(look, memory);
      return {
        text: renderStatus(look, judgement, lang),
        json: { ...judgement, look },
        exitCode: exitCodeOf(judgement),
      };
    },
  });
};
