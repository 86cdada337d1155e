import assert from "node:assert/strict";
import { dataCondition } from "../../../components/verification/data-condition";
import { lookUpsSince, readData, readFailedLines, type PodData } from "../../../components/verification/data-evidence";
import { joinInputs, judgePushed } from "../../../components/verification/pushed-input";
import type { FlowTargets, PipelineTarget } from "../../../components/verification/targets";
import { condition } from "../../../components/verification/condition";
import { idlePod } from "../helpers/pod-data";

const target: PipelineTarget = {
  signal: "traces",
  name: "shop",
  path: "tracePipelines[0]",
  exporter: "otlp_grpc/traces-shop",
  canary: true,
  collectors: ["gateway"],
};
const targets: FlowTargets = { namespace: "telemetry", collectors: [], pipelines: [target] };

const pod = (change: Partial<PodData> = {}): PodData => idlePod({ uptime: 100, ...change });

const judged = (...pods: PodData[]) => dataCondition(target, targets, pods)[0];

describe("the data of a pipeline", () => {
  it("is unknown where no collector was read", () => {
    assert.deepEqual(dataCondition(target, targets, []), []);
    assert.deepEqual(dataCondition(target, targets, [pod({ collector: "agent" })]), []);
  });

  it("is healthy where no fault is known", () => {
    assert.deepEqual(judged(pod()), { type: "DataHealthy", status: "True", reason: "DataHealthy", message: "" });
  });

  it("has a note that failing statements are not noticed where the log has no warnings", () => {
    const gateway = { kind: "gateway", workload: "DaemonSet", name: "gateway", logLevel: "error" } as const;
    const [found] = dataCondition(target, { collectors: [gateway] }, [pod()]);
    assert.deepEqual(found, {
      type: "DataHealthy",
      status: "True",
      reason: "DataHealthy",
      message:
        "Statements that fail are not noticed, because the collector only logs them as warnings, which gateway.logLevel: " +
        "error hides. Set it to warn.",
    });
  });

  it("is counted where it has a filter, over all pods", () => {
    const processors = { "filter/user-traces-shop": { incoming: 10, outgoing: 4 } };
    assert.deepEqual(judged(pod({ processors }), pod({ processors }), pod()), {
      type: "DataHealthy",
      status: "True",
      reason: "DataHealthy",
      message: "The filter dropped 12 of 20 spans since its collectors started.",
    });
  });

  it("is a warning where the filter drops all data, for this pipeline only", () => {
    const all = { incoming: 10, outgoing: 0 };
    assert.deepEqual(judged(pod({ processors: { "filter/user-traces-shop": all } })), {
      type: "DataHealthy",
      status: "True",
      reason: "AllItemsFiltered",
      message: "The filter dropped all 10 spans since its collectors started. Check tracePipelines[0].filter.",
    });
    assert.equal(judged(pod({ processors: { "filter/user-traces-other": all } }))?.reason, "DataHealthy");
  });

  it("is a warning where statements or conditions fail", () => {
    const failed = { "transform/user-traces-shop": 2, "filter/user-traces-shop": 1, "transform/user-traces-other": 9 };
    assert.deepEqual(judged(pod({ failed })), {
      type: "DataHealthy",
      status: "True",
      reason: "StatementsFailing",
      message:
        "Statements or conditions failed 3 times or more during the check. Their items stay as they were. " +
        "Check tracePipelines[0].transform and tracePipelines[0].filter: the collector's log has each error.",
    });
  });

  it("is a warning where more than a tenth of the pushed data has no pod", () => {
    const lookUps = (found: number, unknown: number) => pod({ lookUps: { traces: { found, unknown } } });
    assert.deepEqual(judged(lookUps(60, 20), lookUps(20, 0)), {
      type: "DataHealthy",
      status: "True",
      reason: "SendersUnknown",
      message:
        "20 % of the traces pushed since the gateway's pods started came without a known pod (20 of 100 resources). " +
        unknownHelp,
    });
    assert.equal(judged(lookUps(90, 10))?.reason, "DataHealthy", "a tenth");
    assert.equal(judged(lookUps(0, 19))?.reason, "DataHealthy", "too few to know");
    const agent = { ...lookUps(0, 100), collector: "gateway", kind: "agent" as const };
    assert.equal(judged(agent)?.reason, "DataHealthy", "data of an agent need not have a pod");
  });
});

const unknownHelp =
  "They have no Kubernetes metadata, and pipelines that include namespaces reject them. Usual causes are senders on their " +
  "node's network, a relay or a proxy that hides the sender's address, and senders outside of the cluster. " +
  "Let senders set the resource attribute k8s.pod.uid.";

