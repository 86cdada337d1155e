import assert from "node:assert/strict";
import type { PodData } from "../../../components/verification/data-evidence";
import type { AnnotatedObject } from "../../../components/inputs";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { error } from "../../../components/schema";
import {
  conditionTypes,
  isWarning,
  reasons,
  type Condition,
  type FlowTargets,
  type PipelineTarget,
} from "../../../components/verification";
import { pipelineStatuses, type Findings } from "../../../components/verification/conditions";
import type { InputEvidence } from "../../../components/verification/input-evidence";
import type { Refusals } from "../../../components/verification/refusals";
import type { Verdict } from "../../../components/verification/verdict";
import type { WorkloadHealth } from "../../../components/verification/workload-health";
import { idlePod } from "../helpers/pod-data";
import { refusalsOf } from "../../../manager/pipeline-objects";
import { objectConditions } from "../../../manager/report/object-status";
import { pipelineKinds } from "../../../manager/kinds";

const root = join(__dirname, "../../..");
const key = ({ type, status, reason }: Pick<Condition, "type" | "status" | "reason">): string =>
  `${type} ${status} ${reason}`;

describe("the table of reasons", () => {
  it("has each reason with a status once, in words that are sentences", () => {
    const keys = reasons.map(key);
    assert.equal(new Set(keys).size, keys.length);
    for (const row of reasons) {
      assert.match(row.reason, /^[A-Z]\w+$/);
      for (const text of [row.meaning, row.remedy]) assert.match(text, /^[A-Z].*\.$/, key(row));
    }
  });

  it("has every reason written out, so that a search for one finds it", () => {
    const folder = join(root, "components/verification/reasons");
    const source = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join();
    for (const { reason } of reasons) assert.ok(source.includes(`reason: "${reason}"`), reason);
  });

  it("is the documentation, row by row", () => {
    const page = readFileSync(join(root, "docs/conditions.md"), "utf8").replace(/ +/g, " ");
    for (const row of reasons) {
      const section = page.split(`## ${row.type}\n`)[1]?.split("\n## ")[0] ?? "";
      const status = isWarning(row) ? `${row.status}, warning` : row.status;
      assert.ok(section.includes(`| \`${row.reason}\` | ${status} | ${row.meaning} | ${row.remedy} |`), key(row));
    }
  });

  it("has a column of printed tables for each type, and kubectl's columns are about types that exist", () => {
    const kinds = readFileSync(join(root, "manager/crds.yaml"), "utf8");
    const shown = [...kinds.matchAll(/@\.type=="(\w+)"/g)].map(([, type = ""]) => type);
    assert.ok(shown.length > 0);
    for (const type of shown) assert.ok(type in conditionTypes, type);
    for (const { column } of Object.values(conditionTypes)) assert.match(column, /^[A-Z]+$/);
  });
});

const gateway = { kind: "gateway", workload: "DaemonSet", name: "gateway" } as const;
const agent = { kind: "agent", workload: "DaemonSet", name: "agent" } as const;
const logAgent = { kind: "log-agent", workload: "DaemonSet", name: "log-agent", namespace: "telemetry-logs" } as const;
const served: readonly (readonly string[])[] = [[], ["gateway"], ["agent"], ["gateway", "agent"]];
const signals = ["metrics", "traces", "logs"] as const;
const booleans = [true, false];

const targetOf = (change: Partial<PipelineTarget>): FlowTargets => ({
  namespace: "telemetry",
  collectors: [gateway, agent],
  pipelines: [
    {
      signal: "metrics",
      name: "a",
      path: "metricPipelines[0]",
      exporter: "otlp_grpc/metrics-a",
      canary: true,
      collectors: ["gateway"],
      ...change,
    },
  ],
});
const id = ({ pipelines: [pipeline] }: FlowTargets): string => `${pipeline?.signal.replace(/s$/, "")}Pipelines/a`;
const nothing: Findings = {
  workloads: [],
  verdicts: {},
  inputs: { targets: [], kubelets: [], annotated: [], nodes: [] },
  data: [],
  refusals: {},
  certificates: {},
};

