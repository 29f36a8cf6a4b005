import type { Provider } from "../provider";
import { serve } from "../serve";
import { configure, type Client } from "./client";
import { container } from "./container";
import { remoteImage } from "./image";
import { network } from "./network";
import { volume } from "./volume";

/** Stand-in for the plugin of @pulumi/docker, over the real Docker Engine API. */
export const docker: Provider<Client> = {
  name: "docker",
  version: "5.2.0",
  configure,
  resources: {
    "docker:index/network:Network": network,
    "docker:index/volume:Volume": volume,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/container:Container": container,
  },
};

if (require.main === module) void serve(docker);
