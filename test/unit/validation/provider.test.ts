import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1ConfigMap, V1Pod, V1Taint } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { collectorKinds, findingsFileVariable, labelKeys } from "../../../components/contract";
import { formatFinding, readFindings } from "../../../components/schema";
import type { LimitRange } from "../../../components/admission";
import type { Cluster } from "../../../components/validation/pod-api";
import { pipelineModels } from "../../../components/plan";
import { placesIn } from "../../../components/validation/places";
import { judge, validateInCluster } from "../../../components/validation/validate-in-cluster";
import { validationFingerprint } from "../../../components/validation/validation-fingerprint";
import { validationProvider, type ValidationInputs } from "../../../components/validation/validation-provider";
import { quickest } from "../helpers/quickest";
import { configurationOf, refused, refusedFindings } from "./refused";

const pipelines = refused.pipelines();
const configuration = configurationOf(pipelines);

const inputs = (change: Partial<ValidationInputs> = {}): ValidationInputs => {
  const all = { ...unchanged, ...change };
  return { fingerprint: validationFingerprint(all.configuration, all.pod), ...all };
};

const unchanged: Omit<ValidationInputs, "fingerprint"> = {
  access: {},
  workload: "telemetry-otlp-gateway",
  pod: {
    metadata: {
      name: "validation",
      namespace: "telemetry",
      labels: { "app.kubernetes.io/component": "gateway" },
    },
    spec: {
      containers: [{ name: "collector", image: "collector:0.161.0" }],
      volumes: [{ name: "credentials", secret: { secretName: "credentials-1" } }],
    },
  },
  configuration,
  file: "relay.yaml",
  places: placesIn(configuration, pipelineModels(pipelines)),
  version: "0.161.0",
  timeoutSeconds: 2,
};

/** The behaviour of the cluster for a pod that validates a configuration. */
type Play = (configuration: string) => { exitCode: number; log?: string } | { pod: V1Pod };

/** The pod after the cluster's additions, labels of its nodes, and LimitRanges of the namespace. */
interface Surroundings {
  readonly asMade?: V1Pod;
  readonly nodes?: readonly Record<string, string>[];
  /** Taints of the nodes, in their order. */
  readonly taints?: readonly V1Taint[][];
  readonly ranges?: readonly LimitRange[];
}

/** A cluster with one pod at most. It proves the requests to a cluster and their order, not the behaviour of a cluster. */
function stage(
  play: Play,
  failing: Partial<Record<keyof Cluster, Error>> = {},
  { asMade = {}, nodes = [], taints = [], ranges = [] }: Surroundings = {},
): { calls: string[]; cluster: Cluster } {
  const calls: string[] = [];
  let pod: V1Pod | undefined = { metadata: { name: "validation" } };
  let configMap: V1ConfigMap | undefined;
  const note = (call: keyof Cluster, detail = ""): void => {
    calls.push(`${call}${detail}`);
    const error = failing[call];
    if (error) throw error;
  };
  const result = () => play(configMap?.data?.["relay.yaml"] ?? "");
  const later = async <T>(act: () => T): Promise<T> => {
    await Promise.resolve();
    return act();
  };
  const readPod = (): V1Pod | undefined => {
    if (pod === undefined || configMap === undefined) return undefined;
    const now = result();
    if ("pod" in now) return now.pod;
    const { exitCode } = now;
    const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
    return { status: { containerStatuses: [{ name: "collector", state: { terminated } }] } } as V1Pod;
  };
  const readLog = (): string => {
    const now = result();
    return "log" in now ? (now.log ?? "") : "";
  };
  const cluster: Cluster = {
    createConfigMap: (made) =>
      later(() => {
        note("createConfigMap");
        configMap = made;
      }),
    createPod: (made) =>
      later(() => {
        note("createPod");
        pod = made;
        return { ...made, ...asMade };
      }),
    readPod: () => later(readPod),
    limitRanges: () => later(() => (note("limitRanges"), ranges)),
    nodes: async function* () {
      const all = nodes.map((labels, i) => ({ labels, taints: taints[i] ?? [] }));
      yield await later(() => (note("nodes"), all.slice(0, 1)));
      yield await later(() => all.slice(1));
    },
    readLog: () =>
      later(() => {
        note("readLog");
        return readLog();
      }),
    remove: (kind) =>
      later(() => {
        note("remove", ` ${kind}`);
        if (kind === "Pod") pod = undefined;
        else configMap = undefined;
      }),
  };
  return { calls, cluster };
}

