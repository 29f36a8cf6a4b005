import { expect, it } from "vitest";
import { operatorS3Location, s3Location } from "../../stacks/s3-location";

const onAws = { backups: { bucket: "b", region: "eu-central-1", replicaRegion: "us-east-1" } };
const own = { backups: { ...onAws.backups, endpoint: { host: "s3.site.test", port: 9000, caPem: "CA" } } };

it("is AWS, or the endpoint that the hosts know, for operators too", () => {
  expect(operatorS3Location(onAws, undefined)).toEqual(s3Location(onAws));
  expect(operatorS3Location(own, undefined)).toMatchObject({
    host: "s3.site.test",
    port: 9000,
    uriStyle: "path",
    caPem: "CA",
  });
});
it("is the operator's own endpoint where the settings name one: the same bucket, by the same CA", () => {
  expect(operatorS3Location(own, "https://10.0.0.5:9443")).toEqual({
    ...s3Location(own),
    host: "10.0.0.5",
    port: 9443,
  });
  expect(operatorS3Location(onAws, "https://s3.example.com")).toMatchObject({
    host: "s3.example.com",
    port: 443,
    uriStyle: "path",
  });
});
