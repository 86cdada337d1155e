import type { Policies } from "@pulumi/policy";
import { backendHosts } from "./backend-hosts";
import { backendTls } from "./backend-tls";
import { certificateExpiry } from "./certificate-expiry";
import { containerResources } from "./container-resources";
import { imageDigests } from "./image-digests";
import { mergedSecretImmutable } from "./merged-secret-immutable";
import { mergedSecretReaders } from "./merged-secret-readers";
import { networkPolicies } from "./network-policies";
import { noLiteralCredentials } from "./no-literal-credentials";
import { nodeLocalGatewayService } from "./node-local-gateway-service";
import { protectedNamespace } from "./protected-namespace";
import { queueBudget } from "./queue-budget";
import { rbacComputedRights } from "./rbac-computed-rights";
import { rbacLeastPrivilege } from "./rbac-least-privilege";
import { report } from "./report";
import { restrictedNamespaces } from "./restricted-namespaces";
import { restrictedPods } from "./restricted-pods";
import { scrapeLimits } from "./scrape-limits";
import { surgeRollout } from "./surge-rollout";

const rules: Policies = [
  restrictedPods,
  restrictedNamespaces,
  containerResources,
  imageDigests,
  surgeRollout,
  queueBudget,
  nodeLocalGatewayService,
  networkPolicies,
  rbacLeastPrivilege,
  rbacComputedRights,
  noLiteralCredentials,
  mergedSecretImmutable,
  mergedSecretReaders,
  certificateExpiry,
  backendTls,
  backendHosts,
  scrapeLimits,
  protectedNamespace,
];

/** All rules. The engine runs them in this order, so the report is last. */
export const policies: Policies = [...rules, report(rules.map(({ name }) => name))];
