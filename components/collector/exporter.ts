import { pipelineComponent } from "./ids";
import type { Components } from "./config";
import { flushInterval } from "./isolation";
import type { ExporterModel, PipelineModel, PipelineSignal } from "./model";
import { fromFile, literal } from "./text";

/** Retry budget of one batch; what is still refused after it is dropped and counted as `send_failed`. */
const retryOnFailure = { enabled: true, initial_interval: "5s", max_interval: "30s", max_elapsed_time: "300s" };

/** What gRPC servers take in one request if nobody tells them otherwise. */
const backendRequestBytes = 4 * 1024 * 1024;
/**
 * Bytes of a large item: a histogram with many buckets, a span with a statement and events, a log record with a stack
 * trace. Requests to backends have as many items as there can be of these. To count bytes instead, the collector would
 * measure all of a batch anew with each request that is added to it.
 */
const largeItemBytes = { metrics: 2048, traces: 4096, logs: 4096 } as const;

/**
 * Items in one request to a backend: 2048 points, 1024 spans or records; large enough that compression and round trips
 * pay off. What waits for its batch to fill stays in the queue: a batch must not need more than the queue holds, or data
 * would wait for the next flush before a full queue.
 */
export function batchItems(signal: PipelineSignal, queueBytes: number): number {
  return Math.max(1, Math.floor(Math.min(backendRequestBytes, queueBytes) / largeItemBytes[signal]));
}

export interface ExporterComponents {
  readonly id: string;
  readonly exporters: Components;
  /** Authenticators the exporter needs. */
  readonly extensions: Components;
}

/** The one exporter of a pipeline, with its own queue and retry budget; behind the queue, it can make batches. */
export function exporterComponents(
  pipeline: PipelineModel,
  queueBytes: number,
  { inBatches }: { readonly inBatches: boolean },
): ExporterComponents {
  const { exporter } = pipeline;
  const id = exporterId(pipeline);
  const auth = authenticator(pipeline);
  const items = batchItems(pipeline.signal, queueBytes);
  return {
    id,
    exporters: {
      [id]: {
        ...endpoint(pipeline),
        compression: exporter.compression,
        ...(exporter.headers && { headers: fromFile(exporter.headers.file) }),
        ...(auth && { auth: { authenticator: auth.id } }),
        tls: tls(exporter),
        sending_queue: {
          enabled: true,
          sizer: "bytes",
          queue_size: queueBytes,
          ...(inBatches && {
            batch: { sizer: "items", min_size: items, max_size: items, flush_timeout: flushInterval },
          }),
        },
        retry_on_failure: retryOnFailure,
      },
    },
    extensions: auth ? { [auth.id]: auth.config } : {},
  };
}

/** The same in gateway and agent. */
export function exporterId(pipeline: PipelineModel): string {
  return pipelineComponent(pipeline.exporter.protocol === "grpc" ? "otlp_grpc" : "otlp_http", undefined, pipeline);
}

function endpoint({ signal, exporter: { endpoint: address, withPath } }: PipelineModel): Record<string, string> {
  const value = "file" in address ? fromFile(address.file) : literal(address.text);
  return { [withPath ? `${signal}_endpoint` : "endpoint"]: value };
}

function tls({ tls: { insecure, insecureSkipVerify, ca, cert, key } }: ExporterModel): unknown {
  if (insecure) return { insecure: true };
  return {
    insecure: false,
    ...(insecureSkipVerify && { insecure_skip_verify: true }),
    ...(ca && { ca_file: ca.file }),
    ...(cert && { cert_file: cert.file }),
    ...(key && { key_file: key.file }),
  };
}

function authenticator(pipeline: PipelineModel): { id: string; config: unknown } | undefined {
  const { authentication } = pipeline.exporter;
  switch (authentication?.kind) {
    case undefined:
      return undefined;
    case "basic":
      return {
        id: pipelineComponent("basicauth", undefined, pipeline),
        // Not username_file and password_file: those cut white space off both ends.
        config: { client_auth: fromFile(authentication.file) },
      };
    case "oauth2":
      return { id: pipelineComponent("oauth2client", undefined, pipeline), config: fromFile(authentication.file) };
  }
}
