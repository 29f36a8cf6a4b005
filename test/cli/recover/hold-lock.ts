import { lockHost } from "../../../cli/recover/lock";

/** Takes the host's lock and keeps it until this process is killed. Arguments: the host as JSON, who it is. */
const [host = "", holder = ""] = process.argv.slice(2);
void lockHost(JSON.parse(host), holder).then(() => console.log("held"));
