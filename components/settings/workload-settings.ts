/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { logLevels } from "../collector";
import { collectorVersions, images, leastLimits, linux, osLabels, virtualLabelsOf } from "../contract";
import {
  agentUsual,
  gatewayUsual,
  leastPipelineMemory,
  logAgentUsual,
  logPipelineMemory,
  pipelineMemory,
  sharedMemory,
  type UsualResources,
} from "../sizing";
import {
  areAnnotations,
  areLabels,
  bytes,
  bytesQuantity,
  cpuQuantity,
  field,
  flag,
  imageName,
  isLabelKey,
  isLabelValue,
  map,
  millicores,
  parts,
  quantityOf,
  struct,
  subdomainName,
  subdomainRule,
  type Texts,
} from "../schema";

const cpuAmount = (description: string) =>
  field(cpuQuantity().optional(), {
    description,
    example: "200m",
    rule: "Millicores such as `200m`, or cores. `0` reserves nothing.",
  });

const memoryAmount = (description: string) =>
  field(bytesQuantity().optional(), {
    description,
    example: "512Mi",
    rule: "Bytes, or with a unit such as `Mi` or `Gi`. `0` reserves nothing.",
  });

const amount = (bytes: number): string => `\`${quantityOf(bytes)}\``;

const cpu = ({ cpuMillis }: UsualResources): string => `\`${cpuMillis}m\``;
const memoryRequest = ({ memoryRequest }: UsualResources): string => amount(memoryRequest);
const memory = ({ memory }: UsualResources): string => amount(memory);

/** The collectors with settings of a workload, by the keys of these settings. */
type CollectorKey = "gateway" | "agent" | "logAgent";

const noun = { gateway: "gateway", agent: "agent", logAgent: "log agent" };

/** The collectors' default resources, in words. */
const usual = {
  logAgent: (figure: (usual: UsualResources) => string) => figure(logAgentUsual),
  gateway: (figure: (usual: UsualResources) => string) => figure(gatewayUsual),
  agent: (figure: (usual: UsualResources) => string) =>
    `${figure(agentUsual.node)} (${figure(agentUsual["cluster-state"])} for the cluster's state, ` +
    `${figure(agentUsual["api-server"])} for the API server)`,
};

const [few, many] = [sharedMemory / pipelineMemory, Math.floor(sharedMemory / leastPipelineMemory)];
const memoryByPipelines = {
  gateway:
    ` and ${amount(pipelineMemory)} for each pipeline without \`queue.size\`, but ${amount(gatewayUsual.memory + sharedMemory)} for ${few} to ${many} pipelines, ` +
    `and from there ${amount(leastPipelineMemory)} for each more`,
  agent: ` and ${amount(pipelineMemory)} for each pipeline without \`queue.size\`, as for the gateway`,
  logAgent: ` and ${amount(logPipelineMemory)} for each pipeline with container logs`,
};

const oneOf = { gateway: "a gateway", agent: "an agent", logAgent: "a log agent" };

const namespaceOf = {
  gateway: "the stack's namespace",
  agent: "the stack's namespace",
  logAgent: "the log agent's namespace",
};

const untainted = {
  gateway: "",
  logAgent: "",
  agent: "; where no node is named, those for the cluster's state and for the API server keep to nodes without taints",
};

/** Returns whether the first amount is larger than the second; false if one of them is not given. */
const isMore = (one: string | undefined, other: string | undefined, amountOf: (text: string) => number): boolean =>
  one !== undefined && other !== undefined && amountOf(one) > amountOf(other);

const resources = (collector: CollectorKey) =>
  struct({
    requests: field(
      struct({
        cpu: cpuAmount(`CPU to reserve. Default: ${usual[collector](cpu)}.`),
        memory: memoryAmount(`Memory to reserve. Default: ${usual[collector](memoryRequest)}.`),
      }).prefault({}),
      { description: "Resources to reserve on each node.", example: "{ cpu: 200m, memory: 256Mi }" },
    ),
    limits: field(
      struct({
        cpu: field(cpuQuantity(leastLimits.cpu).optional(), {
          description:
            `Most CPU of one ${noun[collector]}. Default: no limit, because a throttled collector loses data that an idle core ` +
            "could save. Set it only where a ResourceQuota or a LimitRange requires one. At least the reserved CPU.",
          example: "500m",
          rule: `Millicores such as \`200m\`, or cores; at least \`${leastLimits.cpu}\`.`,
        }),
        memory: field(bytesQuantity(leastLimits.memory).optional(), {
          description:
            `Most memory of one ${noun[collector]}${collector === "logAgent" ? "" : ", from which queues are sized"}. ` +
            `Default: ${usual[collector](memory)}${memoryByPipelines[collector]}. At least the reserved memory.`,
          example: "1Gi",
          rule: `At least \`${leastLimits.memory}\`.`,
        }),
      }).prefault({}),
      {
        description: `Most that ${oneOf[collector]} may use of its node.`,
        example: "{ memory: 1Gi }",
      },
    ),
  }).check(
    parts(({ requests, limits }) => [
      ...(isMore(requests.cpu, limits.cpu, millicores) ? [["requests", "is more CPU than `limits.cpu`"] as const] : []),
      ...(isMore(requests.memory, limits.memory, bytes)
        ? [["requests", "is more memory than `limits.memory`"] as const]
        : []),
    ]),
  );

const text = (description: string, example: string) => field(z.string().optional(), { description, example });

/*
 * Fields that become part of a pod are checked as the API server checks them. Otherwise, it would reject a field only
 * after other objects have changed.
 */

