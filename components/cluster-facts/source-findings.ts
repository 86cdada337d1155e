import { namespacesOf } from "../inputs";
import { warning, type Finding } from "../schema";
import type { Pipeline } from "../settings";
import { factsIfAny, type ReadClusterFacts } from "./cluster-facts";

/** A namespace from which a pipeline takes data by its name. */
interface Source {
  readonly name: string;
  /** Place of the list that names it. */
  readonly path: string;
}

/** An update asks for each of these namespaces. More of them are not checked. */
const mostSources = 100;

/** Returns the names of namespaces from which pipelines take data, each once. */
export const sourceNames = (pipelines: readonly Pipeline[]): string[] =>
  [...new Set(pipelines.flatMap(sourcesOf).map(({ name }) => name))].slice(0, mostSources);

/** Warns about namespaces that do not exist: with a wrong name, nothing else reports that their data is missing. */
export function sourceFindings(pipelines: readonly Pipeline[], read: ReadClusterFacts): Finding[] {
  const { missingSources = [] } = factsIfAny(read) ?? {};
  return pipelines
    .flatMap(sourcesOf)
    .filter(({ name }) => missingSources.includes(name))
    .map(({ name, path }) =>
      warning(
        path,
        `has ${name}, and the cluster has no such namespace`,
        "Correct the name. If the namespace is created later, nothing else needs to change",
      ),
    );
}

function sourcesOf({ path, otlp, pull, containerLogs }: Pipeline): Source[] {
  const selections = {
    ...(otlp.enabled && { otlp }),
    ...pull,
    ...(containerLogs && { runtime: containerLogs }),
  } as Readonly<Record<string, object>>;
  return Object.entries(selections).flatMap(([input, selection]) =>
    (namespacesOf(selection).include ?? []).map((name) => ({
      name,
      path: `${path}.input.${input}.namespaces.include`,
    })),
  );
}