const removal = ["remove Pod", "remove ConfigMap"];

async function failureOf(stage: { cluster: Cluster }, change: Partial<ValidationInputs> = {}): Promise<string> {
  const { failure: message } = await judge(inputs(change), () => stage.cluster);
  assert.ok(message, "the configuration was accepted");
  return message;
}

const consequences = [
  "No pod of telemetry-otlp-gateway was changed: running pods keep their configuration.",
  "Correct the problem and run `pulumi up` again, or undo the change.",
];

describe("validation in the cluster", () => {
  it("replaces the objects that an interrupted run has left, and removes its own", async () => {
    const { calls, cluster } = stage(() => ({ exitCode: 0 }));
    assert.deepEqual(await judge(inputs(), () => cluster), { warning: undefined });
    assert.deepEqual(calls, [...removal, "createConfigMap", "createPod", ...removal]);
  });

  it("reports all faults together, after a second run about each text", async () => {
    const play: Play = (text) => ({ exitCode: 1, log: text === configuration ? refused.said : refused.probed });
    const staged = stage(play);
    assert.equal(
      await failureOf(staged),
      [
        "Invalid pipeline configuration (17 problems), found by collector:0.161.0 in the cluster",
        ...refusedFindings.map((finding) => `  ${finding}`),
        ...consequences,
      ].join("\n"),
    );
    const run = [...removal, "createConfigMap", "createPod", "readLog", ...removal];
    assert.deepEqual(staged.calls, [...run, ...run]);
  });

  it("records its findings for the manager", async () => {
    const folder = mkdtempSync(join(tmpdir(), "findings-"));
    process.env[findingsFileVariable] = join(folder, "findings.jsonl");
    try {
      await failureOf(stage((text) => ({ exitCode: 1, log: text === configuration ? refused.said : refused.probed })));
      assert.deepEqual(readFindings(join(folder, "findings.jsonl")).map(formatFinding), refusedFindings);
    } finally {
      delete process.env[findingsFileVariable];
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("names the monitor that the collector refuses, without its words", async () => {
    const job = (name: string): object => ({ job_name: name, static_configs: [{ targets: [] }] });
    const jobs = ["serviceMonitor/shop/good/0", "podMonitor/shop/bad/1", "app-pods"].map(job);
    const monitored = JSON.stringify({
      receivers: {
        otlp: {},
        "prometheus/prometheus-operator": { config: { scrape_configs: jobs } },
        "prometheus/prometheus-operator-2": { config: { scrape_configs: [job("serviceMonitor/shop/other/0")] } },
      },
    });
    const unread = (id: string): string =>
      "Error: failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n" +
      `'receivers' error reading configuration for "${id}": decoding failed due to the following error(s):\n\n` +
      "'config' prometheus receiver: failed to unmarshal yaml to prometheus config object: hunter2";
    const play: Play = (text) => ({
      exitCode: 1,
      log: unread(text === monitored ? "prometheus/prometheus-operator" : "prometheus/1"),
    });
    const staged = stage(play);
    assert.equal(
      await failureOf(staged, { configuration: monitored }),
      [
        "Invalid pipeline configuration (1 problem), found by collector:0.161.0 in the cluster",
        "  PodMonitor shop/bad, podMetricsEndpoints[1]: is refused by the collector, in words that are not shown because they may quote a credential. Exclude it by labelSelector in input.prometheusOperator, or put the collector on PATH of the machine that updates: updates then leave such a monitor out, and state the reason.",
        ...consequences,
      ].join("\n"),
    );
    const run = [...removal, "createConfigMap", "createPod", "readLog", ...removal];
    assert.deepEqual(staged.calls, [...run, ...run]);
  });

  it("never repeats words of a collector that may quote a credential", async () => {
    const message = await failureOf(
      stage(() => ({
        exitCode: 1,
        log: 'Error: extensions::basicauth/metrics-path: hunter2\nexporters::x: "hunter2"',
      })),
    );
    assert.ok(!message.includes("hunter2"), message);
    assert.match(message, /\(2 problems\)/);
  });

  it("states why it has no verdict and the remedy, and still removes the pod", async () => {
    const waiting = { reason: "ImagePullBackOff", message: "Back-off" };
    const pod = { status: { containerStatuses: [{ name: "collector", state: { waiting } }] } } as V1Pod;
    const staged = stage(() => ({ pod }));
    assert.equal(
      await failureOf(staged),
      [
        "The configuration could not be validated",
        "  The pod that validates it did not get its image (ImagePullBackOff: Back-off). Correct gateway.image, or give the pods access to its registry by gateway.imagePullSecrets.",
        ...consequences,
      ].join("\n"),
    );
    assert.deepEqual(staged.calls.slice(-2), removal);
  });

  it("does not wait for ever", async () => {
    const unschedulable = (message: string) => {
      const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
      return stage(() => ({ pod: { status: { conditions } } }), {}, { nodes: [{ "kubernetes.io/os": "linux" }] });
    };
    const staged = unschedulable("no node");
    assert.match(
      await failureOf(staged, { timeoutSeconds: 1 }),
      /did not end in time \(Unschedulable: no node\)\. Remove the cause, or raise telemetry:validation\.timeout\./,
    );
    assert.deepEqual(staged.calls.slice(-2), removal);
  });

  it("names the rights that it lacks", async () => {
    const forbidden = Object.assign(new Error("HTTP"), { code: 403, body: '{"message":"pods is forbidden"}' });
    assert.match(
      await failureOf(stage(() => ({ exitCode: 0 }), { createPod: forbidden })),
      /you may not run a pod in namespace telemetry \(pods is forbidden\)\. Get the right to create, get and delete pods/,
    );
  });

  it("names the LimitRange whose default is below the request", async () => {
    const message =
      'Pod "x" is invalid: spec.containers[0].resources.requests: Invalid value: "100m": must be less than or equal to cpu limit of 50m';
    const invalid = Object.assign(new Error("HTTP"), { code: 422, body: { message } });
    const ranges = [{ name: "defaults", limits: [{ type: "Container", default: { cpu: "50m" } }] }];
    const staged = stage(() => ({ exitCode: 0 }), { createPod: invalid }, { ranges });
    const failure = await failureOf(staged);
    assert.match(failure, /more than the limit of 50m that LimitRange defaults of namespace telemetry gives it/);
    assert.match(failure, /Set gateway\.resources\.limits\.cpu to what a collector needs on the busiest node, or /);
  });

  it("names the settings of each kind of collector as the user writes them", async () => {
    const settings = { gateway: "gateway", agent: "agent", "log-agent": "logAgent" };
    assert.deepEqual(Object.keys(collectorKinds), Object.keys(settings));
    const body = { message: 'pods "x" is forbidden: no PriorityClass with name vital was found' };
    const unknown = Object.assign(new Error("HTTP"), { code: 403, body });
    for (const [component, setting] of Object.entries(settings)) {
      const { pod } = inputs();
      const labels = { [labelKeys.component]: component };
      const ofKind = { pod: { ...pod, metadata: { ...pod.metadata, labels } } };
      const failure = await failureOf(
        stage(() => ({ exitCode: 0 }), { createPod: unknown }),
        ofKind,
      );
      assert.ok(failure.includes(`Create it, or correct ${setting}.priorityClassName.`), failure);
    }
  });

  it("has no verdict after silence and crashes", async () => {
    assert.match(
      await failureOf(stage(() => ({ exitCode: 2 }))),
      /ended with exit code 2 and reported nothing about the configuration\. Check that the image/,
    );
  });

  it("shows nothing of a kubeconfig that cannot be read", async () => {
    const kubeconfig = "users:\n- name: a\n  user: {token: hunter2-hunter2\nclusters: []\n";
    const { failure: message = "" } = await validateInCluster(inputs({ access: { kubeconfig } }));
    assert.match(message, /the cluster does not answer \(the kubeconfig is not one: correct its YAML\)/);
    assert.ok(!message.includes("hunter2"), message);
    const { failure: missing = "" } = await validateInCluster(inputs({ access: { kubeconfig: "/nowhere/config" } }));
    assert.match(missing, /no such file or directory, open '\/nowhere\/config'/);
  });

  describe("of a pod that no node takes", () => {
    const linux = { "kubernetes.io/os": "linux" };
    const placed = (nodeSelector?: Record<string, string>): Partial<ValidationInputs> => {
      const { pod } = inputs();
      const expressions = [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }];
      const nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] },
      };
      const containers = pod.spec?.containers ?? [];
      return { pod: { ...pod, spec: { containers, affinity: { nodeAffinity }, nodeSelector } }, timeoutSeconds: 1 };
    };
    const unscheduled: Play = () => ({
      pod: {
        status: {
          conditions: [
            { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/2 nodes are available" },
          ],
        },
      },
    });
    const told = async (nodes: Record<string, string>[], nodeSelector?: Record<string, string>) => {
      const failure = await failureOf(stage(unscheduled, {}, { nodes }), placed(nodeSelector));
      return (failure.split("\n")[1] ?? "").trim();
    };
    const prefix = "The pod that validates it";

    it("fails at once where no node has the labels, or only nodes that run no collectors", async () => {
      const took = await quickest(900, async () => {
        assert.equal(
          await told([linux, { ...linux, disk: "hdd" }], { disk: "ssd", zone: "a" }),
          `${prefix} finds no node: none has the labels of gateway.nodeSelector (disk=ssd, zone=a). ` +
            "Correct gateway.nodeSelector, or give nodes these labels.",
        );
        assert.equal(
          await told([linux, { "kubernetes.io/os": "windows", disk: "ssd" }], { disk: "ssd" }),
          `${prefix} finds no node: those with the labels of gateway.nodeSelector (disk=ssd) run Windows or are virtual. ` +
            "Select Linux machines by gateway.nodeSelector.",
        );
      });
      assert.ok(took < 900, "before its time is over");
    });

    it("waits for the first Linux machine, which an autoscaler may add, and reports that there is none", async () => {
      assert.equal(
        await told([{ "kubernetes.io/os": "windows" }]),
        `${prefix} finds no node: the cluster has no node that is a Linux machine. ` +
          "Add one: Windows nodes and virtual nodes, such as those of Fargate, can run no collector.",
      );
    });

    it("names the taints that keep it off, which new versions of the scheduler do not, and the setting", async () => {
      const message = "0/3 nodes are available: 3 node(s) had untolerated taint(s)";
      const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
      const play: Play = () => ({ pod: { status: { conditions } } });
      const remedy = async (failing: object, ...taints: V1Taint[][]): Promise<string> => {
        const nodes = [linux, { ...linux, disk: "ssd" }, { "kubernetes.io/os": "windows" }];
        const { pod = {} } = placed();
        const tolerations = [
          { key: "pool", value: "b" },
          { key: "gpu", operator: "Exists", effect: "NoExecute" },
        ];
        const tolerant = { ...pod, spec: { ...pod.spec, tolerations } as V1Pod["spec"] };
        const staged = stage(play, failing, { nodes, taints });
        const failure = await failureOf(staged, { pod: tolerant, timeoutSeconds: 1 });
        return failure.split(`${message}). `)[1]?.split("\n")[0] ?? "";
      };
      const cordoned = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
      const [other, gpu] = [
        { key: "pool", value: "a", effect: "NoSchedule" },
        { key: "gpu", effect: "NoExecute" },
      ];
      const tolerated = [
        { key: "pool", value: "b", effect: "NoSchedule" },
        gpu,
        { ...gpu, effect: "PreferNoSchedule" },
      ];
      const windows = [{ key: "os", effect: "NoSchedule" }];
      assert.equal(
        await remedy({}, [other, cordoned], [...tolerated, { ...gpu, effect: "NoSchedule" }], windows),
        "Its nodes have taints (gpu:NoSchedule, pool=a:NoSchedule): set gateway.tolerations, such as [{ operator: Exists }] for all taints, or select other nodes by gateway.nodeSelector.",
      );
      assert.equal(
        await remedy({}, [cordoned], [cordoned]),
        "Its nodes are cordoned, or not well (taints node.kubernetes.io/unschedulable:NoSchedule): make them ready for pods, or select other nodes by gateway.nodeSelector.",
      );
      assert.equal(
        await remedy({ nodes: new Error("forbidden") }, []),
        "Its nodes have taints: set gateway.tolerations, such as [{ operator: Exists }] for all taints, or select other nodes by gateway.nodeSelector.",
      );
    });

    it("waits if a node fits, because room and taints may change, or if the nodes cannot be listed", async () => {
      const late =
        `${prefix} did not end in time (Unschedulable: 0/2 nodes are available). ` +
        "Remove the cause, or raise telemetry:validation.timeout.";
      assert.equal(await told([{}, { ...linux, disk: "ssd" }], { disk: "ssd" }), late);
      const staged = stage(unscheduled, { nodes: Object.assign(new Error(), { code: 403 }) });
      const failure = await failureOf(staged, placed({ disk: "ssd" }));
      assert.ok(failure.includes(late));
      assert.equal(staged.calls.filter((call) => call === "nodes").length, 1, "asked once");
    });
  });

  it("warns of a CPU limit that the cluster added, and names the LimitRange where it may read it", async () => {
    const { pod } = inputs();
    const [container = { name: "" }] = pod.spec?.containers ?? [];
    const limited = { spec: { containers: [{ ...container, resources: { limits: { cpu: "500m" } } }] } };
    const ranges = [
      { name: "defaults", limits: [{ type: "Container", default: { cpu: "500m" } }] },
      { name: "sizes", limits: [{ type: "Container", max: { cpu: "2" } }] },
    ];
    const rest =
      "gives pods of telemetry-otlp-gateway a CPU limit of 500m, because gateway.resources.limits.cpu is not set. " +
      "A throttled collector loses data: set gateway.resources.limits.cpu to what a collector needs on the busiest node.";
    const good: Play = () => ({ exitCode: 0 });
    const named = stage(good, {}, { asMade: limited, ranges });
    assert.deepEqual(await judge(inputs(), () => named.cluster), { warning: `LimitRange defaults ${rest}` });
    const forbidden = stage(good, { limitRanges: new Error("forbidden") }, { asMade: limited, ranges });
    assert.deepEqual(await judge(inputs(), () => forbidden.cluster), { warning: `The cluster ${rest}` });
    const own = { pod: { ...pod, ...limited } };
    const asWritten = stage(good, {}, { asMade: limited, ranges });
    assert.deepEqual(await judge(inputs(own), () => asWritten.cluster), { warning: undefined });
  });

  it("names a cluster that it cannot find", async () => {
    const { failure: message } = await judge(inputs(), () => {
      throw new Error("no cluster is configured");
    });
    assert.match(message ?? "", /the cluster does not answer \(no cluster is configured\)/);
  });
});

