import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Breaks policies in each way: a secret of the configuration in clear, an option that is missing, a value that only the update knows. */
const login = new command.local.Command("login", {
  create: "cat",
  stdin: pulumi.secret("hello"),
  environment: { WHO: "correct horse battery" },
});
new command.local.Command("later", {
  create: login.stdout.apply((text) => `true ${text} hvs.${"CAESIJ0123456789abcdefghij"}`),
});
