import { batchesBehindQueue, queueOf } from "./batches";
import { pipelineComponent } from "./ids";
import type { Components } from "./config";
import { skippedVerification, type ExporterModel, type PipelineModel } from "./model";
import { duration, fromFile, literal } from "./text";

/** Longest wait between two attempts to send a batch, in seconds. */
const longestWait = 30;

export interface ExporterComponents {
  readonly id: string;
  readonly exporters: Components;
  /** Authenticators the exporter needs. */
  readonly extensions: Components;
}

/**
 * Returns the one exporter of a pipeline, with its own queue and retry budget. It can batch behind the queue.
 * `evenShare` is the size in bytes of a queue whose pipeline sets none.
 */
export function exporterComponents(
  pipeline: PipelineModel,
  evenShare: number,
  { inBatches }: { readonly inBatches: boolean },
): ExporterComponents {
  const queueBytes = queueOf(pipeline, evenShare);
  const queue = {
    sizer: "bytes",
    queue_size: queueBytes,
    ...(inBatches && { batch: batchesBehindQueue(queueBytes) }),
  };
  return exporterWith(pipeline, queue, retries(pipeline.exporter));
}

/** A queue on the disk of the node. */
export interface DiskQueue {
  /** Id of the extension that stores it. */
  readonly storage: string;
  readonly bytes: number;
}

/**
 * Returns the one exporter of a pipeline whose queue is on disk. The queue is the only budget: a batch is retried until the
 * backend accepts it or rejects it for good, and a full queue makes its sender wait.
 */
export function storedExporterComponents(pipeline: PipelineModel, { storage, bytes }: DiskQueue): ExporterComponents {
  const queue = {
    sizer: "bytes",
    queue_size: bytes,
    storage,
    // All consumers have a batch in memory while the backend does not answer.
    num_consumers: storedConsumers,
    block_on_overflow: true,
    batch: batchesBehindQueue(bytes),
  };
  return exporterWith(pipeline, queue, {
    ...firstRetries,
    max_interval: duration(longestWait),
    max_elapsed_time: "0s",
  });
}

/** Requests of a pipeline with a queue on disk that are sent at the same time. */
const storedConsumers = 4;

function exporterWith(pipeline: PipelineModel, queue: object, retry: object): ExporterComponents {
  const { exporter } = pipeline;
  const id = exporterId(pipeline);
  const auth = authenticator(pipeline);
  return {
    id,
    exporters: {
      [id]: {
        ...endpoint(pipeline),
        compression: exporter.compression,
        ...(exporter.headers && { headers: fromFile(exporter.headers.file) }),
        ...(auth && { auth: { authenticator: auth.id } }),
        tls: tls(exporter),
        ...keepalive(exporter),
        sending_queue: { enabled: true, ...queue },
        retry_on_failure: retry,
      },
    },
    extensions: auth ? { [auth.id]: auth.config } : {},
  };
}

const firstRetries = { enabled: true, initial_interval: "5s" };

/**
 * Returns the retry budget of one batch. If the backend still rejects a batch when its budget ends, the collector drops
 * it and counts it as `send_failed`. No wait is longer than the whole budget, which the collector would reject.
 */
function retries({ retrySeconds }: ExporterModel): object {
  return {
    ...firstRetries,
    max_interval: duration(Math.min(longestWait, retrySeconds)),
    max_elapsed_time: duration(retrySeconds),
  };
}

/** Returns the id of a pipeline's exporter, which is the same in gateway and agent. */
export function exporterId(pipeline: PipelineModel): string {
  return pipelineComponent(pipeline.exporter.protocol === "grpc" ? "otlp_grpc" : "otlp_http", undefined, pipeline);
}

function endpoint({ signal, exporter: { endpoint: address, withPath } }: PipelineModel): Record<string, string> {
  const value = "file" in address ? fromFile(address.file) : literal(address.text);
  return { [withPath ? `${signal}_endpoint` : "endpoint"]: value };
}

function tls({ tls: { insecure, ca, cert, key, ...verification } }: ExporterModel): unknown {
  if (insecure) return { insecure: true };
  return {
    insecure: false,
    ...skippedVerification(verification),
    ...(ca && { ca_file: ca.file }),
    ...(cert && { cert_file: cert.file }),
    ...(key && { key_file: key.file }),
  };
}

/** Seconds that a probed connection has for its answer. */
const probeSeconds = 10;

/** Returns the settings that detect a connection whose packets are dropped. HTTP/1.1 ignores those of HTTP/2. */
function keepalive({ protocol, keepaliveSeconds }: ExporterModel): object {
  return protocol === "grpc"
    ? { keepalive: { time: duration(keepaliveSeconds), timeout: duration(probeSeconds) } }
    : { http2_read_idle_timeout: duration(keepaliveSeconds), http2_ping_timeout: duration(probeSeconds) };
}

function authenticator(pipeline: PipelineModel): { id: string; config: unknown } | undefined {
  const { authentication } = pipeline.exporter;
  switch (authentication?.kind) {
    case undefined:
      return undefined;
    case "basic":
      return {
        id: pipelineComponent("basicauth", undefined, pipeline),
        // Not username_file and password_file: these settings trim white space at both ends.
        config: { client_auth: fromFile(authentication.file) },
      };
    case "oauth2":
      return { id: pipelineComponent("oauth2client", undefined, pipeline), config: fromFile(authentication.file) };
  }
}
