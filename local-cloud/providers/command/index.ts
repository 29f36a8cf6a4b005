import { refuseUnsupported } from "../compare";
import type { Provider } from "../provider";
import { serve } from "../serve";
import { copyToRemote } from "./copy-to-remote";
import { localCommand, localRun } from "./local-command";
import { remoteCommand } from "./remote-command";

/** Stand-in for the plugin of @pulumi/command, over real SSH. */
export const command: Provider<void> = {
  name: "command",
  version: "1.2.1",
  configure(config) {
    const [unsupported] = refuseUnsupported("provider command", config, []);
    if (unsupported) throw new Error(`${unsupported.property}: ${unsupported.reason}`);
  },
  resources: {
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
    "command:local:Command": localCommand,
  },
  functions: { "command:local:run": localRun },
};

if (require.main === module) void serve(command);
