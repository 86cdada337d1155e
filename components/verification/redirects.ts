import type { ExporterFailure } from "./classify";
import type { CollectorCounters } from "./counters";
import type { PipelineTarget } from "./targets";

type Pipelines = readonly PipelineTarget[];

/**
 * Finds failures behind redirects. Exporters follow redirects, and a successful answer at their end, such as a login
 * page, makes data count as sent. An end that is out of reach logs only its own failure, such as a timeout. Counters name
 * servers, or nothing if one is secret, but no exporters. So every exporter that used such a server may be concerned.
 *
 * @param logged failures in the log since the last look
 */
export function redirectFailures(
  pipelines: Pipelines,
  { exporters, redirects }: Pick<CollectorCounters, "exporters" | "redirects">,
  logged: readonly ExporterFailure[] = [],
): ExporterFailure[] {
  return pipelines.flatMap((pipeline): ExporterFailure[] => {
    const { exporter } = pipeline;
    const status = redirectOf(pipeline, redirects);
    if (status === undefined) return [];
    const { sent = 0, queued = 0, failed = {} } = exporters[exporter] ?? {};
    if (sent > 0) return [{ exporter, cause: "redirected", status, dropped: true, rejected: sent }];
    const own = logged.filter((failure) => failure.exporter === exporter);
    const lost = Object.values(failed).some((count) => count > 0);
    const isUsed = queued > 0 || lost || own.length > 0;
    // An answer with a status can be the backend's own, if another pipeline may have caused the redirect.
    const isAnswered =
      own.some((failure) => failure.status !== undefined) && mayRedirectToo(pipeline, pipelines).length > 0;
    if (!isUsed || isAnswered) return [];
    return [{ exporter, cause: "redirected", status, dropped: lost || own.some(({ dropped }) => dropped) }];
  });
}

/** Returns the HTTP status of a redirect that a pipeline's backend answered with. */
function redirectOf(pipeline: PipelineTarget, redirects: CollectorCounters["redirects"]): number | undefined {
  const [status] = Object.entries(redirects)
    .filter(([server]) => mayBeBackend(server, pipeline))
    .flatMap(([, counts]) => Object.keys(counts).filter((one) => (counts[one] ?? 0) > 0));
  return status === undefined ? undefined : Number(status);
}

/** Returns the other pipelines that a redirect of this pipeline's backend may concern. */
export function mayRedirectToo(pipeline: PipelineTarget, pipelines: Pipelines): Pipelines {
  const together = pipelines.filter(
    (other) => isHttp(other) && other.collectors.some((collector) => pipeline.collectors.includes(collector)),
  );
  const hidesServers = together.some(({ backend }) => backend === undefined);
  return together.filter((other) => other !== pipeline && (hidesServers || other.backend === pipeline.backend));
}

/** A collector with a backend whose address is in a Secret counts the redirects of all servers together. */
function mayBeBackend(server: string, pipeline: PipelineTarget): boolean {
  if (!isHttp(pipeline)) return false;
  return server === "" || (pipeline.backend !== undefined && isAt(server, pipeline.backend));
}

/** The server's name has no port if the port is the default of its scheme. */
function isAt(server: string, backend: string): boolean {
  return [server, `${server}:80`, `${server}:443`].some((one) => one.toLowerCase() === backend.toLowerCase());
}

const isHttp = ({ exporter }: PipelineTarget): boolean => exporter.startsWith("otlp_http/");
