import { pipelineComponent } from "./ids";
import type { Components } from "./config";
import type { ExporterModel, PipelineModel } from "./model";
import { fromFile, literal } from "./text";

/** Retry budget of one batch; what is still refused after it is dropped and counted as `send_failed`. */
const retryOnFailure = { enabled: true, initial_interval: "5s", max_interval: "30s", max_elapsed_time: "300s" };

/** Items in one request to a backend: large enough that compression and round trips pay off. */
const batchItems = 8192;
/**
 * Bytes of a large item. What waits for its batch to fill stays in the queue: a batch must not need more of them than
 * the queue holds, or data would wait for the next flush before a full queue.
 */
const largeItemBytes = 2048;

export interface ExporterComponents {
  readonly id: string;
  readonly exporters: Components;
  /** Authenticators the exporter needs. */
  readonly extensions: Components;
}

/** The one exporter of a pipeline, with its own queue and retry budget. */
export function exporterComponents(pipeline: PipelineModel, queueBytes: number): ExporterComponents {
  const { exporter } = pipeline;
  const id = exporterId(pipeline);
  const auth = authenticator(pipeline);
  const items = Math.max(1, Math.min(batchItems, Math.floor(queueBytes / largeItemBytes)));
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
          batch: { sizer: "items", min_size: items, max_size: items, flush_timeout: "1s" },
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
