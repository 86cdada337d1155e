import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ClusterAccess } from "../cluster-access";
import {
  didYouMean,
  error,
  field,
  type Finding,
  flag,
  formatFinding,
  join,
  nearest,
  recordFindings,
  struct,
} from "../schema";
import { configuration } from "./configuration";
import type { PipelinesArgs } from "./args";

/** Switches for an environment without its own backend or applications. */
export const development = field(
  struct({
    backend: flag(false, "Whether to create a Prometheus that accepts metrics."),
    sampleApplication: flag(false, "Whether to create an application that pushes a metric on every node."),
  }),
  {
    description: "Substitutes for an environment without its own backend or applications.",
    example: "{ backend: true }",
  },
);
export type Development = z.output<typeof development>;

/** The manager's own settings are read where it is made. */
const keys: readonly string[] = [...Object.keys(configuration.shape), "development", "manager"];

/** Reads the stack's configuration. Throws `pulumi.RunError` for what isn't about a pipeline; those are checked where they are used. */
export function readConfiguration(config = new pulumi.Config("telemetry")): {
  telemetry: PipelinesArgs & { readonly cluster: ClusterAccess };
  development: Development;
} {
  const { development: given, ...written } = writtenSettings(pulumi.runtime.allConfig(), config.name);
  const provider = new pulumi.Config("kubernetes");
  const problems = [...unknownKeys(Object.keys(written)), ...clusterProblems(provider)];
  const switches = development.safeParse(given ?? {});
  if (!switches.success) {
    const remedy = "Write backend and sampleApplication only, each with true or false";
    problems.push(error("telemetry:development", "does not have the expected form", remedy));
  }
  if (!switches.success || problems.length > 0) {
    recordFindings(problems);
    throw new pulumi.RunError(
      `Invalid stack configuration\n${problems.map((problem) => `  ${formatFinding(problem)}`).join("\n")}`,
    );
  }
  // The component checks the written values, and its findings name the place and the remedy.
  return { telemetry: { ...(written as PipelinesArgs), cluster: clusterAccess(provider) }, development: switches.data };
}

/**
 * Returns the value of each key of the project. `config.getObject` is not used: its error quotes a value that is not
 * JSON, such as a text where an object belongs, and any text may be a credential. The engine gives a key without a value
 * as an empty text, which means the same as a missing key.
 */
export function writtenSettings(
  all: Readonly<Record<string, string>>,
  project: string,
): Readonly<Record<string, unknown>> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => [key.slice(prefix.length), text] as const)
      // A name is text, whatever it is made of.
      .map(([key, text]) => [key, key === "namespace" ? text : text === "" ? undefined : fromJson(text)]),
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Rejects a key that nothing reads. It is a typing error: the user's setting would silently have no effect. */
export function unknownKeys(written: readonly string[]): Finding[] {
  return written
    .filter((key) => !keys.includes(key))
    .map((key) => {
      const meant = nearest(key, keys);
      const remedy = meant === undefined ? `Settings are ${keys.join(", ")}` : didYouMean(`telemetry:${meant}`);
      return error(join("telemetry:", [key]), "is not a setting", remedy);
    });
}

/** The cluster as the default kubernetes provider finds it: by its own settings in the stack, else as `kubectl` does. */
function clusterAccess(config: pulumi.Config): ClusterAccess {
  // As the provider reads a path. No shell has seen it.
  const kubeconfig = config.get("kubeconfig")?.replace(/^~(?=$|\/)/, () => homedir());
  return { kubeconfig, context: config.get("context") };
}

/** Only the provider lets the name of a cluster win over that of the context. */
function clusterProblems(config: pulumi.Config): Finding[] {
  if (!config.get("cluster")) return [];
  return [
    error(
      "kubernetes:cluster",
      "applies where objects are made, but not where Secrets are read and configurations validated",
      "Remove it, and name a context of that cluster in kubernetes:context instead",
    ),
  ];
}
