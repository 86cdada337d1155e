import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Props } from "../facts/objects";
import { unknownCheckingProxy, UnknownValueError } from "../facts/unknown";

/** The engine's placeholder for a value that only the update will know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Given {
  /** Type without `kubernetes:`. */
  readonly type: string;
  readonly props: Props;
  readonly name?: string;
  readonly protect?: boolean;
  /** Components that it belongs to as `TYPE::NAME`, from the outermost. */
  readonly parents?: readonly string[];
}

export interface Judged {
  readonly messages: string[];
  /** The engine's advisory note about a value that is not known yet. */
  readonly unknown?: string;
}

type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** Builds settings as the engine does: defaults of the schema, overridden by those of an environment. */
function settingsOf({ configSchema }: Rule, set: object): object {
  const defaults = Object.entries(configSchema?.properties ?? {}).map(([key, schema]) => [key, schema.default]);
  return { ...(Object.fromEntries(defaults) as object), ...set };
}

/** Returns a resource's URN and its parents, as the engine has them. */
function located(type: string, name: string, parents: readonly string[] = []): Located {
  const [parentType = "", parentName = ""] = parents.at(-1)?.split("::") ?? [];
  const chain = [...parents.map((parent) => parent.split("::")[0]), type].join("$");
  return {
    urn: `urn:pulumi:e::telemetry::${chain}::${name}`,
    ...(parents.length > 0 && { parent: located(parentType, parentName, parents.slice(0, -1)) }),
  };
}

interface Located {
  readonly urn: string;
  readonly parent?: Located;
}

/** Runs one rule on a stack as the SDK does, without the engine: same proxies, same settings, same order. */
export function judge(rule: Rule, stack: Given | readonly Given[], set: object = {}): Judged {
  const messages: string[] = [];
  const report = (message: string): void => void messages.push(message);
  const getConfig = <T extends object>(): T => settingsOf(rule, set) as T;
  const resources = [stack].flat().map((given) => ({
    type: `kubernetes:${given.type}`,
    props: unknownCheckingProxy(given.props),
    name: given.name ?? "object",
    ...located(`kubernetes:${given.type}`, given.name ?? "object", given.parents),
    opts: { protect: given.protect ?? false },
  }));
  try {
    if ("validateStack" in rule) {
      void rule.validateStack(
        { resources: resources as readonly object[] as PolicyResource[], getConfig } as StackValidationArgs,
        report,
      );
    } else {
      for (const validate of [rule.validateResource ?? []].flat())
        for (const resource of resources)
          void validate({ ...resource, getConfig } as object as ResourceValidationArgs, report);
    }
  } catch (error) {
    if (!(error instanceof UnknownValueError)) throw error;
    return { messages, unknown: error.message };
  }
  return { messages };
}
