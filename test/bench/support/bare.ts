import { podIp } from "../../../components/collector";
import { ports, type Signal } from "../../../components/contract";
import { batchItems } from "../../../components/collector/batches";

/** An exporter with nothing but batches of the same size as ours. */
export function bareExporter(signal: Signal, endpoint: string, compression: string): object {
  const items = batchItems(signal, Infinity);
  return {
    endpoint,
    compression,
    tls: { insecure: true },
    sending_queue: { batch: { sizer: "items", min_size: items, max_size: items, flush_timeout: "1s" } },
  };
}

/** What a bare collector needs besides its pipelines so that it can be measured. */
export function bareService(pipelines: Readonly<Record<string, object>>): object {
  return {
    extensions: { health_check: { endpoint: `${podIp}:${ports.health}` } },
    service: {
      extensions: ["health_check"],
      telemetry: {
        metrics: {
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: { host: podIp, port: ports.selfMetrics, without_type_suffix: true, without_units: true },
                },
              },
            },
          ],
        },
      },
      pipelines,
    },
  };
}