describe("the share of pushed data without a pod", () => {
  type Counts = readonly [found: number, unknown: number];
  const of = ([found, unknown]: Counts) => ({ traces: { found, unknown } });
  const judgedBy = (all: Counts, recent: Counts) => judged(pod({ lookUps: of(all), recentLookUps: of(recent) }));

  it("is that of the check if enough data was pushed during it, whatever came before", () => {
    assert.deepEqual(judgedBy([10_000, 30], [30, 20]), {
      type: "DataHealthy",
      status: "True",
      reason: "SendersUnknown",
      message: `40 % of the traces pushed during the check came without a known pod (20 of 50 resources). ${unknownHelp}`,
    });
    assert.equal(judgedBy([1000, 1000], [60, 0])?.reason, "DataHealthy", "mended");
  });

  it("is that since the start of the pods if too little was pushed during the check, and the check's is stated", () => {
    assert.deepEqual(judgedBy([75, 25], [49, 0]), {
      type: "DataHealthy",
      status: "True",
      reason: "SendersUnknown",
      message:
        "25 % of the traces pushed since the gateway's pods started came without a known pod (25 of 100 resources; during " +
        `the check, 0 of 49). ${unknownHelp}`,
    });
    assert.equal(judgedBy([1000, 40], [0, 40])?.reason, "DataHealthy");
  });

  it("is counted from the first reading of each pod, or from its restart", () => {
    const reading = (uptime: number, found: number, unknown: number) => ({
      ...readData(""),
      uptime,
      lookUps: of([found, unknown]),
    });
    assert.deepEqual(lookUpsSince(reading(100, 50, 5), reading(112, 80, 6)), of([30, 1]));
    assert.deepEqual(lookUpsSince({ ...readData(""), uptime: 100 }, reading(112, 8, 6)), of([8, 6]));
    assert.deepEqual(lookUpsSince(reading(100, 50, 5), reading(3, 2, 1)), of([2, 1]));
  });
});

describe("data that applications push to a pipeline", () => {
  it("has no condition if the pipeline does not take it", () => {
    assert.deepEqual(judgePushed({ ...target, collectors: ["agent"] }, targets, [pod()]), []);
    assert.deepEqual(judgePushed(target, targets, []), []);
  });

  it("is counted since the pods started", () => {
    assert.deepEqual(
      judgePushed(target, targets, [pod({ pushed: { traces: 5, logs: 7 } }), pod({ pushed: { traces: 1 } })]),
      [
        {
          type: "InputsHealthy",
          status: "True",
          reason: "InputsHealthy",
          message: "otlp: applications pushed 6 spans since the gateway's pods started.",
        },
      ],
    );
  });

  it("is counted by the pipeline's choice of namespaces, and unknown while none of it is of these", () => {
    const own: PipelineTarget = { ...target, signal: "logs", path: "logPipelines[0]" };
    const chosen = (incoming: number, outgoing: number, name = "shop") =>
      judgePushed(own, targets, [
        pod({ pushed: { logs: 5 }, processors: { [`filter/namespaces-logs-${name}`]: { incoming, outgoing } } }),
      ])[0];
    assert.deepEqual(chosen(5, 0), {
      type: "InputsHealthy",
      status: "Unknown",
      reason: "NothingPushed",
      message:
        "otlp: applications pushed 5 log records since the gateway's pods started. None of them is of the pipeline's namespaces. " +
        "Check the names in logPipelines[0].input.otlp.namespaces, and that senders there push.",
    });
    assert.deepEqual(chosen(5, 2), {
      type: "InputsHealthy",
      status: "True",
      reason: "InputsHealthy",
      message:
        "otlp: applications pushed 5 log records since the gateway's pods started. 2 are of the pipeline's namespaces.",
    });
    assert.equal(chosen(5, 0, "other")?.reason, "InputsHealthy");
  });

  it("is unknown while no data has arrived, and misdirected requests are named", () => {
    const pods = [pod({ uptime: 7300, pushed: { logs: 7 }, grpcOnHttp: 2, unknownPath: 1 }), pod()];
    assert.deepEqual(judgePushed(target, targets, pods), [
      {
        type: "InputsHealthy",
        status: "Unknown",
        reason: "NothingPushed",
        message:
          "otlp: applications have pushed no spans yet, in 2 hours since the gateway's pods started. Senders push by gRPC " +
          "to http://telemetry-otlp.telemetry:4317, or by HTTP to http://telemetry-otlp.telemetry:4318. " +
          "2 requests were gRPC on port 4318, which is for HTTP: use port 4317. " +
          "1 request was for an HTTP path other than that of a signal with a pipeline, such as /v1/traces.",
      },
    ]);
  });

  it("is a warning where some of it is gRPC on the wrong port", () => {
    const [found] = judgePushed(target, targets, [pod({ pushed: { traces: 5 }, grpcOnHttp: 1, unknownPath: 3 })]);
    assert.equal(found?.reason, "RequestsMisdirected");
    assert.match(found.message, /started\. 1 request was gRPC on port 4318, which is for HTTP: use port 4317\.$/);
  });

  it("is missing where the pipeline has no input at all", () => {
    const [found] = judgePushed({ ...target, collectors: [] }, targets, [pod()]);
    assert.deepEqual([found?.status, found?.reason], ["Unknown", "NoInputEnabled"]);
  });

  it("does not make a pipeline that pulls unknown", () => {
    const pulled = condition("InputsHealthy", "SomeTargetsDown", "prometheus: 1 of 2 targets up.");
    const well = condition("InputsHealthy", "InputsHealthy", "prometheus: 2 of 2 targets up.");
    const nothing = judgePushed(target, targets, [pod()]);
    const misdirected = judgePushed(target, targets, [pod({ pushed: { traces: 5 }, grpcOnHttp: 1 })]);
    assert.deepEqual(joinInputs(undefined, nothing), nothing);
    assert.deepEqual(joinInputs(pulled, []), [pulled]);
    assert.equal(joinInputs(well, nothing)[0]?.reason, "InputsHealthy");
    assert.equal(joinInputs(well, misdirected)[0]?.reason, "RequestsMisdirected");
    assert.equal(joinInputs(pulled, misdirected)[0]?.reason, "SomeTargetsDown");
    assert.match(
      joinInputs(pulled, nothing)[0]?.message ?? "",
      /^prometheus: .* otlp: applications have pushed no spans/,
    );
  });
});

