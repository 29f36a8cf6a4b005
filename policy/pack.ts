import { PolicyPack } from "@pulumi/policy";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { plan } from "../plan/plan";
import { policiesOf } from "./core/adapter";
import { listen } from "./core/wire";
import { rules } from "./rules";

const wire = listen((analyzer as unknown as { AnalyzerService: Parameters<typeof listen>[0] }).AnalyzerService);

new PolicyPack("smarteros", {
  enforcementLevel: "mandatory",
  policies: policiesOf(rules, wire, () => ({ plan, settings: wire.settings, now: Date.now() })),
});
