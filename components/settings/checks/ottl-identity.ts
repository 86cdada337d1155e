import { type Finding, warning } from "../../schema";
import type { Signal } from "../../contract";
import { keyChange, type KeyChange } from "./ottl-key-changes";
import { readStatement } from "./ottl-statements";
import { textOf, tokens } from "./ottl-tokens";
import type { PlacedText } from "./ottl-traps";

/** An entry of `transform`. */
export interface Step {
  readonly conditions: readonly PlacedText[];
  readonly statements: readonly PlacedText[];
}

/**
 * Warns where statements remove the identity of the sender, which later steps do not restore. A pipeline's namespaces are
 * selected before that, so the selection still holds. The backend's data and the pipeline's filters lose the attributes.
 */
export function lostIdentity(steps: readonly Step[], signal: Signal): Finding[] {
  const edits = steps.flatMap(identityEdits);
  const states = edits.reduce<Keys[]>(
    (before, { change }) => [...before, after(before.at(-1) ?? known, change)],
    [known],
  );
  return edits.flatMap((edit, i) => {
    const restored = edits.slice(i + 1).flatMap(({ change }) => change.adds);
    const [before = known, rest = known] = [states[i], states[i + 1]];
    const left = new Set([...rest, ...restored]);
    return [
      ...(before.has("service.name") && !left.has("service.name") ? [lostService(edit)] : []),
      ...(signal === "metrics" && tellsPodsApart(before) && !tellsPodsApart(left) ? [lostPod(edit, left)] : []),
    ];
  });
}

type Keys = ReadonlySet<string>;

/** The attributes of identity that the data of a pod certainly has. Not all data has a `service.instance.id`. */
const known: Keys = new Set(["service.name", "k8s.pod.uid", "k8s.pod.name", "k8s.namespace.name"]);

const after = (before: Keys, { keeps, adds, names }: KeyChange): Keys =>
  new Set([...[...before].filter(keeps), ...adds, ...names]);

/** The name of a pod is unique in its namespace only. */
const tellsPodsApart = (keys: Keys): boolean =>
  keys.has("k8s.pod.uid") ||
  keys.has("service.instance.id") ||
  (keys.has("k8s.pod.name") && (keys.has("k8s.namespace.name") || keys.has("service.namespace")));

interface Edit {
  readonly path: string;
  readonly editor: string;
  readonly change: KeyChange;
}

/** The statements that change keys of the resource, except those that remove one for its value, such as a blank name. */
function identityEdits({ conditions, statements }: Step): Edit[] {
  return statements.flatMap(({ text, path }) => {
    const statement = readStatement(text);
    const change = keyChange(statement);
    if (change?.map !== resource) return [];
    const guards = [...conditions.map((one) => tokens(one.text)), statement.guard].map(textOf).join("");
    const isForValue = [...known].some((key) => !change.keeps(key) && guards.includes(`${resource}["${key}"]`));
    return statement.editor === "delete_key" && isForValue ? [] : [{ path, editor: statement.editor, change }];
  });
}

const resource = "resource.attributes";

const lostService = ({ path, editor }: Edit): Finding =>
  warning(path, `${removes(editor)} the resource attribute \`service.name\``, keep(editor, "service.name"));

function lostPod({ path, editor }: Edit, left: Keys): Finding {
  const hasName = left.has("k8s.pod.name");
  const problem = hasName
    ? `${removes(editor)} \`k8s.namespace.name\`, so the series of pods that have one name in two namespaces become one`
    : `${removes(editor)} the resource attributes that distinguish pods, so the series of all pods${deletes(editor) ? " without `service.instance.id`" : ""} become one`;
  return warning(
    path,
    problem,
    deletes(editor) ? renamed : keep(editor, hasName ? "k8s.namespace.name" : "k8s.pod.uid"),
  );
}

/** Which attributes `limit` removes depends on their number. */
const removes = (editor: string): string => (editor === "limit" ? "may remove" : "removes");
const deletes = (editor: string): boolean => editor.startsWith("delete_");

const renamed = `Write \`set(${resource}["service.instance.id"], ${resource}["k8s.pod.uid"]) where ${resource}["k8s.pod.uid"] != nil\` in front of it`;

function keep(editor: string, key: string): string {
  switch (editor) {
    case "keep_keys":
      return `Add \`"${key}"\` to the list`;
    case "limit":
      return `Add \`"${key}"\` to its priority keys`;
    case "keep_matching_keys":
      return `Add \`|^${key.replaceAll(".", "[.]")}$\` to its pattern`;
    case "set":
      return `Write \`keep_keys(${resource}, ["${key}"])\` in its place, and \`merge_maps(${resource}, MAP, "upsert")\` behind it if it sets others`;
    default:
      return `Write \`set(${resource}["${key}"], VALUE)\` behind it, or name only other attributes`;
  }
}
