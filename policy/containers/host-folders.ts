import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { hostPaths } from "./mounted";

const system = /^\/(boot|dev|etc|lib|lib64|proc|root|run|sys|usr|var\/run|var\/lib\/docker|bin|sbin)?(\/|$)/;

/** No folder of the host's own system is inside a container. Data are named volumes. CIS Docker 5.6; NIST AC-6, SC-39. */
export const containerHostFolders: ResourceRule = {
  name: "container-host-folders",
  demands: "No container sees a folder of the host's system",
  maps: { cisDocker: ["5.6"], nist: ["AC-6", "SC-39"] },
  types: [types.container],
  *check(resource) {
    for (const { property, path } of hostPaths(resource)) {
      if (path === UNKNOWN) yield { property, unknown: true };
      else if (path === "/" || (system.test(path) && path !== "/srv" && !path.startsWith("/srv/")))
        yield {
          property,
          value: path,
          allowed: "named volumes below /srv/smarteros",
          fix: "use a data folder of the site",
        };
    }
  },
};