describe("the data in a collector's own metrics", () => {
  it("is read as the collector writes it", () => {
    assert.deepEqual(readData(recorded), {
      uptime: 158.039289566,
      pushed: { traces: 148 },
      lookUps: { traces: { found: 133, unknown: 15 } },
      processors: {
        "filter/user-traces-some": { incoming: 148, outgoing: 138 },
        "filter/user-traces-none": { incoming: 148, outgoing: 0 },
      },
      grpcOnHttp: 1,
      unknownPath: 2,
    });
  });

  it("is zero if no data has arrived", () => {
    const nothing = { uptime: 0, pushed: {}, lookUps: {}, processors: {}, grpcOnHttp: 0, unknownPath: 0 };
    assert.deepEqual(readData(""), nothing);
  });

  it("has a line of the log for each statement and condition that failed", () => {
    const line = (msg: string, id: string, ts: string): string =>
      `{"level":"warn","ts":"${ts}","caller":"ottl@v0.149.0/parser.go:410","msg":"${msg}","otelcol.component.id":"${id}","error":"x"}`;
    const log = [
      line("failed to execute statement", "transform/user-traces-some", "2026-11-29T00:12:06.964Z"),
      line("failed to eval condition", "filter/user-traces-some", "2026-11-29T00:12:07.000Z"),
      line("something else", "filter/user-traces-some", "2026-11-29T00:12:08.000Z"),
      "failed to execute statement",
    ].join("\n");
    assert.deepEqual(readFailedLines(log), [
      { processor: "transform/user-traces-some", at: "2026-11-29T00:12:06.964Z" },
      { processor: "filter/user-traces-some", at: "2026-11-29T00:12:07.000Z" },
    ]);
  });
});

/** Lines of the own metrics of gateways, from a cluster. */
const recorded = `
http_server_request_duration_bucket{http_response_status_code="200",network_protocol_version="1.1",le="+Inf"} 172
http_server_request_duration_sum{http_response_status_code="200",network_protocol_version="1.1"} 0.197100885
http_server_request_duration_count{http_response_status_code="200",network_protocol_version="1.1"} 172
http_server_request_duration_count{http_response_status_code="404",network_protocol_version="1.1"} 2
http_server_request_duration_count{http_response_status_code="400",network_protocol_version="2.0"} 1
otelcol_k8s_pod_association{otelcol_signal="traces",status="error"} 15
otelcol_k8s_pod_association{otelcol_signal="traces",status="success"} 133
otelcol_process_uptime 158.039289566
otelcol_processor_accepted_spans{processor="memory_limiter"} 148
otelcol_processor_incoming_items{otel_signal="traces",processor="filter/user-traces-none"} 148
otelcol_processor_incoming_items{otel_signal="traces",processor="filter/user-traces-some"} 148
otelcol_processor_outgoing_items{otel_signal="traces",processor="filter/user-traces-none"} 0
otelcol_processor_outgoing_items{otel_signal="traces",processor="filter/user-traces-some"} 138
otelcol_receiver_accepted_log_records{receiver="otlp/canary",transport="http"} 12
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 100
otelcol_receiver_accepted_spans{receiver="otlp",transport="grpc"} 48
otelcol_receiver_accepted_spans{receiver="otlp/canary",transport="http"} 24
`;
