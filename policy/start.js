"use strict";
/**
 * Where the engine starts the pack. Pulumi's runner of policy packs knows no nodeargs and puts ts-node, which checks types at each start,
 * in front of every .ts file; tsx, registered after it, takes its place.
 */
require("tsx/cjs/api").register();
require("./pack");