describe("the provider of ConfigValidation", () => {
  const changes = async (news: ValidationInputs, validatedAt = "2026-05-01T00:00:00Z"): Promise<boolean | undefined> =>
    (await validationProvider.diff?.("id", { validated: inputs().fingerprint, validatedAt, warning: "" }, news))
      ?.changes;

  it("validates again when the configuration, the image or the credentials change", async () => {
    const { pod } = inputs();
    const withSpec = (spec: object): V1Pod => ({ ...pod, spec: { ...pod.spec, ...spec } as V1Pod["spec"] });
    for (const change of [
      { configuration: "other" },
      { pod: withSpec({ containers: [{ name: "collector", image: "collector:0.150.0" }] }) },
      { pod: withSpec({ volumes: [{ name: "credentials", secret: { secretName: "credentials-2" } }] }) },
      // In a preview, if the name of a Secret is not known yet.
      { fingerprint: pulumi.runtime.unknownValue },
    ]) {
      assert.equal(await changes(inputs(change)), true, JSON.stringify(change));
    }
  });

  it("validates again if the time of the last validation is unknown", async () => {
    assert.equal(await changes(inputs(), ""), true);
  });

  it("does not validate again for another order of fields, kubeconfig, place or code", async () => {
    const { pod } = inputs();
    const { metadata, spec } = pod;
    for (const change of [
      {},
      { pod: { spec, metadata } },
      { access: { kubeconfig: "elsewhere", context: "other" } },
      { places: { components: {}, entries: [] } },
      { timeoutSeconds: 60 },
      { __provider: "other code" },
    ]) {
      assert.equal(await changes(inputs(change)), false, JSON.stringify(change));
    }
  });

  it("needs no cluster for a refresh or a destroy", () => {
    assert.deepEqual(Object.keys(validationProvider).sort(), ["create", "diff", "update"]);
  });

  it("fails without touching pods, and without a stack, when the validation itself fails", async () => {
    const outside = process.cwd();
    process.chdir("/");
    try {
      await assert.rejects(Promise.resolve(validationProvider.create(inputs())), (error: Error) => {
        const [first] = error.message.split("\n");
        assert.match(
          first ?? "",
          /^The configuration of telemetry-otlp-gateway could not be validated: Cannot find module 'telemetry-pipelines/,
        );
        assert.match(error.message, /No pod of telemetry-otlp-gateway was changed\.$/);
        assert.equal(error.stack, error.message);
        return true;
      });
    } finally {
      process.chdir(outside);
    }
  });

  it("reports the findings of the validation unchanged", async function () {
    this.timeout("60s");
    const access = { kubeconfig: "users: [{ user: { token: hunter2\n" };
    await assert.rejects(Promise.resolve(validationProvider.create(inputs({ access }))), {
      message: [
        "The configuration could not be validated",
        "  The pod that validates it could not be run: the cluster does not answer (the kubeconfig is not one: correct its YAML). Check the kubeconfig and the network.",
        ...consequences,
      ].join("\n"),
    });
  });

  it("can be sent to another process: without secrets, paths, a client, or code of the collector", async () => {
    const { text, containsSecrets } = await pulumi.runtime.serializeFunction(() => validationProvider, {
      allowSecrets: true,
    });
    assert.equal(containsSecrets, false);
    const needed = [...text.matchAll(/(?:require|import)\("([^"]+)"\)/g)].map(([, name]) => name ?? "");
    assert.deepEqual(
      needed.filter((name) => !isBuiltin(name)),
      [],
    );
    assert.doesNotMatch(text, /otelcol|collector/i);
    assert.ok(!text.includes(__dirname.split("/").slice(0, -3).join("/")), "it names a folder of this machine");
    assert.ok(text.length < 12_000, `${text.length} characters`);
  });
});
