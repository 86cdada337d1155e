import assert from "node:assert/strict";
import { statusTable, type FlowTargets } from "../../../components/verification";
import type { Failure } from "../../../components/verification/classify";
import { pipelineStatuses, type Findings } from "../../../components/verification/conditions";
import type { Verdict } from "../../../components/verification/verdict";

const targets: FlowTargets = {
  namespace: "telemetry",
  collectors: [{ kind: "gateway", workload: "DaemonSet", name: "telemetry-otlp-gateway" }],
  pipelines: [
    {
      signal: "metrics",
      name: "backend",
      path: "metricPipelines[0]",
      exporter: "otlp_grpc/metrics-backend",
      backend: "backend.example.com:4317",
      canary: true,
      collectors: ["telemetry-otlp-gateway"],
    },
  ],
};
const well: Findings = {
  workloads: [{ name: "telemetry-otlp-gateway", kind: "gateway", state: "ready", message: "Runs on 3 nodes." }],
  verdicts: { "metricPipelines/backend": { kind: "delivered", pods: 3 } },
  certificates: {},
  inputs: { targets: [], kubelets: [], annotated: [], nodes: [] },
  data: [],
  refusals: {},
};
const failing: Findings = {
  ...well,
  verdicts: {
    "metricPipelines/backend": {
      kind: "failing",
      extent: "all",
      failure: { cause: "server", status: 503, dropped: false },
      losing: false,
      queueFull: false,
      pods: ["a", "b", "c"],
      collector: "gateway",
    },
  },
};

const noon = new Date("2026-11-22T12:00:00Z");
const later = new Date("2026-11-22T13:00:00Z");
const at = (findings: Findings, now = noon, previous = pipelineStatuses(targets, well, [], noon)) =>
  pipelineStatuses(targets, findings, previous, now);