const toleration = struct({
  key: text("Key of the taint; all taints if left out.", "dedicated"),
  operator: field(z.enum(["Exists", "Equal"]).optional(), { description: "`Equal` by default.", example: "Exists" }),
  value: text("Value of the taint; not with `Exists`.", "telemetry"),
  effect: field(z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(), {
    description: "Effect of the taint; all effects if left out.",
    example: "NoSchedule",
  }),
}).check(
  parts(({ key = "", operator, value = "" }) => [
    ...(key !== "" && !isLabelKey(key) ? [["key", "is not a taint key"] as const] : []),
    ...(key === "" && operator !== "Exists" ? [["operator", "must be Exists where no key is given"] as const] : []),
    ...(operator === "Exists" && value !== "" ? [["value", "is not allowed with `operator: Exists`"] as const] : []),
    ...(isLabelValue(value) ? [] : [["value", "is not a taint value"] as const]),
  ]),
);

const ownLabels = ["name", "instance", "component", "part-of", "managed-by"].map((key) => `app.kubernetes.io/${key}`);

/** Rejects labels that the pods have anyway: the program's value would replace the user's. */
const areFurther = parts<Texts>((labels) =>
  ownLabels
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => [undefined, `has ${key}, which the pods have anyway`] as const),
);

/** Rejects labels of nodes that the pods' own affinity excludes: no node could ever have both. */
const canFit = parts<Texts>((labels) => [
  ...osLabels
    .filter((key) => Object.hasOwn(labels, key) && labels[key] !== linux)
    .map((key) => [undefined, `has ${key} without the value linux, and only Linux nodes can run a collector`] as const),
  ...virtualLabelsOf(labels).map(([key, value]) => {
    const label = value === undefined ? key : `${key}: ${value}`;
    return [undefined, `has ${label}, and virtual nodes can run no collector`] as const;
  }),
]);

const objectName = (description: string, example: string) =>
  field(subdomainName(), { description, example, rule: `Made of ${subdomainRule}.` });

const pullSecret = struct({ name: objectName("Name of a Secret.", "registry") });

/** Rejects a name that is listed twice: the API server merges lists by name, and rejects a pod with such a list. */
const areDistinct = parts<readonly { readonly name: string }[]>((secrets) =>
  secrets.some(({ name }, i) => secrets.findIndex((other) => other.name === name) !== i)
    ? [[undefined, "has the same name twice"]]
    : [],
);

/** Returns the settings that the workloads of all collectors have. */
export const collectorSettings = (collector: CollectorKey) => ({
  image: field(imageName().optional(), {
    description:
      `Image of the collector, from ${collectorVersions.oldest} to ${collectorVersions.newest} by its tag. ` +
      `Default: ${images.collector}.`,
    example: `registry.example.com/otelcol-contrib:${collectorVersions.newest}`,
  }),
  imagePullSecrets: field(
    z
      .array(field(pullSecret, { description: "A Secret.", example: "{ name: registry }" }))
      .check(areDistinct)
      .optional(),
    {
      description:
        `Secrets in ${namespaceOf[collector]} with the logins of image registries, as in a pod. The pod that validates uses ` +
        "them, too. The first update of a stack creates the namespace, and fails if it cannot pull the image: create the " +
        "Secrets there, then update again.",
      example: "[{ name: registry }]",
    },
  ),
  priorityClassName: field(subdomainName().optional(), {
    description:
      `Name of an existing PriorityClass for ${oneOf[collector]}. Default: the program creates one above ordinary workloads. ` +
      "When a node shuts down, the kubelet ends pods of `system-node-critical` and `system-cluster-critical` last. Some " +
      "providers, such as GKE, admit these two only in namespaces with a ResourceQuota for them.",
    example: "system-node-critical",
    rule: `Made of ${subdomainRule}.`,
  }),
  logLevel: field(z.enum(logLevels).default("info"), {
    description:
      "Lowest level that the collector logs. With `error`, no log shows whether a backend rejects data in good answers, so " +
      "the best verdict about a backend is `NoEvidence`. Above `info`, causes of failures are missing.",
    example: "debug",
  }),
  resources: field(resources(collector).prefault({}), {
    description: `Resources of one ${noun[collector]}.`,
    example: "{ limits: { memory: 1Gi } }",
  }),
  tolerations: field(
    z.array(field(toleration, { description: "A toleration.", example: "{ operator: Exists }" })).optional(),
    {
      description: `Which tainted nodes get ${oneOf[collector]}. Default: all${untainted[collector]}.`,
      example: "[{ key: dedicated, operator: Exists }]",
    },
  ),
  nodeSelector: map(
    "linux",
    {
      description: `Labels of the nodes that get ${oneOf[collector]}. Default: all nodes. Windows nodes and virtual nodes, such as those of Fargate, never get one, so selecting them is an error.`,
      example: "{ pool: infra }",
    },
    areLabels,
    canFit,
  ),
  labels: map(
    "platform",
    {
      description: "Further labels of the pods.",
      example: "{ team: platform }",
      rule: `Not ${ownLabels.map((key) => `\`${key}\``).join(", ")}.`,
    },
    areLabels,
    areFurther,
  ),
  annotations: map(
    "platform",
    { description: "Further annotations of the pods.", example: "{ example.com/owner: platform }" },
    areAnnotations,
  ),
});

export const gatewaySettings = field(
  struct({
    ...collectorSettings("gateway"),
    legacyServices: flag(
      false,
      "Whether the Services `telemetry-otlp-metrics`, `telemetry-otlp-traces` and `telemetry-otlp-logs` are there too.",
    ),
  }).prefault({}),
  { description: "The gateway's workload.", example: "{ logLevel: debug }" },
);

export const agentSettings = field(struct(collectorSettings("agent")).prefault({}), {
  description: "The metric agent's workloads.",
  example: "{ logLevel: debug }",
});