/** A usual cause, and the causes whose messages differ. */
const causes = ["server", "redirected", "queueTooSmall"] as const;

/** Every verdict, as far as a condition can depend on it. */
const verdicts: readonly (Verdict | undefined)[] = [
  undefined,
  { kind: "delivered", pods: 1 },
  { kind: "delivered", pods: 1, of: 2 },
  ...(["noPods", "unreadable", "noTraffic"] as const).map((why) => ({ kind: "noEvidence", why }) as const),
  ...(["gateway", "agent"] as const).flatMap((collector): Verdict[] => [
    { kind: "noEvidence", why: "rejectionsHidden", collector },
    ...causes.flatMap((cause) =>
      (["all", "some"] as const).flatMap((extent) =>
        booleans.flatMap((losing) =>
          booleans.flatMap((queueFull): Verdict[] => {
            const trouble = { extent, failure: { cause, dropped: losing }, losing, queueFull, pods: ["p"], collector };
            return [
              { kind: "failing", ...trouble },
              { kind: "throttled", ...trouble },
            ];
          }),
        ),
      ),
    ),
  ]),
];

const refusals: readonly (Refusals | undefined)[] = [
  undefined,
  ...[gateway, agent].flatMap((collector) =>
    booleans.map((lasting) => ({ collector, signal: "metrics", pods: ["p"], items: 1, lasting }) as const),
  ),
];

/** Every state of both workloads; `undefined` is a cluster that did not answer. */
const workloads = (["ready", "withoutLost", "rollingOut", "notReady", undefined] as const).map(
  (state): WorkloadHealth[] =>
    state === undefined
      ? []
      : [gateway, agent].map(({ name, kind }) => ({ name, kind, state, message: "The message." })),
);

const scraped = { url: "http://a", namespace: "shop", pod: "web", error: "" } as const;
const targetSets: InputEvidence["targets"][] = (["prometheus", "istio", "api-server"] as const).flatMap((input) => [
  [],
  ...(["up", "down", "unknown"] as const).flatMap((first) =>
    (["up", "down", "unknown"] as const).map((second) => [
      { ...scraped, input, health: first },
      { ...scraped, input, health: second, url: "http://b" },
    ]),
  ),
  [
    { ...scraped, input, health: "up" },
    { ...scraped, input, health: "up" },
  ],
]);
const kubeletSets: InputEvidence["kubelets"][] = [
  [],
  [{ pod: "a", points: 1 }],
  [{ pod: "a", points: 0 }],
  [{ pod: "a", points: 1, error: "403 Forbidden" }],
];
const wanted: readonly (Readonly<Record<string, object>> | undefined)[] = [
  undefined,
  { prometheus: {} },
  { istio: {} },
  { "api-server": {} },
  { kubelet: {} },
  { prometheus: {}, kubelet: {} },
];

const annotatedPod = (scrape: string): AnnotatedObject => {
  const ports = [{ name: "http" }];
  const pods = [{ isAnnotated: true, ports }];
  return { kind: "Pod", namespace: "shop", name: "web", annotations: { scrape }, ports, pods };
};

/** Counters that a gateway can have for a pipeline's data. */
function podData({ pipelines: [pipeline] }: FlowTargets): Partial<PodData>[] {
  const { signal = "metrics", name = "" } = pipeline ?? {};
  return [
    {},
    { pushed: { [signal]: 1 } },
    { pushed: { [signal]: 1 }, grpcOnHttp: 1 },
    { processors: { [`filter/user-${signal}-${name}`]: { incoming: 1, outgoing: 0 } } },
    { failed: { [`transform/user-${signal}-${name}`]: 1 } },
    { lookUps: { [signal]: { found: 10, unknown: 10 } } },
  ];
}

