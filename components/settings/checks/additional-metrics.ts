import { didYouMean, error, type Finding, nearest } from "../../schema";
import { laterMetrics, runtimeMetrics } from "../../inputs";

const known = runtimeMetrics.map(({ name }) => name);

export function checkAdditionalMetrics(names: readonly (string | undefined)[], path: string): Finding[] {
  return names.flatMap((name, i) => {
    if (name === undefined || known.includes(name)) return [];
    const at = `${path}[${i}]`;
    if (laterMetrics.includes(name))
      return [error(at, "is a metric that only later collectors have", "Remove it until the collector is updated")];
    const meant = nearest(name, known);
    const remedy = meant === undefined ? "See the list of metrics in the pipeline reference" : didYouMean(meant);
    return [error(at, "is not a metric of the kubelet or of the cluster's state", remedy)];
  });
}
