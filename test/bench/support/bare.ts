import { podIp, ports } from "../../../components/collector/config";

/** An exporter with nothing but batches of the same size as ours. */
export function bareExporter(endpoint: string, compression: string): object {
  return {
    endpoint,
    compression,
    tls: { insecure: true },
    sending_queue: { batch: { sizer: "items", min_size: 8192, max_size: 8192, flush_timeout: "1s" } },
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
