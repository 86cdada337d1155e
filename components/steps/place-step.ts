import * as pulumi from "@pulumi/pulumi";
import { clusterUid } from "../cluster-facts";
import { MergedSecret, referencedFiles, writtenCredentials } from "../credentials";
import type { Monitors } from "../monitors";
import type { DynamicProvider } from "../outside";
import type { Pipeline } from "../settings";
import { Validations } from "../validation";
import { stackNamespace, type OtlpGateway, type Placing } from "../workloads";
import { thisStack, warnAt } from "./messages";
import { placeAgent, placeGateway, placeLogAgent, type CollectorPlacing } from "./place-collectors";
import { placeMonitoring } from "./place-monitoring";
import type { Parsed } from "./parse-step";
import type { Planned } from "./plan-step";

/** The component and its names, which all of its objects share. */
export interface Owner {
  readonly component: pulumi.ComponentResource;
  /** Start of the names of its resources in the state. */
  readonly resourceName: string;
  readonly dynamicProvider: DynamicProvider;
  /** Whether Pulumi refuses to delete the namespace. */
  readonly protect: boolean;
}

export interface Placed {
  readonly namespace: pulumi.Output<string>;
  /** Names of the Secrets with credentials, as far as there are any. */
  readonly secrets: readonly (pulumi.Output<string> | undefined)[];
  readonly gateway: OtlpGateway | undefined;
  /** Gateway and agents, as far as there are any. */
  readonly workloads: readonly pulumi.Resource[];
}

/** Makes the namespace, the merged Secret, the monitoring and, after their validation, the collectors. */
export function place(owner: Owner, parsed: Parsed, monitors: Monitors, planned: Planned): Placed {
  const { component, resourceName, dynamicProvider, protect } = owner;
  const { pipelines, tokens, namespace: name, isExisting } = parsed;
  const child = { parent: component };
  // Only the namespace is protected: objects that are named by their content must be deleted when it changes.
  const namespace = stackNamespace(resourceName, { name, stack: thisStack(), isExisting }, { ...child, protect });
  const files = { ...parsed.files, ...filesOf(monitors) };
  const referenced = referencedFiles(files, configurationsHere(planned));
  const written = writtenCredentials(pipelines.filter(isServedHere(planned)), tokens);
  const credentials =
    Object.keys(referenced).length === 0
      ? undefined
      : new MergedSecret(`${resourceName}-credentials`, { namespace, files: referenced, written }, child).secretName;
  const validations = new Validations();
  const placing: CollectorPlacing = {
    ...placingOf(component, parsed, planned, { namespace, credentials, validations }),
    resourceName,
    options: { ...child, providers: [dynamicProvider] },
  };
  const gateway = placeGateway(placing, parsed, planned);
  const logAgent = placeLogAgent(placing, parsed, planned, files);
  const agent = placeAgent(placing, parsed, planned);
  validations.close();
  placeMonitoring(resourceName, namespace, parsed, planned, child);
  const workloads = [gateway, agent, logAgent].filter((one) => one !== undefined);
  return { namespace, secrets: [credentials, logAgent?.credentials], gateway, workloads };
}

/** Returns the configurations of the collectors in the stack's own namespace. */
const configurationsHere = ({ plans }: Planned): string[] =>
  plans.filter(({ kind }) => kind !== "log-agent").map(({ configuration }) => configuration);

/** Returns whether a pipeline is not one that only the log agent serves, which has its own Secret. */
const isServedHere =
  ({ plans }: Planned) =>
  ({ id }: Pipeline): boolean => {
    const kinds = plans.filter(({ served }) => served.some((one) => one.id === id)).map(({ kind }) => kind);
    return kinds.length === 0 || kinds.some((kind) => kind !== "log-agent");
  };

/** Returns the texts of the Secrets that monitors reference, by their key in the merged Secret. */
function filesOf({ files }: Monitors): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(files).map(([key, text]) => [key, pulumi.secret(text)]));
}

function placingOf(
  component: pulumi.Resource,
  { backends, settings, cluster, facts }: Parsed,
  { models, plans }: Planned,
  made: Pick<Placing, "namespace" | "credentials"> & { readonly validations: Validations },
): Placing {
  const { namespace, credentials, validations } = made;
  return {
    namespace,
    clusterUid: plans.length === 0 ? undefined : clusterUid(facts, warnAt(component)),
    credentials,
    backends,
    validation: { validations, settings: settings.validation, pipelines: models, cluster },
    // A stack that neither validates in the cluster nor verifies sends no requests of its own to the cluster.
    followsRollouts: settings.validation.mode === "full" || settings.verification.mode !== "off",
  };
}
