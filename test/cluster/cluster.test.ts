/**
 * Checks the behaviour of a real cluster, the running one (CLUSTER_STATE), with the programs in CLUSTER_BIN. All objects
 * of the test are in two namespaces, and the last check is that these are removed.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { access } from "./checks/access";
import { network } from "./checks/network";
import { observability } from "./checks/observability";
import { policies } from "./checks/policies";
import { repair } from "./checks/repair";
import { namespace, otherNamespace, scene } from "./checks/scene";
import { workloads } from "./checks/workloads";
import { apply, kubectl } from "./helpers";

describe("cluster", function () {
  this.timeout(240_000);

  before("the test's pods run", async function () {
    await apply(readFileSync(join(__dirname, "workload.yaml"), "utf8"));
    await scene.load();
  });

  describe("network", network);
  describe("NetworkPolicies", policies);
  describe("observability", observability);
  describe("access", access);
  describe("workloads", workloads);
  describe("repair", repair);

  describe("removal", function () {
    it("namespaces are removed with all their objects", async function () {
      await kubectl("delete", "namespace", namespace, otherNamespace, "--timeout=120s");
    });
  });
});
