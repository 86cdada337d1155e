import type { ExporterFailure } from "./classify";
import type { CollectorCounters } from "./counters";
import type { PipelineTarget } from "./targets";

type Pipelines = readonly PipelineTarget[];

/**
 * Finds failures behind redirects. Exporters follow redirects, and a successful answer at their end, such as a login
 * page, makes data count as sent. Counters name servers, not exporters, so every exporter that sent to such a server may be
 * concerned.
 */
export function redirectFailures(
  pipelines: Pipelines,
  { exporters, redirects }: Pick<CollectorCounters, "exporters" | "redirects">,
): ExporterFailure[] {
  return pipelines.flatMap((pipeline): ExporterFailure[] => {
    const { exporter } = pipeline;
    const rejected = exporters[exporter]?.sent ?? 0;
    const [status] = Object.entries(redirects)
      .filter(([server]) => mayBeBackend(server, pipeline, pipelines))
      .flatMap(([, counts]) => Object.keys(counts).filter((one) => (counts[one] ?? 0) > 0));
    if (status === undefined || rejected === 0) return [];
    return [{ exporter, cause: "redirected", status: Number(status), dropped: true, rejected }];
  });
}

/** Returns the other pipelines that a redirect of this pipeline's backend may concern. */
export function mayRedirectToo(pipeline: PipelineTarget, pipelines: Pipelines): Pipelines {
  return pipelines.filter(
    (other) =>
      other !== pipeline &&
      isHttp(other) &&
      other.backend === pipeline.backend &&
      other.collectors.some((collector) => pipeline.collectors.includes(collector)),
  );
}

/** A backend whose address is in a Secret may be any server that is not another pipeline's backend. */
function mayBeBackend(server: string, pipeline: PipelineTarget, pipelines: Pipelines): boolean {
  if (!isHttp(pipeline)) return false;
  return pipeline.backend === undefined
    ? !pipelines.some(({ backend }) => backend !== undefined && isAt(server, backend))
    : isAt(server, pipeline.backend);
}

/** The server's name has no port if the port is the default of its scheme. */
function isAt(server: string, backend: string): boolean {
  return [server, `${server}:80`, `${server}:443`].some((one) => one.toLowerCase() === backend.toLowerCase());
}

const isHttp = ({ exporter }: PipelineTarget): boolean => exporter.startsWith("otlp_http/");
