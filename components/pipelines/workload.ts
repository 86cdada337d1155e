import { z } from "zod";
import { field, flag, struct } from "./fields";

const cpu = /^(?:\d+m|\d+(?:\.\d+)?)$/;
const memory = /^\d+(?:\.\d+)?(?:Ki|Mi|Gi|k|M|G)?$/;
const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Millicores of a Kubernetes quantity: `1.5` is 1500. */
export const millicores = (text: string): number =>
  text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000;

/** Bytes of a Kubernetes quantity: `1Ki` is 1024. */
export const bytes = (text: string): number => {
  const [, amount = "", unit = ""] = /^([\d.]+)(\D*)$/.exec(text) ?? [];
  return Number(amount) * (factors[unit] ?? NaN);
};

/** What the collector itself needs, with room for the data of a small node. */
const leastMemoryLimit = "192Mi";

const amount = (pattern: RegExp, description: string, example: string, rule: string) =>
  field(z.string().regex(pattern, "is no amount").optional(), { description, example, rule });

const cpuAmount = (description: string) => amount(cpu, description, "200m", "Millicores such as `200m`, or cores.");

const memoryAmount = (description: string) =>
  amount(memory, description, "512Mi", "Bytes, or with a unit such as `Mi` or `Gi`.");

const memoryByDefault = {
  gateway:
    "Default: `256Mi` and `256Mi` for each pipeline, but `2Gi` for 7 to 29 pipelines, and from there `60Mi` for each more.",
  agent:
    "Default: `512Mi` (`384Mi` for the cluster's state, `256Mi` for the API server) and `256Mi` for each pipeline, as for the gateway.",
};

const resources = (collector: "gateway" | "agent") =>
  struct({
    requests: field(
      struct({
        cpu: cpuAmount("What is reserved. Default: `100m`."),
        memory: memoryAmount("What is reserved. Default: `128Mi`."),
      }).prefault({}),
      { description: "What is reserved on each node.", example: "{ cpu: 200m, memory: 256Mi }" },
    ),
    limits: field(
      struct({
        memory: field(
          z
            .string()
            .regex(memory, "is no amount")
            .refine(
              (text) => !memory.test(text) || bytes(text) >= bytes(leastMemoryLimit),
              `is less than ${leastMemoryLimit}`,
            )
            .optional(),
          {
            description: `Most memory of one ${collector}, from which queues are sized. ${memoryByDefault[collector]}`,
            example: "1Gi",
            rule: `At least \`${leastMemoryLimit}\`.`,
          },
        ),
      }).prefault({}),
      {
        description: `There is no limit of CPU: a ${collector} that is held back loses data.`,
        example: "{ memory: 1Gi }",
      },
    ),
  });

const text = (description: string, example: string) => field(z.string().optional(), { description, example });

const toleration = struct({
  key: text("Key of the taint; all taints if left out.", "dedicated"),
  operator: field(z.enum(["Exists", "Equal"]).optional(), { description: "`Equal` by default.", example: "Exists" }),
  value: text("Value of the taint.", "telemetry"),
  effect: field(z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(), {
    description: "Effect of the taint; all effects if left out.",
    example: "NoSchedule",
  }),
});

const map = (description: string, example: string) =>
  field(z.record(z.string(), z.string()).default({}), { description, example });

const ownLabels = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

const collectorSettings = (collector: "gateway" | "agent") => ({
  image: text(
    "Image of the collector. Default: the stock contrib image this version is made for.",
    "registry.example.com/otelcol-contrib:0.149.0",
  ),
  logLevel: field(z.enum(["debug", "info", "warn", "error"]).default("info"), {
    description: "What the collector logs.",
    example: "debug",
  }),
  resources: field(resources(collector).prefault({}), {
    description: `Resources of one ${collector}.`,
    example: "{ limits: { memory: 1Gi } }",
  }),
  tolerations: field(
    z.array(field(toleration, { description: "A toleration.", example: "{ operator: Exists }" })).optional(),
    {
      description: `Which tainted nodes get a ${collector}. Default: all.`,
      example: "[{ key: dedicated, operator: Exists }]",
    },
  ),
  nodeSelector: map(`Labels of the nodes that get a ${collector}. Default: all nodes.`, "{ kubernetes.io/os: linux }"),
  labels: field(
    z
      .record(z.string(), z.string())
      .refine((labels) => !ownLabels.some((key) => key in labels), `has a label that selects the ${collector}'s pods`)
      .default({}),
    {
      description: "Further labels of the pods.",
      example: "{ team: platform }",
      rule: `Not ${ownLabels.map((key) => `\`${key}\``).join(" or ")}.`,
    },
  ),
  annotations: map("Further annotations of the pods.", "{ example.com/owner: platform }"),
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
