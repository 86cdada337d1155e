import { podIp } from "../../../components/collector";
import { ports } from "../../../components/contract";
import { batchesBehindQueue } from "../../../components/collector/batches";

/** An exporter with nothing but batches of the same size as ours. */
export function bareExporter(endpoint: string, compression: string): object {
  return {
    endpoint,
    compression,
    tls: { insecure: true },
    sending_queue: { batch: batchesBehindQueue(Infinity) },
  };
}

/** The settings that a bare collector needs for a measurement, besides its pipelines. `level` is that of its own metrics. */
export function bareService(pipelines: Readonly<Record<string, object>>, level = "normal"): object {
  return {
    extensions: { health_check: { endpoint: `${podIp}:${ports.health}` } },
    service: {
      extensions: ["health_check"],
      telemetry: {
        metrics: {
          level,
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
