import * as command from "@pulumi/command";

/** Right in every preview, wrong in the update: what is known only there is judged there. */
const first = new command.local.Command("first", { create: "echo touch" });
new command.local.Command("second", {
  create: first.stdout.apply((verb) => `${verb} made.txt # ${["AKIA", "IOSFODNN7EXAMPLE"].join("")}`),
});
