/** How this command was called, so that what is shown to be typed can be copied: in a clone it is on no PATH. */
export const invocation: string = process.env["npm_command"] === "exec" ? "npx smarter" : "smarter";