/** Findings that an update or a check can have. */
function* findings(): Generator<readonly [FlowTargets, Findings]> {
  for (const collectors of served) {
    for (const signal of signals) {
      for (const health of workloads) yield [targetOf({ collectors, signal }), { ...nothing, workloads: health }];
    }
    for (const canary of booleans) {
      const targets = targetOf({ collectors, canary });
      for (const verdict of verdicts) {
        for (const refused of refusals) {
          const own = { ...(verdict && { verdicts: { [id(targets)]: verdict } }) };
          yield [targets, { ...nothing, ...own, ...(refused && { refusals: { [id(targets)]: refused } }) }];
        }
      }
    }
  }
  for (const inputs of wanted) {
    const targets = targetOf({ inputs });
    for (const scrapedTargets of targetSets) {
      for (const kubelets of kubeletSets) {
        for (const annotated of [[], [annotatedPod("true")], [annotatedPod("yes")]]) {
          yield [targets, { ...nothing, inputs: { targets: scrapedTargets, kubelets, annotated, nodes: [] } }];
          const crowded = [{ kind: "Pod", namespace: "shop", name: "web", count: 10_000 }] as const;
          yield [targets, { ...nothing, inputs: { targets: scrapedTargets, kubelets, annotated, crowded, nodes: [] } }];
        }
      }
    }
  }
  const pushed = targetOf({});
  for (const change of podData(pushed)) {
    yield [pushed, { ...nothing, data: [idlePod({ collector: gateway.name, kind: gateway.kind, ...change })] }];
  }
  const selection = { namespaces: {}, containers: {} };
  const ofContainers = targetOf({ signal: "logs", containerLogs: selection, collectors: [logAgent.name] });
  const long = { receiver: "filelog/logs-a", container: "shop/web-1 (server)" };
  const none = { longLines: [], lateLines: [], unreadable: [], agentNodes: [] };
  const late = { ...long, file: "0.log", offset: 0, lag: 90, age: 30 };
  const denied = { ...none, unreadable: [{ ...long, cause: "denied" as const }] };
  const elsewhere = [{ namespace: "shop", pod: "web-1", container: "server", node: "b" }];
  for (const [records, evidence] of [
    [0, none],
    [1, none],
    [1, { ...none, longLines: [long] }],
    [1, { ...none, lateLines: [late] }],
    [0, denied],
    [1, denied],
    [1, { ...none, containers: elsewhere }],
  ] as const) {
    const containerLogs = { records: { "filelog/logs-a": records }, openFiles: records };
    const data = [idlePod({ collector: logAgent.name, kind: logAgent.kind, uptime: 3600, containerLogs })];
    yield [
      { ...ofContainers, collectors: [logAgent] },
      { ...nothing, data, inputs: { ...nothing.inputs, containerLogs: evidence } },
    ];
  }
  const targets = targetOf({});
  yield [targets, { ...nothing, certificates: { [id(targets)]: ["It expires."] } }];
}

/** Findings about a pipeline object, one of each kind of field. */
const objectFindings = [
  ["output.otlp.endpoint", "SecretMissing"],
  ["output.otlp.endpoint", "SecretNotRead"],
  ["output.otlp.tls.cert", "CertificateExpired"],
  ["output.otlp.tls.ca"],
  ["output.otlp.endpoint"],
  ["transform[0]"],
  ["filter[0]"],
  ["input.runtime.additionalMetrics[0]"],
  ["anything"],
] as const;

describe("conditions", () => {
  it("have every reason of the table, and no other, for everything that can be found", () => {
    const emitted = new Set<string>();
    const now = new Date("2026-11-22T12:00:00Z");
    for (const [targets, found] of findings()) {
      for (const { conditions } of pipelineStatuses(targets, found, [], now)) {
        for (const one of conditions) emitted.add(key(one));
      }
    }
    const object = { metadata: { name: "a" }, spec: {} };
    const file = "MetricPipeline/a";
    for (const [field, code] of objectFindings) {
      const finding = error(`${file}#1:spec.${field}`, "is wrong", "Do better", code);
      const refusal = refusalsOf([finding], [file]).get(file);
      assert.ok(refusal, field);
      for (const one of objectConditions({ kind: pipelineKinds[0], object }, [], refusal, now)) {
        emitted.add(`${one.type} ${one.status} ${one.reason}`);
      }
    }
    assert.deepEqual([...emitted].sort(), reasons.map(key).sort());
  });
});