describe("the conditions of a pipeline", () => {
  it("are all true when its configuration, its workloads and its flow are good", () => {
    const since = noon.toISOString();
    assert.deepEqual(at(well), [
      {
        pipeline: "metricPipelines/backend",
        healthy: true,
        conditions: [
          { type: "ConfigurationGenerated", status: "True", reason: "GatewayConfigured", message: "", since },
          { type: "GatewayHealthy", status: "True", reason: "GatewayReady", message: "Runs on 3 nodes.", since },
          { type: "AgentHealthy", status: "True", reason: "AgentNotRequired", message: "", since },
          {
            type: "TelemetryFlowHealthy",
            status: "True",
            reason: "FlowHealthy",
            message: "The backend accepted data from 3 pods.",
            since,
          },
        ],
      },
    ]);
  });

  it("state the problem, its place and the remedy", () => {
    const [status] = at(failing);
    assert.equal(status?.healthy, false);
    const flow = status.conditions.at(-1);
    assert.deepEqual([flow?.status, flow?.reason], ["False", "GatewayAllTelemetryDataDelayed"]);
    assert.equal(
      flow?.message,
      "The backend backend.example.com:4317 accepts no data from 3 pods: it answers with server errors (HTTP status 503). " +
        "The collector keeps the data and retries for 5 minutes, then drops the data. Check the backend's health and logs.",
    );
  });

  it("distinguish a full queue from data that was given up", () => {
    const verdict = {
      kind: "failing",
      extent: "some",
      failure: { cause: "queueFull", dropped: true },
      losing: false,
      queueFull: true,
      pods: ["a"],
      collector: "gateway",
    } as const;
    const flow = at({ ...well, verdicts: { "metricPipelines/backend": verdict } })[0]?.conditions.at(-1);
    assert.equal(flow?.reason, "GatewaySomeTelemetryDataDropped");
    assert.equal(
      flow.message,
      "The backend backend.example.com:4317 does not accept all data from pod a: it accepts less than is sent. The " +
        "collector keeps the data and retries for 5 minutes, then drops the data. The queue is full and accepts no new " +
        "data. Check the backend's health, send less, or raise gateway.resources.limits.memory, from which queues are sized.",
    );
    const [target] = targets.pipelines;
    const own: FlowTargets = { ...targets, pipelines: [{ ...target, ownQueue: true } as typeof target & object] };
    const full = pipelineStatuses(own, { ...well, verdicts: { "metricPipelines/backend": verdict } }, [], noon)[0];
    assert.match(
      full?.conditions.at(-1)?.message ?? "",
      / Check the backend's health, send less, or raise metricPipelines\[0\]\.output\.otlp\.queue\.size\.$/,
    );
    const failure = { cause: "queueTooSmall", dropped: true } as const;
    const tooSmall = at({ ...well, verdicts: { "metricPipelines/backend": { ...verdict, failure } } })[0];
    assert.equal(
      tooSmall?.conditions.at(-1)?.message,
      "The backend backend.example.com:4317 does not accept all data from pod a: single requests are larger than the " +
        "queue in front of it. The collector drops these requests. Raise gateway.resources.limits.memory, from which " +
        "queues are sized, or let senders send smaller requests.",
    );
  });

  it("name the other pipelines that a redirect may concern, if the collector does not distinguish them", () => {
    const [target] = targets.pipelines;
    const http = { ...target, exporter: "otlp_http/metrics-backend" } as (typeof targets.pipelines)[number];
    const pipelines = [
      http,
      { ...http, signal: "traces", name: "same" } as const,
      { ...http, signal: "logs", name: "elsewhere", backend: "other.example.com:4318" } as const,
      { ...http, signal: "logs", name: "grpc", exporter: "otlp_grpc/logs-grpc" } as const,
      { ...http, name: "pulled", collectors: ["telemetry-metric-agent"] },
    ];
    const verdict = {
      kind: "failing",
      extent: "all",
      failure: { cause: "redirected", status: 302, dropped: true },
      losing: true,
      queueFull: false,
      pods: ["a"],
      collector: "gateway",
    } as const;
    const findings = { ...well, verdicts: { "metricPipelines/backend": verdict } };
    const told = (all: typeof pipelines) =>
      pipelineStatuses({ ...targets, pipelines: all }, findings, [], noon)[0]?.conditions.at(-1);
    assert.equal(told([http])?.reason, "GatewayAllTelemetryDataDropped");
    const alone =
      "The backend backend.example.com:4317 accepts no data from pod a: it answers with a redirect (HTTP status 302). The " +
      "server behind the redirect may discard the data, which counts as sent nevertheless. Set " +
      "metricPipelines[0].output.otlp.endpoint to the target of the redirect, if the target is the backend: the collector " +
      "follows every redirect, sends its credentials along, and has no setting against it.";
    assert.equal(told([http])?.message, alone);
    assert.equal(
      told(pipelines)?.message,
      `${alone} The failure may concern only some of this pipeline and tracePipelines/same: the collector does not ` +
        "distinguish pipelines that send to the same host and port.",
    );
  });

  it("are false while the gateway refuses data, also when the backend takes all canaries", () => {
    const refusals = {
      collector: { kind: "gateway", workload: "DaemonSet", name: "telemetry-otlp-gateway" },
      signal: "metrics",
      pods: ["a"],
      items: 5,
      lasting: true,
    } as const;
    const told = (findings: Findings, lasting = true) =>
      at({ ...findings, refusals: { "metricPipelines/backend": { ...refusals, lasting } } })[0]?.conditions.at(-1);
    const throttling = told(well);
    assert.deepEqual([throttling?.status, throttling?.reason], ["False", "GatewayThrottling"]);
    assert.match(throttling?.message ?? "", /^The backend accepted data from 3 pods\. The memory of a is short: /);
    // The worse problem is stated first.
    assert.equal(told(failing)?.reason, "GatewayAllTelemetryDataDelayed");
    assert.match(told(failing)?.message ?? "", /health and logs\. The memory of a is short/);
    // Senders retry for longer than a moment.
    assert.deepEqual([told(well, false)?.status, told(well, false)?.reason], ["True", "FlowHealthy"]);
    assert.match(told(well, false)?.message ?? "", /For a moment/);
  });

  describe("have the words of each cause:", () => {
    const otlp = "metricPipelines[0].output.otlp";
    const words: readonly [Failure, string, string][] = [
      [
        { cause: "redirected", status: 307, dropped: false },
        "it answers with a redirect (HTTP status 307)",
        `Set ${otlp}.endpoint to the target of the redirect, if the target is the backend: the collector follows every ` +
          "redirect, sends its credentials along, and has no setting against it",
      ],
      [
        { cause: "noHttp2", dropped: false },
        "its TLS does not offer HTTP/2 (ALPN h2), which gRPC needs",
        `Set ${otlp}.protocol to http, or turn on h2 (ALPN) at the load balancer in front of the backend`,
      ],
      [
        { cause: "headersTooLarge", status: 431, dropped: false },
        "it rejects request headers of this size (HTTP status 431)",
        `Shorten ${otlp}.headers or the credentials in ${otlp}.authentication, or raise the limit for request headers at ` +
          "the backend or the proxy in front of it",
      ],
      [
        { cause: "maybeTls", status: 400, dropped: false },
        "it rejects the requests as invalid (HTTP status 400)",
        `If the backend uses TLS on this port, write https:// in ${otlp}.endpoint. Otherwise, read the reason in the ` +
          "backend's logs, and change the data with the pipeline's transform",
      ],
      [
        { cause: "unpaid", status: 402, dropped: false },
        "the account there has no quota left, or has not been paid for (HTTP status 402)",
        "Check plan, quota and payments of the account at the backend",
      ],
      [
        { cause: "tooLarge", dropped: false },
        "it rejects requests of this size",
        "Raise the limit for one request at the backend, and at the proxy in front of it if there is one",
      ],
      [
        { cause: "cancelled", dropped: false },
        "it ends requests without an answer",
        "Read the reason in the backend's logs. Some servers reject requests that are too large in this way",
      ],
      [
        { cause: "addressTooLong", status: 414, dropped: false },
        "it rejects an address of this length (HTTP status 414)",
        `Shorten ${otlp}.path and ${otlp}.endpoint`,
      ],
      [
        { cause: "mediaType", status: 415, dropped: false },
        "it does not support the content type or the compression of the requests (HTTP status 415)",
        `Set ${otlp}.compression to none. If that does not help, check ${otlp}.protocol, and whether the backend accepts ` +
          "OTLP as protobuf",
      ],
      [
        { cause: "compression", dropped: false },
        "it does not support the compression of the requests",
        `Set ${otlp}.compression to none, or turn on this compression at the backend`,
      ],
      [
        { cause: "otherHost", status: 421, dropped: false },
        "it does not serve this host name (HTTP status 421)",
        `Set ${otlp}.endpoint to the backend's own host name, or make it known at the backend and the proxy in front of it`,
      ],
      [
        { cause: "refusedRequest", status: 451, dropped: false },
        "it refuses the requests (HTTP status 451)",
        "Read the reason in the logs of the backend and of the proxy in front of it",
      ],
      [
        { cause: "upstream", status: 502, dropped: false },
        "a proxy in front of it gets no valid answer from it (HTTP status 502)",
        "Check that the backend runs, and the logs and routes of that proxy, such as a load balancer, an ingress or the " +
          "sidecar of a mesh",
      ],
      [
        { cause: "undecodable", dropped: false },
        "it cannot read some requests, usually because an application sends text that is not UTF-8",
        "Read the reason in the backend's logs. Correct the application, or mend the text with the pipeline's transform, " +
          'for example replace_all_patterns(span.attributes, "value", "\\\\x{FFFD}", "?") for spans',
      ],
      [
        { cause: "tlsUnknownAuthority", dropped: false },
        "its certificate is signed by an authority that is not trusted",
        `Set ${otlp}.tls.ca to that authority's certificate, or, if it is set, have the backend send its intermediate ` +
          "certificates",
      ],
    ];
    for (const [failure, what, remedy] of words) {
      it(failure.cause, () => {
        const id = "metricPipelines/backend";
        const verdicts = { [id]: { ...failing.verdicts[id], failure } as Verdict };
        assert.equal(
          at({ ...well, verdicts })[0]?.conditions.at(-1)?.message,
          `The backend backend.example.com:4317 accepts no data from 3 pods: ${what}. The collector keeps the data and ` +
            `retries for 5 minutes, then drops the data. ${remedy}.`,
        );
      });
    }
  });

  describe("of a failure that lasts", () => {
    const flow = (statuses: ReturnType<typeof at>) => statuses[0]?.conditions.at(-1);
    const minutes = (count: number): Date => new Date(noon.getTime() + count * 60_000);
    const of = (change: object): Findings => {
      const id = "metricPipelines/backend";
      return { ...failing, verdicts: { [id]: { ...failing.verdicts[id], ...change } as Verdict } };
    };

    it("state that data is being lost, once no retry can help any more", () => {
      const first = at(failing);
      const soon = at(failing, minutes(4), first);
      assert.deepEqual([flow(soon)?.reason, flow(soon)?.message], [flow(first)?.reason, flow(first)?.message]);
      const late = at(failing, minutes(15), soon);
      assert.equal(flow(late)?.reason, "GatewayAllTelemetryDataDropped");
      assert.equal(
        flow(late)?.message,
        "The backend backend.example.com:4317 accepts no data from 3 pods: it answers with server errors (HTTP status 503). " +
          "The failure lasts since 2026-11-22T12:00:00.000Z, and the collector retries for only 5 minutes: data is being " +
          "lost. Check the backend's health and logs.",
      );
      // The next check does not return to the milder reason.
      assert.equal(flow(at(failing, minutes(16), late))?.reason, "GatewayAllTelemetryDataDropped");
      assert.equal(flow(at(well, minutes(17), late))?.reason, "FlowHealthy");
      assert.equal(
        flow(at(failing, minutes(18), at(well, minutes(17), late)))?.reason,
        "GatewayAllTelemetryDataDelayed",
      );
    });

    it("keep to the time for which the pipeline retries", () => {
      const [target] = targets.pipelines;
      const message = (retrySeconds: number, count: number): [string | undefined, string | undefined] => {
        const own: FlowTargets = { ...targets, pipelines: [{ ...target, retrySeconds } as typeof target & object] };
        const found = flow(pipelineStatuses(own, failing, at(failing), minutes(count)));
        return [
          found?.reason,
          / \(HTTP status 503\)\. (.*) Check the backend's health and logs\.$/.exec(found?.message ?? "")?.[1],
        ];
      };
      assert.deepEqual(message(7200, 119), [
        "GatewayAllTelemetryDataDelayed",
        "The collector keeps the data and retries for 2 hours, then drops the data.",
      ]);
      assert.deepEqual(message(7200, 121), [
        "GatewayAllTelemetryDataDropped",
        "The failure lasts since 2026-11-22T12:00:00.000Z, and the collector retries for only 2 hours: data is being lost.",
      ]);
      assert.deepEqual(message(90, 1), [
        "GatewayAllTelemetryDataDelayed",
        "The collector keeps the data and retries for 90 seconds, then drops the data.",
      ]);
      assert.deepEqual(message(90, 2), [
        "GatewayAllTelemetryDataDropped",
        "The failure lasts since 2026-11-22T12:00:00.000Z, and the collector retries for only 90 seconds: data is being lost.",
      ]);
    });

    it("state this also for throttling, and not for a backend that fails at times", () => {
      const throttled = of({ kind: "throttled", failure: { cause: "throttled", dropped: false } });
      const late = flow(at(throttled, minutes(15), at(throttled)));
      assert.equal(late?.reason, "GatewayThrottling");
      assert.match(late.message, / The failure lasts since 2026-11-22T12:00:00.000Z, .* data is being lost\. /);
      const some = of({ extent: "some" });
      assert.equal(flow(at(some, minutes(15), at(some)))?.reason, "GatewaySomeTelemetryDataDelayed");
    });
  });

  it("name the node of the failing pods, if pods on other nodes have no failure", () => {
    const told = (cause: "timeout" | "unauthenticated"): string | undefined =>
      at({
        ...well,
        verdicts: {
          "metricPipelines/backend": {
            kind: "failing",
            extent: "some",
            failure: { cause, dropped: false },
            losing: false,
            queueFull: false,
            pods: ["agent-1", "gateway-1"],
            node: "worker-2",
            collector: "gateway",
          },
        },
      })[0]?.conditions.at(-1)?.message;
    assert.equal(
      told("timeout"),
      "The backend backend.example.com:4317 does not accept all data from node worker-2: it does not answer in time. The " +
        "collector keeps the data and retries for 5 minutes, then drops the data. Check " +
        "metricPipelines[0].output.otlp.endpoint, firewalls and NetworkPolicies on the way, and the backend's load. Only " +
        "this node has the failure: check its network, with kubectl describe node worker-2.",
    );
    assert.equal(
      told("unauthenticated"),
      "The backend backend.example.com:4317 does not accept all data from node worker-2: it rejects the credentials. The " +
        "collector keeps the data and retries for 5 minutes, then drops the data. Check " +
        "metricPipelines[0].output.otlp.authentication and metricPipelines[0].output.otlp.headers, and the Secrets that " +
        "they reference.",
    );
  });

  it("state for how many pods nothing is known", () => {
    const [status] = at({
      ...well,
      verdicts: { "metricPipelines/backend": { kind: "delivered", pods: 640, of: 1000 } },
    });
    assert.equal(
      status?.conditions.at(-1)?.message,
      "The backend accepted data from 640 of 1000 pods; the state of the others is unknown. " +
        "If the check has too little time for all of them, raise verification.timeoutSeconds.",
    );
  });

  it("keep the time of their last change while status and reason stay the same", () => {
    const [same] = at(well, later);
    assert.ok(same?.conditions.every(({ since }) => since === noon.toISOString()));
    const [changed] = at(failing, later);
    assert.deepEqual(
      changed?.conditions.map(({ type, since }) => [type, since]),
      [
        ["ConfigurationGenerated", noon.toISOString()],
        ["GatewayHealthy", noon.toISOString()],
        ["AgentHealthy", noon.toISOString()],
        ["TelemetryFlowHealthy", later.toISOString()],
      ],
    );
  });

  it("are false for a rollout that does not end", () => {
    const message = "2 of 3 nodes have the current configuration, 2 are ready.";
    const [status] = at({
      ...well,
      workloads: [{ name: "telemetry-otlp-gateway", kind: "gateway", state: "rollingOut", message }],
    });
    const gateway = status?.conditions[1];
    assert.deepEqual([gateway?.status, gateway?.reason], ["False", "RolloutInProgress"]);
    assert.equal(gateway?.message, message);
    assert.equal(status?.healthy, false);
  });

  it("warn of a certificate that soon expires, but stay healthy", () => {
    const warning = "metricPipelines[0].output.otlp.tls.cert: the certificate expires on 2026-11-30. Renew it.";
    const [status] = at({ ...well, certificates: { "metricPipelines/backend": [warning] } });
    assert.equal(status?.healthy, true);
    assert.deepEqual(
      [status.conditions[0]?.status, status.conditions[0]?.reason, status.conditions[0]?.message],
      ["True", "TLSCertificateAboutToExpire", warning],
    );
  });

  it("are unknown when the cluster did not answer, or nothing was sent", () => {
    const [silent] = at({ ...well, workloads: [], verdicts: {} });
    assert.deepEqual(
      silent?.conditions.slice(1).map(({ status, reason }) => [status, reason]),
      [
        ["Unknown", "GatewayUnreadable"],
        ["True", "AgentNotRequired"],
        ["Unknown", "GatewayProbingFailed"],
      ],
    );
    assert.equal(silent?.healthy, true);
    const [idle] = at({ ...well, verdicts: { "metricPipelines/backend": { kind: "noEvidence", why: "noTraffic" } } });
    assert.deepEqual([idle?.conditions[3]?.status, idle?.conditions[3]?.reason], ["Unknown", "NoEvidence"]);
    const hidden = { kind: "noEvidence", why: "rejectionsHidden", collector: "gateway" } as const;
    const [quiet] = at({ ...well, verdicts: { "metricPipelines/backend": hidden } });
    assert.deepEqual([quiet?.conditions[3]?.status, quiet?.conditions[3]?.reason], ["Unknown", "NoEvidence"]);
    assert.match(quiet?.conditions[3]?.message ?? "", /gateway\.logLevel is error.* Set it to warn/);
  });

  describe("of a pipeline that only an agent serves", () => {
    const [target] = targets.pipelines;
    const agent = { kind: "agent", workload: "DaemonSet", name: "telemetry-metric-agent" } as const;
    const agentOnly: FlowTargets = {
      ...targets,
      collectors: [...targets.collectors, agent],
      pipelines: [{ ...target!, collectors: [agent.name] }],
    };
    const flow = (findings: Findings, of = agentOnly) =>
      pipelineStatuses(of, findings, [], noon)[0]?.conditions.find(({ type }) => type === "TelemetryFlowHealthy");
    const withoutEvidence = (why: "noPods" | "unreadable"): Findings => ({
      ...well,
      verdicts: { "metricPipelines/backend": { kind: "noEvidence", why } },
    });

    it("name the agent when its pods are missing or cannot be read", () => {
      for (const why of ["noPods", "unreadable"] as const) {
        assert.equal(flow(withoutEvidence(why))?.reason, "AgentProbingFailed", why);
        assert.equal(flow(withoutEvidence(why), targets)?.reason, "GatewayProbingFailed", why);
        const [pipeline] = agentOnly.pipelines;
        const served = [{ ...pipeline!, collectors: [agent.name, "telemetry-otlp-gateway"] }];
        assert.equal(flow(withoutEvidence(why), { ...agentOnly, pipelines: served })?.reason, "GatewayProbingFailed");
      }
      assert.equal(flow({ ...well, verdicts: {} })?.reason, "AgentProbingFailed");
      assert.match(flow(withoutEvidence("unreadable"))?.message ?? "", /pods\/log in the namespace telemetry\.$/);
    });

    it("name the agent's log level when the cause of a failure is unknown", () => {
      const verdict = {
        kind: "failing",
        extent: "all",
        failure: { cause: "unknown", dropped: false },
        losing: false,
        queueFull: false,
        pods: ["a"],
        collector: "agent",
      } as const;
      assert.match(
        flow({ ...well, verdicts: { "metricPipelines/backend": verdict } })?.message ?? "",
        / Set agent\.logLevel to info, or read the collector's logs\.$/,
      );
    });
  });

  it("repeat a target's error as it is, whatever words it contains", () => {
    const error = "no NAMESPACE at PATH for COLLECTOR";
    const scraped = { input: "prometheus", url: "http://a", namespace: "shop", pod: "web", health: "down" } as const;
    const [target] = targets.pipelines;
    const pulling = { ...targets, pipelines: [{ ...target!, inputs: { prometheus: {} } }] };
    const findings = { ...well, inputs: { ...well.inputs, targets: [{ ...scraped, error }] } };
    assert.equal(
      pipelineStatuses(pulling, findings, [], noon)[0]?.conditions.find(({ type }) => type === "InputsHealthy")
        ?.message,
      `prometheus: 0 of 1 targets up; down: shop/web (http://a: ${error}).`,
    );
  });

  it("are shown as a table, with the remedies below", () => {
    assert.equal(
      statusTable(at(failing, later)),
      [
        "PIPELINE                 CONFIGURATION  GATEWAY  AGENT  INPUTS  DATA  FLOW",
        "metricPipelines/backend  ok             ok       ok     -       -     GatewayAllTelemetryDataDelayed",
        "metricPipelines/backend: GatewayAllTelemetryDataDelayed since 2026-11-22T13:00:00.000Z: The backend " +
          "backend.example.com:4317 accepts no data from 3 pods: it answers with server errors (HTTP status 503). The " +
          "collector keeps the data and retries for 5 minutes, then drops the data. Check the backend's health and logs.",
      ].join("\n"),
    );
  });
});
