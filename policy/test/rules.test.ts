import assert from "node:assert/strict";
import { serviceViolations } from "../rules/node-local-service";
import { podViolations } from "../rules/restricted-pods";
import { rolloutViolations } from "../rules/surge-rollout";

const restricted = {
  name: "collector",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [restricted],
};
const violationsOf = (spec: object): string[] => podViolations({ type: "core/v1:Pod", props: { spec } });

describe("restricted-pods", () => {
  it("accepts a pod that meets the standard", () => {
    assert.deepEqual(violationsOf(pod), []);
  });

  it("accepts what a container sets instead of its pod", () => {
    const container = { ...restricted, securityContext: { ...restricted.securityContext, ...pod.securityContext } };
    assert.deepEqual(violationsOf({ containers: [container] }), []);
  });

  const faults: [string, object, string][] = [
    [
      "the host's network",
      { ...pod, hostNetwork: true },
      "spec.hostNetwork is true: leave it out, telemetry needs nothing of the host.",
    ],
    [
      "a folder of the host",
      { ...pod, volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] },
      "volume 'logs' is of type hostPath: use one of configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret.",
    ],
    [
      "root by default",
      { ...pod, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      "container 'collector': set securityContext.runAsNonRoot to true.",
    ],
    [
      "root by its number",
      { ...pod, securityContext: { ...pod.securityContext, runAsUser: 0 } },
      "container 'collector': securityContext.runAsUser is 0: use another user.",
    ],
    [
      "an init container with rights of its own",
      {
        ...pod,
        initContainers: [{ name: "init", securityContext: { ...restricted.securityContext, privileged: true } }],
      },
      "container 'init': securityContext.privileged is true: leave it out.",
    ],
    [
      "privilege escalation",
      { ...pod, containers: [{ name: "collector", securityContext: { capabilities: { drop: ["ALL"] } } }] },
      "container 'collector': set securityContext.allowPrivilegeEscalation to false.",
    ],
    [
      "capabilities that stay",
      { ...pod, containers: [{ name: "collector", securityContext: { allowPrivilegeEscalation: false } }] },
      "container 'collector': set securityContext.capabilities.drop to [ALL].",
    ],
    [
      "capabilities that are added",
      {
        ...pod,
        containers: [
          {
            name: "collector",
            securityContext: { ...restricted.securityContext, capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } },
          },
        ],
      },
      "container 'collector': securityContext.capabilities.add has NET_ADMIN: leave it out.",
    ],
    [
      "no seccomp profile",
      { ...pod, securityContext: { runAsNonRoot: true } },
      "container 'collector': set securityContext.seccompProfile.type to RuntimeDefault.",
    ],
    [
      "a port of the host",
      { ...pod, containers: [{ ...restricted, ports: [{ containerPort: 1, hostPort: 1 }] }] },
      "container 'collector': ports has a hostPort: leave it out, the Service reaches the pod.",
    ],
  ];
  for (const [what, spec, message] of faults) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(violationsOf(spec), [message]);
    });
  }

  it("finds the pods of every kind of workload", () => {
    const bad = { ...pod, hostNetwork: true };
    for (const kind of ["DaemonSet", "Deployment", "StatefulSet", "ReplicaSet"]) {
      assert.equal(podViolations({ type: `apps/v1:${kind}`, props: { spec: { template: { spec: bad } } } }).length, 1);
    }
    const job = { spec: { jobTemplate: { spec: { template: { spec: bad } } } } };
    assert.equal(podViolations({ type: "batch/v1:CronJob", props: job }).length, 1);
  });
});

describe("node-local-gateway-service", () => {
  const service = (spec: object, name = "telemetry-otlp"): string[] =>
    serviceViolations({ type: "core/v1:Service", props: { metadata: { name }, spec } });

  it("accepts a Service that stays on the node, and other Services", () => {
    assert.deepEqual(service({ internalTrafficPolicy: "Local" }), []);
    assert.deepEqual(service({}, "other"), []);
  });

  it("refuses a Service that leaves the node or the cluster", () => {
    assert.deepEqual(service({}), ["set spec.internalTrafficPolicy to Local: each node has a gateway of its own."]);
    assert.deepEqual(service({ internalTrafficPolicy: "Local", type: "LoadBalancer" }), [
      "spec.type makes the gateway reachable from outside the cluster: leave it out, ClusterIP is the default.",
    ]);
  });
});

describe("surge-rollout", () => {
  const rollout = (updateStrategy: object): string[] =>
    rolloutViolations({
      type: "apps/v1:DaemonSet",
      props: { metadata: { name: "telemetry-otlp-gateway" }, spec: { updateStrategy } },
    });

  it("accepts a rollout that starts the new pod first", () => {
    assert.deepEqual(rollout({ type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }), []);
  });

  it("refuses one that ends the old pod first", () => {
    assert.deepEqual(rollout({ type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }), [
      "set spec.updateStrategy.rollingUpdate.maxUnavailable to 0: a node would be without gateway.",
      "set spec.updateStrategy.rollingUpdate.maxSurge to 1: the new pod starts beside the old one.",
    ]);
  });
});
