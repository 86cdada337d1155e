import type {
  EnforcementLevel,
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { kubernetesType, props, type ParentedObject, type StackObject, UnknownValueError } from "./facts";
import { Judgements } from "./judgements";
import { unknownSettings } from "./settings";

/** Judgements of all rules of this pack in this process. */
export const judgements = new Judgements();

export interface Rule<Settings extends object> {
  readonly name: string;
  /** The requirement and its reason. Pulumi shows it above every violation. */
  readonly description: string;
  /** Level without a configuration file. Default: mandatory. */
  readonly level?: EnforcementLevel;
  readonly severity: Severity;
  /** Settings of this rule, each with its default. */
  readonly settings?: { readonly [Name in keyof Settings]: PolicyConfigSchema["properties"][string] };
}

/** Settings that every rule has. */
interface CommonSettings {
  readonly except: readonly string[];
}

const except = {
  type: "array",
  items: { type: "string" },
  default: [],
  description: "Names in the program of the resources that the rule skips.",
} as const;

function notes<Settings extends object>({ name, description, level, severity, settings }: Rule<Settings>) {
  return {
    name,
    description,
    severity,
    enforcementLevel: level ?? "mandatory",
    configSchema: { properties: { ...settings, except } },
  } as const;
}

/**
 * Makes a rule about single Kubernetes objects: `applies` selects them, `violations` judges each of them. If a preview
 * does not know a value yet, Pulumi shows an advisory note instead of a verdict on that object. The update judges it.
 */
export function objectRule<Settings extends object = object>(
  rule: Rule<Settings> & { readonly applies: (object: StackObject) => boolean },
  violations: (object: StackObject, settings: Settings) => Iterable<string>,
): ResourceValidationPolicy {
  return {
    ...notes(rule),
    validateResource: (args, report) => {
      const { props: resource, urn, name, opts } = args;
      const type = kubernetesType(args.type);
      const settings = knownSettings(rule, args.getConfig<Settings & CommonSettings>());
      if (type === undefined || settings.except.includes(name)) return;
      const object = { type, props: props(resource), urn, name, protect: opts.protect };
      if (rule.applies(object)) judge(rule.name, urn, () => violations(object, settings), report);
    },
  };
}

/**
 * Makes a rule about how Kubernetes objects fit together: `applies` selects the objects, `violations` judges each of them
 * and may read the whole stack.
 */
export function stackRule<Settings extends object = object>(
  rule: Rule<Settings> & { readonly applies: (object: StackObject) => boolean },
  violations: (object: ParentedObject, stack: readonly ParentedObject[], settings: Settings) => Iterable<string>,
): StackValidationPolicy {
  return {
    ...notes(rule),
    validateStack: (args, report) => {
      const settings = knownSettings(rule, args.getConfig<Settings & CommonSettings>());
      const stack = args.resources.flatMap((resource): ParentedObject[] => {
        const type = kubernetesType(resource.type);
        const { urn, name, opts } = resource;
        const parents = parentsOf(resource);
        return type === undefined
          ? []
          : [{ type, props: props(resource.props), urn, name, protect: opts.protect, parents }];
      });
      const unknown: Error[] = [];
      for (const object of stack) {
        if (settings.except.includes(object.name) || !rule.applies(object)) continue;
        try {
          judge(rule.name, object.urn, () => violations(object, stack, settings), report);
        } catch (error) {
          if (!(error instanceof UnknownValueError)) throw error;
          unknown.push(error);
        }
      }
      // Report the unknown value only after all other objects are judged.
      if (unknown[0]) throw unknown[0];
    },
  };
}

function parentsOf({ parent }: PolicyResource): string[] {
  return parent === undefined ? [] : [parent.urn, ...parentsOf(parent)];
}

/**
 * Returns the settings of a rule. Throws if one is unknown: an error ends the preview at any level of the rule, so that a
 * misspelt setting never switches a rule off.
 */
function knownSettings<Settings extends object, Set extends object>(rule: Rule<Settings>, set: Set): Set {
  const problems = unknownSettings(notes(rule), set);
  if (problems.length === 0) return set;
  const error = new Error(`Invalid settings of the policy pack\n${problems.join("\n")}`);
  // The engine prints the stack, which does not help the author of a setting.
  error.stack = error.message;
  throw error;
}

function judge(rule: string, urn: string, violations: () => Iterable<string>, report: ReportViolation): void {
  const judgement = judgements.begin(rule, urn);
  try {
    for (const violation of violations()) {
      judgement.violation();
      report(violation, urn);
    }
  } catch (error) {
    if (error instanceof UnknownValueError) judgement.unknown();
    throw error;
  }
}
