import assert from "node:assert/strict";
import type { TelemetryArgs } from "../../components/telemetry";
import { at, type Props } from "../facts/objects";
import { restrictedNamespaces } from "../rules/restricted-namespaces";
import { restrictedPods } from "../rules/restricted-pods";
import { deployed } from "./deployed";
import { judge, unknown, type Given } from "./judge";
import { daemonSet } from "./good-objects";

const withLogs: TelemetryArgs = {
  namespace: "shop",
  logPipelines: [
    {
      name: "logs",
      input: { runtime: { enabled: true } },
      output: {
        otlp: {
          endpoint: { value: "https://backend.example.com:4317" },
          headers: [{ name: "x-token", value: "token" }],
        },
      },
    },
  ],
};

/** Containers, volumes and mounts in the pod of the program's log agent. */
interface Named {
  readonly name: string;
}
interface Pod {
  readonly containers: readonly (Named & {
    readonly securityContext: object;
    readonly volumeMounts: readonly Named[];
  })[];
  readonly volumes: readonly Named[];
}

const isAgent = ({ type, props }: Given): boolean =>
  type === "apps/v1:DaemonSet" && at(props, "metadata.name") === "telemetry-log-agent";

/** Changes one object of a stack. */
const change = (stack: readonly Given[], which: (object: Given) => boolean, by: (object: Given) => Given): Given[] =>
  stack.map((object) => (which(object) ? by(object) : object));

/** Changes fields of an object's metadata. */
const withMetadata =
  (fields: Props) =>
  (object: Given): Given => ({
    ...object,
    props: { ...object.props, metadata: { ...(object.props.metadata as object), ...fields } },
  });

/** Changes the pod of the log agent. */
const withPod =
  (changed: (pod: Pod) => object) =>
  (object: Given): Given => {
    const pod = at(object.props, "spec.template.spec") as Pod;
    return { ...object, props: { ...object.props, spec: { template: { spec: { ...pod, ...changed(pod) } } } } };
  };

/** Changes the log agent's container. */
const withContainer = (changed: (container: Pod["containers"][number]) => object) =>
  withPod(({ containers: [container] }) => {
    assert.ok(container);
    return { containers: [{ ...container, ...changed(container) }] };
  });
const withContext = (fields: object) =>
  withContainer(({ securityContext }) => ({ securityContext: { ...securityContext, ...fields } }));
const withMount = (name: string, fields: object) =>
  withContainer(({ volumeMounts }) => ({
    volumeMounts: volumeMounts.map((mount) => (mount.name === name ? { ...mount, ...fields } : mount)),
  }));
const withVolume = (name: string, hostPath: object) =>
  withPod(({ volumes }) => ({ volumes: volumes.map((one) => (one.name === name ? { name, hostPath } : one)) }));
const andVolume = (volume: object) => withPod(({ volumes }) => ({ volumes: [...volumes, volume] }));

