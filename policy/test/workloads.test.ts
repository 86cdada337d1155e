import assert from "node:assert/strict";
import { containerResources } from "../rules/container-resources";
import { imageDigests } from "../rules/image-digests";
import { nodeLocalGatewayService } from "../rules/node-local-gateway-service";
import { protectedNamespace } from "../rules/protected-namespace";
import { podViolations, restrictedPods } from "../rules/restricted-pods";
import { surgeRollout } from "../rules/surge-rollout";
import { judge, unknown } from "./judge";
import { daemonSet } from "./good-objects";

const restricted = {
  name: "collector",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [restricted],
};
/** Makes the pod with other security contexts for itself and for its container. */
const withContext = (ofPod: object, ofContainer: object = {}): object => ({
  securityContext: { ...pod.securityContext, ...ofPod },
  containers: [{ ...restricted, securityContext: { ...restricted.securityContext, ...ofContainer } }],
});
const violationsOf = (spec: object): string[] => podViolations({ type: "core/v1:Pod", props: { spec } });

describe("restricted-pods", () => {
  it("accepts a pod that meets the standard", () => {
    assert.deepEqual(violationsOf(pod), []);
  });

  it("accepts settings that a container has instead of its pod", () => {
    const container = { ...restricted, securityContext: { ...restricted.securityContext, ...pod.securityContext } };
    assert.deepEqual(violationsOf({ containers: [container] }), []);
  });

  const faults: [string, object, string][] = [
    [
      "the host's network",
      { ...pod, hostNetwork: true },
      "spec.hostNetwork is true. Remove it: telemetry does not need the host.",
    ],
    [
      "a folder of the host",
      { ...pod, volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] },
      "volume 'logs' has the type hostPath. Use one of configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret.",
    ],
    [
      "root by default",
      { ...pod, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      "container 'collector': set securityContext.runAsNonRoot to true.",
    ],
    [
      "root by its number",
      { ...pod, securityContext: { ...pod.securityContext, runAsUser: 0 } },
      "spec.securityContext.runAsUser is 0. Use another user.",
    ],
    [
      "a privileged init container",
      {
        ...pod,
        initContainers: [{ name: "init", securityContext: { ...restricted.securityContext, privileged: true } }],
      },
      "container 'init': securityContext.privileged is true. Remove it.",
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
      "container 'collector': securityContext.capabilities.add has NET_ADMIN. Remove it.",
    ],
    [
      "no seccomp profile",
      { ...pod, securityContext: { runAsNonRoot: true } },
      "container 'collector': set securityContext.seccompProfile.type to RuntimeDefault.",
    ],
    [
      "a port of the host",
      { ...pod, containers: [{ ...restricted, ports: [{ containerPort: 1, hostPort: 1 }] }] },
      "container 'collector': ports has a hostPort. Remove it: the Service reaches the pod.",
    ],
    [
      "root by default of the pod, although its containers set otherwise",
      withContext({ runAsNonRoot: false }, { runAsNonRoot: true }),
      "spec.securityContext.runAsNonRoot is false. Remove it, or use true.",
    ],
    [
      "root by default of a container, although its pod sets otherwise",
      withContext({}, { runAsNonRoot: false }),
      "container 'collector': securityContext.runAsNonRoot is false. Remove it, or use true.",
    ],
    [
      "system calls that nobody filters, although containers do",
      withContext({ seccompProfile: { type: "Unconfined" } }, { seccompProfile: { type: "RuntimeDefault" } }),
      "spec.securityContext.seccompProfile.type is Unconfined. Remove it, or use RuntimeDefault, Localhost.",
    ],
    [
      "settings of the node's kernel",
      withContext({ sysctls: [{ name: "net.ipv4.tcp_syncookies" }, { name: "kernel.msgmax" }] }),
      "spec.securityContext.sysctls has kernel.msgmax. Remove it: it can change the node.",
    ],
    [
      "an SELinux type that confines nothing",
      withContext({ seLinuxOptions: { type: "spc_t" } }),
      "spec.securityContext.seLinuxOptions.type is spc_t. Remove it, or use container_t, container_init_t, container_kvm_t, container_engine_t.",
    ],
    [
      "an SELinux user",
      withContext({}, { seLinuxOptions: { type: "container_t", user: "system_u" } }),
      "container 'collector': securityContext.seLinuxOptions.user is system_u. Remove it.",
    ],
    [
      "an SELinux role",
      withContext({ seLinuxOptions: { role: "system_r" } }),
      "spec.securityContext.seLinuxOptions.role is system_r. Remove it.",
    ],
    [
      "no AppArmor profile",
      withContext({}, { appArmorProfile: { type: "Unconfined" } }),
      "container 'collector': securityContext.appArmorProfile.type is Unconfined. Remove it, or use RuntimeDefault, Localhost.",
    ],
    [
      "a process of a Windows host",
      withContext({ windowsOptions: { hostProcess: true } }),
      "spec.securityContext.windowsOptions.hostProcess is true. Remove it.",
    ],
    [
      "all of /proc",
      withContext({}, { procMount: "Unmasked" }),
      "container 'collector': securityContext.procMount is Unmasked. Remove it, or use Default.",
    ],
    ...["livenessProbe", "readinessProbe", "startupProbe"].map((probe): [string, object, string] => [
      `a ${probe} of another host`,
      { ...pod, containers: [{ ...restricted, [probe]: { httpGet: { host: "169.254.169.254", port: 80 } } }] },
      `container 'collector': ${probe}.httpGet.host is set. Remove it, so that the request goes to the pod itself.`,
    ]),
    [
      "a probe of another host by TCP",
      { ...pod, containers: [{ ...restricted, livenessProbe: { tcpSocket: { host: "127.0.0.1", port: 80 } } }] },
      "container 'collector': livenessProbe.tcpSocket.host is set. Remove it, so that the request goes to the pod itself.",
    ],
    ...["postStart", "preStop"].map((hook): [string, object, string] => [
      `a ${hook} hook of another host`,
      { ...pod, initContainers: [{ ...restricted, lifecycle: { [hook]: { httpGet: { host: "a", port: 80 } } } }] },
      `container 'collector': lifecycle.${hook}.httpGet.host is set. Remove it, so that the request goes to the pod itself.`,
    ]),
    [
      "a privileged ephemeral container",
      {
        ...pod,
        ephemeralContainers: [{ ...restricted, securityContext: { ...restricted.securityContext, privileged: true } }],
      },
      "container 'collector': securityContext.privileged is true. Remove it.",
    ],
  ];
  for (const [what, spec, message] of faults) {
    it(`rejects ${what}`, () => {
      assert.deepEqual(violationsOf(spec), [message]);
    });
  }

  it("rejects an annotation that takes a container's AppArmor profile away, and no other", () => {
    const annotated = (annotations: object): string[] =>
      podViolations({
        type: "apps/v1:DaemonSet",
        props: { spec: { template: { metadata: { annotations }, spec: pod } } },
      });
    const key = "container.apparmor.security.beta.kubernetes.io/collector";
    for (const profile of ["runtime/default", "localhost/mine", ""])
      assert.deepEqual(annotated({ [key]: profile }), []);
    assert.deepEqual(annotated({ "example.com/owner": "platform" }), []);
    assert.deepEqual(annotated({ [key]: "unconfined" }), [
      `spec.template.metadata.annotations has ${key}. Remove it, or set it to runtime/default or localhost/NAME.`,
    ]);
  });

  it("accepts all values that the standard admits, wherever they are written", () => {
    const harmless = {
      runAsNonRoot: true,
      seccompProfile: { type: "Localhost" },
      seLinuxOptions: { type: "container_t", user: "", level: "s0:c1,c2" },
      appArmorProfile: { type: "Localhost" },
      windowsOptions: { hostProcess: false },
    };
    const handler = { httpGet: { path: "/", port: 13133 } };
    const container = {
      ...restricted,
      securityContext: { ...restricted.securityContext, ...harmless, privileged: false, procMount: "Default" },
      livenessProbe: handler,
      lifecycle: { preStop: handler },
    };
    assert.deepEqual(violationsOf({ securityContext: harmless, containers: [container] }), []);
  });

  it("finds the pods of every kind of workload", () => {
    const bad = { ...pod, hostNetwork: true };
    for (const kind of ["DaemonSet", "Deployment", "StatefulSet", "ReplicaSet"]) {
      assert.equal(podViolations({ type: `apps/v1:${kind}`, props: { spec: { template: { spec: bad } } } }).length, 1);
    }
    const job = { spec: { jobTemplate: { spec: { template: { spec: bad } } } } };
    assert.equal(podViolations({ type: "batch/v1:CronJob", props: job }).length, 1);
  });

  it("waits for the update when a part that it judges is not known yet, and for no other", () => {
    const spec = { ...pod, volumes: [{ name: "credentials", secret: { secretName: unknown } }] };
    assert.deepEqual(judge(restrictedPods, { type: "core/v1:Pod", props: { spec } }), { messages: [] });
    const props = { spec: { ...pod, hostNetwork: unknown } };
    assert.match(judge(restrictedPods, { type: "core/v1:Pod", props }).unknown ?? "", /\.spec\.hostNetwork can't be/);
  });
});

describe("image-digests", () => {
  it("accepts images by digest, of pods of any kind", () => {
    assert.deepEqual(judge(imageDigests, daemonSet()), { messages: [] });
    assert.deepEqual(judge(imageDigests, { type: "core/v1:Service", props: {} }), { messages: [] });
  });

  it("rejects tags, also of init containers, and invalid digests", () => {
    const init = { name: "init", image: "busybox@sha256:123" };
    const given = {
      type: "core/v1:Pod",
      props: { spec: { initContainers: [init], containers: [{ name: "a", image: "a:1" }] } },
    };
    const remedy = "has no digest. Use NAME@sha256:… (settings gateway.image, agent.image and manager.image).";
    assert.deepEqual(judge(imageDigests, given).messages, [
      `container 'init': image busybox@sha256:123 ${remedy}`,
      `container 'a': image a:1 ${remedy}`,
    ]);
  });

  it("skips resources that the environment excepts", () => {
    assert.deepEqual(judge(imageDigests, daemonSet({ image: "a:1" }), { except: ["gateway"] }).messages, []);
  });

  it("waits for the update when an image is not known yet", () => {
    assert.match(judge(imageDigests, daemonSet({ image: unknown })).unknown ?? "", /containers\.0\.image can't be/);
  });
});

describe("container-resources", () => {
  it("accepts a container with requests and a limit", () => {
    assert.deepEqual(judge(containerResources, daemonSet()), { messages: [] });
  });

  it("accepts a CPU limit as well, which a quota may require", () => {
    const resources = { requests: { cpu: "100m", memory: "1" }, limits: { cpu: "500m", memory: "2" } };
    assert.deepEqual(judge(containerResources, daemonSet({ resources })).messages, []);
    const settings = { required: ["limits.cpu"] };
    assert.deepEqual(judge(containerResources, daemonSet({ resources }), settings).messages, []);
  });

  it("rejects one with a missing field, and names the field", () => {
    assert.deepEqual(judge(containerResources, daemonSet({ resources: { requests: { cpu: 1 } } })).messages, [
      "container 'collector': set resources.requests.memory.",
      "container 'collector': set resources.limits.memory.",
    ]);
    const nothing = { requests: { cpu: "0m", memory: "0.0Mi" }, limits: { memory: 0 } };
    assert.deepEqual(judge(containerResources, daemonSet({ resources: nothing })).messages, [
      "container 'collector': set resources.requests.cpu.",
      "container 'collector': set resources.requests.memory.",
      "container 'collector': set resources.limits.memory.",
    ]);
    assert.deepEqual(judge(containerResources, daemonSet(), { required: ["limits.cpu"] }).messages, [
      "container 'collector': set resources.limits.cpu.",
    ]);
  });

  it("waits for the update when they are not known yet", () => {
    const { unknown: note } = judge(containerResources, daemonSet({ resources: unknown }));
    assert.match(note ?? "", /containers\.0\.resources can't be/);
  });
});

describe("node-local-gateway-service", () => {
  const service = (spec: object, name = "telemetry-otlp"): ReturnType<typeof judge> =>
    judge(nodeLocalGatewayService, { type: "core/v1:Service", props: { metadata: { name }, spec } });

  it("accepts a Service that stays on the node, and other Services", () => {
    assert.deepEqual(service({ internalTrafficPolicy: "Local" }), { messages: [] });
    assert.deepEqual(service({}, "other"), { messages: [] });
  });

  it("rejects a Service that leaves the node or the cluster", () => {
    assert.deepEqual(service({}).messages, ["set spec.internalTrafficPolicy to Local. Each node has its own gateway."]);
    assert.deepEqual(service({ internalTrafficPolicy: "Local", type: "LoadBalancer" }).messages, [
      "spec.type opens the gateway to the outside of the cluster. Remove it: the default is ClusterIP.",
    ]);
  });

  it("waits for the update when the policy is not known yet", () => {
    assert.match(service({ internalTrafficPolicy: unknown }).unknown ?? "", /internalTrafficPolicy can't be/);
  });
});

describe("surge-rollout", () => {
  const rollout = (updateStrategy: unknown): ReturnType<typeof judge> =>
    judge(surgeRollout, {
      type: "apps/v1:DaemonSet",
      props: { metadata: { name: "telemetry-otlp-gateway" }, spec: { updateStrategy } },
    });

  it("accepts a rollout that starts the new pod first", () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    assert.deepEqual(rollout({ type: "RollingUpdate", rollingUpdate }), { messages: [] });
  });

  it("leaves other DaemonSets alone, such as the agent: two of a node would scrape everything twice", () => {
    assert.deepEqual(judge(surgeRollout, daemonSet({}, "agent")), { messages: [] });
  });

  it("rejects one that ends the old pod first", () => {
    assert.deepEqual(rollout({ type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }).messages, [
      "set spec.updateStrategy.rollingUpdate.maxUnavailable to 0. Otherwise a node has no gateway during an update.",
      "set spec.updateStrategy.rollingUpdate.maxSurge to 1. The new pod then starts beside the old one.",
    ]);
  });

  it("waits for the update when the strategy is not known yet", () => {
    assert.match(rollout(unknown).unknown ?? "", /\.spec\.updateStrategy can't be/);
  });
});

describe("protected-namespace", () => {
  const namespace = { type: "core/v1:Namespace", props: {}, parents: ["telemetry:index:Telemetry::telemetry"] };

  it("accepts a namespace that pulumi will not delete, and namespaces of others", () => {
    assert.deepEqual(judge(protectedNamespace, { ...namespace, protect: true }), { messages: [] });
    assert.deepEqual(judge(protectedNamespace, { ...namespace, type: "core/v1:NamespacePatch", protect: true }), {
      messages: [],
    });
    const backend = { ...namespace, parents: ["telemetry:index:DevelopmentBackend::backend"] };
    assert.deepEqual(judge(protectedNamespace, backend), { messages: [] });
  });

  it("rejects one that `destroy` would delete, which is always known", () => {
    for (const type of ["core/v1:Namespace", "core/v1:NamespacePatch"]) {
      assert.deepEqual(judge(protectedNamespace, { ...namespace, type, props: { metadata: unknown } }), {
        messages: ["set telemetry:protect to true in the stack's configuration."],
      });
    }
  });
});
