import { expect, it } from "vitest";
import { resticRepository } from "../../contracts/restic";

const at = (host: string, port: number) =>
  resticRepository({ host, port, bucket: "b", region: "r", uriStyle: "path" }, 2);

it("names the port where it is not the usual one, with which restic would misread an IPv4 address", () => {
  expect(at("10.0.0.5", 443)).toBe("s3:https://10.0.0.5/b/g2/files");
  expect(at("s3.site.test", 443)).toBe("s3:https://s3.site.test/b/g2/files");
  expect(at("10.0.0.5", 9443)).toBe("s3:https://10.0.0.5:9443/b/g2/files");
});
