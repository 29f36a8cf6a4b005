import { Command, InvalidArgumentError, Option } from "commander";
import type { Context, Run } from "./context";
import type { ExitCode } from "./exit-codes";
import { helpWords } from "./help-words";
import { languages, type Language } from "./language";
import { speaks } from "./parser-words";
import type { FilesOptions } from "./recover/files";
import type { RotateOptions } from "./rotate/command";

/** Loads a command when it is wanted: `--help` loads none of them. (By `require`: tsx resolves no extension in `import()`.) */
type Load<O> = () => { readonly run: Run<O> };

export interface ProgramArgs {
  readonly lang: Language;
  readonly context: Context;
  /** What the command that ran ended with. */
  readonly onExit: (code: ExitCode) => void;
  /** False: `complete` is left out, for the library that adds its own. @default true */
  readonly completion?: boolean;
}

/** The whole command line. Parsing it loads commander and this folder's words, nothing else. */
export function buildProgram({ lang, context, onExit, completion = true }: ProgramArgs): Command {
  const t = helpWords[lang];

  const prepared = (command: Command) =>
    speaks(command, lang, t.seeHelp)
      .helpOption("-h, --help", t.options.help)
      .addOption(new Option("--lang <language>", t.options.lang).choices([...languages]));

  const program = prepared(new Command("smarter"))
    .description(t.smarter)
    .helpCommand(false)
    .addHelpText("after", `\n${t.exits.smarter}`);

  const command = (parent: Command, name: keyof typeof t.commands) =>
    prepared(parent.command(name).description(t.commands[name]));
  const runs = <O>(target: Command, load: Load<O>) =>
    target.action(async (options: O) => onExit(await load().run(context, options)));
  const onStack = (target: Command, standard: "recovery" | "primary" = "recovery") =>
    target
      .option("-s, --stack <name>", standard === "primary" ? t.options.livingStack : t.options.stack, standard)
      .addOption(new Option("--config-file <file>", t.options.configFile).env("SMARTER_CONFIG_FILE"))
      .addOption(
        new Option("--primary-config-file <file>", t.options.primaryConfigFile).env("SMARTER_PRIMARY_CONFIG_FILE"),
      );
  /** Of what changes something. */
  const confirmed = (target: Command) =>
    target.option("-y, --yes", t.options.yes).option("--dry-run", t.options.dryRun);
  const recovers = (target: Command) => exits(onStack(target, "primary"), "recover");
  const exits = (target: Command, which: keyof typeof t.exits) => target.addHelpText("after", `\n${t.exits[which]}`);

  runs(
    exits(
      onStack(command(program, "status").option("-w, --watch", t.options.watch).option("--json", t.options.json)),
      "status",
    ),
    () => require("./status/command") as typeof import("./status/command"),
  );

  const failover = command(program, "failover").helpCommand(false);
  runs(
    exits(
      onStack(
        command(failover, "activate")
          .option("--at <time>", t.options.at, time(t.notATime))
          .option("--reason <text>", t.options.reason)
          .option("-y, --yes", t.options.yes)
          .option("--dry-run", t.options.dryRun)
          .option("--take-over", t.options.takeOver)
          .option("--accept-split-brain <reason>", t.options.acceptSplitBrain)
          .option("--report <folder>", t.options.report, "incidents")
          .option("--json", t.options.json),
      ),
      "activate",
    ),
    () => require("./failover/command") as typeof import("./failover/command"),
  );

  runs(
    exits(
      onStack(
        command(program, "checklist")
          .option("-w, --watch", t.options.watch)
          .option("--json", t.options.json)
          .option("--report <folder>", t.options.report, "incidents"),
      ),
      "checklist",
    ),
    () => require("./checklist/command") as typeof import("./checklist/command"),
  );
  runs(
    exits(
      onStack(
        command(program, "audit")
          .option("--json", t.options.json)
          .option("--no-drift", t.options.noDrift)
          .option("--report <folder>", t.options.auditReport)
          .option("--incidents <folder>", t.options.report, "incidents"),
      ),
      "audit",
    ),
    () => require("./audit/command") as typeof import("./audit/command"),
  );

  runs(
    exits(
      onStack(
        confirmed(command(program, "failback").option("--reason <text>", t.options.reason))
          .option("--report <folder>", t.options.report, "incidents")
          .option("--json", t.options.json),
        "primary",
      ),
      "failback",
    ),
    () => require("./failback/command") as typeof import("./failback/command"),
  );

  const recover = command(program, "recover").helpCommand(false);
  const toATime = (target: Command) => target.option("--at <time>", t.options.at, time(t.notATime));
  runs(
    recovers(
      confirmed(toATime(command(recover, "postgres")).option("--preview", t.options.preview)).option(
        "--json",
        t.options.json,
      ),
    ),
    () => require("./recover/postgres") as typeof import("./recover/postgres"),
  );
  recovers(
    confirmed(
      toATime(command(recover, "files").argument("<service>", t.options.service)).option("--path <path>", t.options.path),
    ).option("--json", t.options.json),
  ).action(async (service: string, options: Omit<FilesOptions, "service">) =>
    onExit(await (require("./recover/files") as typeof import("./recover/files")).run(context, { ...options, service })),
  );
  runs(
    recovers(
      confirmed(toATime(command(recover, "vault")))
        .option("--since <time>", t.options.since, time(t.notATime))
        .option("--pgp-keys <files>", t.options.pgpKeys)
        .option("--json", t.options.json),
    ),
    () => require("./recover/vault") as typeof import("./recover/vault"),
  );
  runs(
    recovers(confirmed(command(recover, "networks")).option("--json", t.options.json)),
    () => require("./recover/networks") as typeof import("./recover/networks"),
  );
  runs(
    recovers(command(recover, "cancel").option("-y, --yes", t.options.yes)),
    () => require("./recover/cancel") as typeof import("./recover/cancel"),
  );
  runs(
    recovers(confirmed(command(recover, "release"))),
    () => require("./recover/release") as typeof import("./recover/release"),
  );

  exits(
    onStack(
      confirmed(command(program, "rotate").argument("[names...]", t.options.credentials))
        .option("--older-than <days>", t.options.olderThan, days(t.notDays))
        .option("--done", t.options.done)
        .option("--json", t.options.json),
      "primary",
    ),
    "rotate",
  ).action(async (names: string[], options: Omit<RotateOptions, "names">) =>
    onExit(await (require("./rotate/command") as typeof import("./rotate/command")).run(context, { ...options, names })),
  );

  // The drill's own options are handed on as they are.
  const drill = exits(command(program, "drill"), "drill")
    .helpCommand(false)
    .allowUnknownOption()
    .argument("[options...]");
  const loadDrill = () => require("./drill/command") as typeof import("./drill/command");
  drill.action(async (args: string[]) => onExit(await loadDrill().run(context, { args })));
  runs(command(drill, "record").option("--json", t.options.json), () => ({ run: loadDrill().record }));
  runs(command(drill, "practice"), () => ({ run: loadDrill().practice }));

  runs(
    command(program, "plan").option("--write", t.options.write).option("--json", t.options.json),
    () => require("./plan/command") as typeof import("./plan/command"),
  );
  runs(
    command(program, "contacts").option("--json", t.options.json),
    () => require("./contacts") as typeof import("./contacts"),
  );
  runs(
    exits(onStack(command(program, "doctor").option("--json", t.options.json)), "doctor"),
    () => require("./doctor/command") as typeof import("./doctor/command"),
  );
  if (completion) command(program, "complete").argument("<shell>", "bash, zsh, fish, powershell");
  return program;
}

/** An option's time, as ISO 8601 UTC. */
function time(refused: (received: string) => string): (text: string) => string {
  return (text) => {
    const at = Date.parse(text);
    if (Number.isNaN(at) || !/(Z|[+-]\d\d:\d\d)$/.test(text) || at > Date.now())
      throw new InvalidArgumentError(refused(JSON.stringify(text)));
    return new Date(at).toISOString();
  };
}

/** An option's days, in seconds. */
function days(refused: (received: string) => string): (text: string) => number {
  return (text) => {
    if (!/^\d+d$/.test(text)) throw new InvalidArgumentError(refused(JSON.stringify(text)));
    return Number(text.slice(0, -1)) * 86_400;
  };
}
