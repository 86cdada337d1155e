import { PolicyPack } from "@pulumi/policy";
import { nodeLocalGatewayService } from "./rules/node-local-service";
import { restrictedPods } from "./rules/restricted-pods";
import { surgeRollout } from "./rules/surge-rollout";

new PolicyPack("telemetry", { policies: [restrictedPods, nodeLocalGatewayService, surgeRollout] });
