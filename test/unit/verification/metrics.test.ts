import assert from "node:assert/strict";
import { countedSince, readCounters } from "../../../components/verification/counters";

const text = `
# TYPE otelcol_exporter_sent_metric_points counter
otelcol_exporter_sent_metric_points{exporter="otlp_grpc/metrics-a"} 7
otelcol_exporter_send_failed_metric_points{error_permanent="true",error_type="Unimplemented",exporter="otlp_http/metrics-b"} 3
otelcol_exporter_send_failed_metric_points{error_permanent="false",error_type="Unavailable",exporter="otlp_http/metrics-b"} 2
otelcol_exporter_enqueue_failed_spans{data_type="traces",exporter="otlp_grpc/traces-a"} 5
otelcol_exporter_queue_size{data_type="metrics",exporter="otlp_grpc/metrics-a"} 405
otelcol_exporter_queue_capacity{data_type="metrics",exporter="otlp_grpc/metrics-a"} 1e+06
otelcol_exporter_queue_batch_send_size_bucket{exporter="otlp_grpc/metrics-a",le="10"} 3
otelcol_receiver_refused_log_records{receiver="otlp",transport="grpc"} 9
otelcol_processor_refused_log_records{processor="memory_limiter"} 4
otelcol_processor_refused_log_records{processor="another"} 5
otelcol_processor_memory_limiter_refused_spans{processor="memory_limiter"} 6
http_client_request_duration_bucket{http_response_status_code="302",server_address="a.b",server_port="4318",le="+Inf"} 3
http_client_request_duration_count{http_response_status_code="302",server_address="a.b",server_port="4318"} 3
http_client_request_duration_count{http_response_status_code="308",server_address="a.b",server_port="4318"} 1
http_client_request_duration_count{http_response_status_code="307",server_address="c.d"} 2
http_client_request_duration_count{http_response_status_code="200",server_address="e.f",server_port="4318"} 9
http_client_request_duration_count{http_response_status_code="301"} 5
http_client_request_duration_count{server_address="g.h",server_port="302"} 9
otelcol_process_uptime 21.5
`;

describe("a collector's metrics about itself", () => {
  it("have the items that each exporter sent, gave up and holds, refusals of the memory limiter, and redirects", () => {
    assert.deepEqual(readCounters(text), {
      uptime: 21.5,
      exporters: {
        "otlp_grpc/metrics-a": { sent: 7, failed: {}, queueRefused: 0, queued: 405, capacity: 1_000_000 },
        "otlp_http/metrics-b": { sent: 0, failed: { Unimplemented: 3, Unavailable: 2 }, queueRefused: 0, queued: 0 },
        "otlp_grpc/traces-a": { sent: 0, failed: {}, queueRefused: 5, queued: 0 },
      },
      refused: { logs: 4, traces: 6 },
      redirects: { "a.b:4318": { "302": 3, "308": 1 }, "c.d": { "307": 2 }, "": { "301": 5 } },
    });
  });

  it("count from the previous look, and from zero after a restart", () => {
    const before = readCounters(text);
    const after = readCounters(text.replace("} 7", "} 10").replace("21.5", "24.5"));
    assert.equal(countedSince(before, after).exporters["otlp_grpc/metrics-a"]?.sent, 3);
    assert.deepEqual(countedSince(before, after).exporters["otlp_http/metrics-b"]?.failed, {
      Unimplemented: 0,
      Unavailable: 0,
    });
    const redirecting = readCounters(text.replace('port="4318"} 3', 'port="4318"} 5'));
    assert.deepEqual(countedSince(before, redirecting).redirects["a.b:4318"], { "302": 2, "308": 0 });
    const restarted = readCounters(text.replace("} 7", "} 2").replace("21.5", "1.5"));
    assert.equal(countedSince(before, restarted).exporters["otlp_grpc/metrics-a"]?.sent, 2);
    assert.equal(countedSince(undefined, after).exporters["otlp_grpc/metrics-a"]?.sent, 10);
  });
});