const sidecar = {
  name: "second",
  securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const foreign = (name: string, kind: string): string =>
  `container '${name}' in ${kind} is not the log agent's. Remove it: only 'collector' may be root and mount folders of the node.`;

const faults: readonly (readonly [what: string, by: (object: Given) => Given, messages: readonly string[]])[] = [
  [
    "a further container",
    withPod(({ containers }) => ({ containers: [...containers, sidecar] })),
    [foreign("second", "containers")],
  ],
  ["a container of another name", withContainer(() => ({ name: "other" })), [foreign("other", "containers")]],
  ["an init container", withPod(() => ({ initContainers: [sidecar] })), [foreign("second", "initContainers")]],
  [
    "an init container that writes to the output",
    withPod(() => ({
      initContainers: [{ ...sidecar, name: "collector", volumeMounts: [{ name: "node-files", mountPath: "/a" }] }],
    })),
    [
      foreign("collector", "initContainers"),
      "container 'collector' may write to /var/log/pods of the node. Set readOnly of its mount to true.",
    ],
  ],
  [
    "an ephemeral container",
    withPod(() => ({ ephemeralContainers: [sidecar] })),
    [foreign("second", "ephemeralContainers")],
  ],
  [
    "a root file system that it may write to",
    withContext({ readOnlyRootFilesystem: false }),
    ["container 'collector': set securityContext.readOnlyRootFilesystem to true."],
  ],
  [
    "a capability, even the one that the standard admits",
    withContext({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
    ["container 'collector': securityContext.capabilities.add has NET_BIND_SERVICE. Remove it."],
  ],
  [
    "capabilities that it keeps",
    withContext({ capabilities: {} }),
    ["container 'collector': set securityContext.capabilities.drop to [ALL]."],
  ],
  [
    "privileges",
    withContext({ privileged: true, allowPrivilegeEscalation: true }),
    [
      "container 'collector': securityContext.privileged is true. Remove it.",
      "container 'collector': set securityContext.allowPrivilegeEscalation to false.",
    ],
  ],
  [
    "the processes of its node",
    withPod(() => ({ hostPID: true })),
    ["spec.template.spec.hostPID is true. Remove it: telemetry does not need the host."],
  ],
  [
    "the right to write to the output of containers",
    withMount("node-files", { readOnly: false }),
    ["container 'collector' may write to /var/log/pods of the node. Set readOnly of its mount to true."],
  ],
  [
    "mounts that reach the node",
    withMount("node-state", { mountPropagation: "Bidirectional" }),
    ["container 'collector' mounts volume 'node-state' with mountPropagation. Remove it."],
  ],
  [
    "another folder of the node",
    andVolume({ name: "all", hostPath: { path: "/" } }),
    ["volume 'all' is / of the node. Only /var/log/pods and a folder in /var/lib/telemetry-pipelines are needed."],
  ],
  [
    "a folder above its own",
    withVolume("node-state", { path: "/var/lib/telemetry-pipelines/..", type: "DirectoryOrCreate" }),
    [
      "volume 'node-state' is /var/lib/telemetry-pipelines/.. of the node. Only /var/log/pods and a folder in /var/lib/telemetry-pipelines are needed.",
    ],
  ],
  [
    "a second folder to write to",
    andVolume({
      name: "more",
      hostPath: { path: "/var/lib/telemetry-pipelines/shop", type: "DirectoryOrCreate" },
    }),
    ["volume 'more' is a second folder of the node for the log agent's state. Remove it."],
  ],
  [
    "the output of containers twice",
    andVolume({ name: "more", hostPath: { path: "/var/log/pods", type: "Directory" } }),
    ["volume 'more' is a second folder of the node for the output of containers. Remove it."],
  ],
  [
    "an output that the kubelet creates",
    withVolume("node-files", { path: "/var/log/pods", type: "DirectoryOrCreate" }),
    ["volume 'node-files' is /var/log/pods of the node. Set its hostPath.type to Directory."],
  ],
  [
    "a state of no certain type",
    withVolume("node-state", { path: "/var/lib/telemetry-pipelines/shop" }),
    [
      "volume 'node-state' is /var/lib/telemetry-pipelines/shop of the node. Set its hostPath.type to DirectoryOrCreate.",
    ],
  ],
  [
    "a volume that may be anywhere",
    andVolume({ name: "claim", persistentVolumeClaim: { claimName: "claim" } }),
    ["volume 'claim' has the type persistentVolumeClaim. Use one of configMap, secret, hostPath."],
  ],
];

describe("the log agent", () => {
  let stack: Given[];
  before(async () => {
    stack = await deployed(withLogs);
  });

  describe("in restricted-pods", () => {
    const judged = (by: (object: Given) => Given) => judge(restrictedPods, change(stack, isAgent, by));

    it("passes as the program makes it", () => {
      assert.equal(stack.filter(isAgent).length, 1);
      assert.deepEqual(judge(restrictedPods, stack), { messages: [] });
    });

    for (const [what, by, messages] of faults) {
      it(`may not have ${what}`, () => assert.deepEqual(judged(by), { messages }));
    }

    it("may have an SELinux label that reads its folders of the node, also as the program sets it", async () => {
      const seLinuxOptions = { type: "spc_t", user: "system_u", role: "system_r", level: "s0" };
      const set = await deployed({ ...withLogs, logAgent: { seLinuxOptions } });
      assert.deepEqual(
        set.filter(isAgent).map(({ props }) => at(props, "spec.template.spec.securityContext.seLinuxOptions")),
        [seLinuxOptions],
      );
      assert.deepEqual(judge(restrictedPods, set), { messages: [] });
      assert.deepEqual(judged(withContext({ seLinuxOptions })), { messages: [] });
    });

    const admitted =
      "Use one of configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret.";
    const others: readonly (readonly [what: string, by: (object: Given) => Given])[] = [
      ["another name", withMetadata({ name: "telemetry-metric-agent" })],
      ["another component label", withMetadata({ labels: { "app.kubernetes.io/component": "agent" } })],
      ["another kind", (object) => ({ ...object, type: "apps/v1:Deployment" })],
      ["another part of the program around it", (object) => ({ ...object, parents: ["telemetry:index:Telemetry::a"] })],
      ["nothing around it", ({ parents: _, ...object }) => object],
    ];
    for (const [what, by] of others) {
      it(`is not an exception with ${what}`, () => {
        assert.deepEqual(judged(by).messages, [
          `volume 'node-files' has the type hostPath. ${admitted}`,
          `volume 'node-state' has the type hostPath. ${admitted}`,
          "spec.template.spec.securityContext.runAsUser is 0. Use another user.",
          "container 'collector': set securityContext.runAsNonRoot to true.",
        ]);
      });
    }
  });

  describe("in restricted-namespaces", () => {
    it("passes as the program makes it, also in other namespaces, and beside another Telemetry", async () => {
      const named = await deployed({ ...withLogs, existingNamespace: true, logAgent: { namespace: "infra" } });
      const ofDefault = await deployed({ ...withLogs, namespace: "telemetry" }, "other");
      for (const one of [stack, named, ofDefault, [...stack, ...ofDefault]]) {
        assert.ok(one.some(isAgent));
        assert.deepEqual(judge(restrictedNamespaces, one), { messages: [] });
      }
    });

    it("may be in no namespace but its own", () => {
      assert.deepEqual(judge(restrictedNamespaces, change(stack, isAgent, withMetadata({ namespace: "shop" }))), {
        messages: ["the log agent is in the namespace shop, which is not its own. Move it to shop-logs."],
      });
    });

    it("may not be in the namespace of another stack's log agent, nor write to that stack's folder", async () => {
      const other = await deployed({ ...withLogs, namespace: "bank" }, "other");
      const hostPath = { path: "/var/lib/telemetry-pipelines/bank", type: "DirectoryOrCreate" };
      const moved = change(stack, isAgent, (object) =>
        withVolume("node-state", hostPath)(withMetadata({ namespace: "bank-logs" })(object)),
      );
      assert.deepEqual(judge(restrictedNamespaces, [...other, ...moved]), {
        messages: [
          "the log agent is in the namespace bank-logs, which is not its own. Move it to shop-logs.",
          "volume 'node-state' is /var/lib/telemetry-pipelines/bank of the node, not the folder of this stack. Use /var/lib/telemetry-pipelines/shop.",
        ],
      });
    });

    it("waits for the update when its namespace is not known yet", () => {
      const { unknown: note } = judge(
        restrictedNamespaces,
        change(stack, isAgent, withMetadata({ namespace: unknown })),
      );
      assert.match(note ?? "", /metadata\.namespace can't be/);
    });
  });
});

const enforce = "pod-security.kubernetes.io/enforce";

describe("restricted-namespaces", () => {
  const namespace = (standard: string | undefined, kind = "Namespace") => ({
    type: `core/v1:${kind}`,
    name: "namespace",
    props: { metadata: { name: "telemetry", ...(standard && { labels: { [enforce]: standard } }) } },
  });

  it("accepts pods in a namespace that admits only restricted ones, whatever created the namespace", () => {
    for (const kind of ["Namespace", "NamespacePatch"])
      assert.deepEqual(judge(restrictedNamespaces, [namespace("restricted", kind), daemonSet()]).messages, []);
  });

  it("accepts a namespace that admits others while no pod of the stack is in it", () => {
    const elsewhere = withMetadata({ namespace: "elsewhere" })(daemonSet());
    assert.deepEqual(judge(restrictedNamespaces, [namespace("privileged"), elsewhere]).messages, []);
  });

  for (const kind of ["Namespace", "NamespacePatch"]) {
    it(`rejects pods in a ${kind} that admits others, or leaves it to the cluster`, () => {
      for (const standard of ["privileged", "baseline", "Restricted"])
        assert.deepEqual(judge(restrictedNamespaces, [namespace(standard, kind), daemonSet()]).messages, [
          `'gateway' is in this namespace, whose label ${enforce} is ${standard}. Move it, or set the label to restricted.`,
        ]);
      assert.deepEqual(judge(restrictedNamespaces, [namespace(undefined, kind), daemonSet()]).messages, [
        `'gateway' is in this namespace, which has no label ${enforce}, so the cluster's default applies. Move it, or set the label to restricted.`,
      ]);
    });
  }

  it("reads the object with the label if two objects of the stack are about one namespace", () => {
    const patch = namespace(undefined, "NamespacePatch");
    assert.deepEqual(judge(restrictedNamespaces, [patch, namespace("restricted"), daemonSet()]).messages, []);
    assert.equal(judge(restrictedNamespaces, [patch, namespace("privileged"), daemonSet()]).messages.length, 1);
  });
});
