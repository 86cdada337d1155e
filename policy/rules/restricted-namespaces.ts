import {
  hostFolders,
  isLogAgent,
  logAgentMaker,
  stateFolder,
  at,
  label,
  quoted,
  typesOf,
  type KubernetesObject,
  type ParentedObject,
  podKinds,
  podPath,
} from "../facts";
import { stackRule } from "../rule";

const enforce = "pod-security.kubernetes.io/enforce";
const namespaceKinds = ["core/v1:Namespace", "core/v1:NamespacePatch"];

/** The namespace of the log agent admits privileged pods, so nothing else may be in it. */
export const restrictedNamespaces = stackRule(
  {
    name: "restricted-namespaces",
    description:
      "Namespaces of the stack admit only pods of the Pod Security Standard `restricted`. The log agent alone is in one that " +
      "admits more, which is its own. It stores its state in the folder of its stack.",
    severity: "high",
    applies: (object) => isLogAgent(object) || isOpen(object),
  },
  (object, stack) => (isLogAgent(object) ? placeViolations(object, stack) : openViolations(object, stack)),
);

function isOpen(object: KubernetesObject): boolean {
  return namespaceKinds.includes(object.type) && label(object, enforce) !== "restricted";
}

function openViolations(namespace: KubernetesObject, stack: readonly ParentedObject[]): string[] {
  const name = at(namespace.props, "metadata.name");
  const standard = label(namespace, enforce);
  // Two objects of the stack may have labels for one namespace. The one with this label decides, and is judged itself.
  const isLabelled = stack.some((object) => isOfNamespace(object, name) && label(object, enforce) !== undefined);
  if (standard === undefined && isLabelled) return [];
  const problem =
    typeof standard === "string"
      ? `whose label ${enforce} is ${standard}.`
      : `which has no label ${enforce}, so the cluster's default applies.`;
  return stack
    .filter((object) => podKinds.includes(object.type) && at(object.props, "metadata.namespace") === name)
    .filter((object) => !isLogAgent(object))
    .map((object) => `'${object.name}' is in this namespace, ${problem} Move it, or set the label to restricted.`);
}

function isOfNamespace({ type, props }: KubernetesObject, name: unknown): boolean {
  return namespaceKinds.includes(type) && at(props, "metadata.name") === name;
}

/** Judges where a log agent is, and where it stores its state, by the namespaces that its components make. */
function placeViolations(agent: ParentedObject, stack: readonly ParentedObject[]): string[] {
  const [maker, telemetry] = agent.parents.slice(
    agent.parents.findIndex((urn) => typesOf(urn).at(-1) === logAgentMaker),
  );
  const namespace = at(agent.props, "metadata.namespace");
  const own = namespaceOf(maker, stack) ?? "the namespace that its component makes";
  const folder = stateFolder(namespaceOf(telemetry, stack) ?? "NAMESPACE");
  const others = hostFolders(at(agent.props, podPath(agent) ?? "")).filter(
    ({ path }) => path.startsWith(stateFolder("")) && path !== folder,
  );
  return [
    ...(namespace === own
      ? []
      : [`the log agent is in the namespace ${String(namespace)}, which is not its own. Move it to ${own}.`]),
    ...others.map(
      ({ volume, path }) =>
        `volume ${quoted(volume)} is ${path} of the node, not the folder of this stack. Use ${folder}.`,
    ),
  ];
}

/** Returns the name of the namespace that a component makes. */
function namespaceOf(component: string | undefined, stack: readonly ParentedObject[]): string | undefined {
  if (component === undefined) return undefined;
  const made = stack.find(({ type, parents }) => namespaceKinds.includes(type) && parents[0] === component);
  return made && String(at(made.props, "metadata.name"));
}
