import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Pace } from "./decide";
import { policiesFile, type InputPlace } from "./stack-inputs";

/** Settings of a manager. */
export interface ManagerSettings extends InputPlace {
  /** The folder of `Pulumi.yaml` and `policy`. */
  readonly project: string;
  /** Whether pipeline objects of the cluster are part of the stack. */
  readonly objects: boolean;
  /** The namespace of the lease. */
  readonly namespace: string;
  /** The folder of the manager's own files: the last good inputs, those of the current update, and its findings. */
  readonly state: string;
  /** The port of `/metrics`, of `/healthz` and, at `/`, of the status page. */
  readonly metricsPort: number;
  /** Seconds between two checks of the pipelines. */
  readonly statusSeconds: number;
  /** Whether a failed update is undone with the last good inputs. */
  readonly goBack: boolean;
  readonly pace?: Pace;
}

export const usage = `Keeps a stack in sync with its files, the Secrets they reference and, with --objects, the pipelines in the cluster.

  --stack NAME           the stack (dev)
  --folder DIR           folder of Pulumi.NAME.yaml and of the pipeline files (the project's folder)
  --policies FILE        settings of the policy pack, relative to --folder (policy/config/NAME.json if it exists)
  --no-policies          update without the policy pack
  --objects              include MetricPipeline, TracePipeline and LogPipeline objects
  --go-back              undo a failed update with the last good inputs
  --status-seconds N     seconds between two checks of the pipelines (60)
  --metrics-port N       port of /metrics, /healthz and, at /, the status page (9464)
  --namespace NAME       namespace of the lease (the pod's namespace, or default outside a pod)
  --state DIR            folder of the manager's own files (.pulumi-state/manager/NAME)
`;

/** Reads the command line. Throws an error with a message for the user if an argument is wrong. */
export function managerSettings(args: readonly string[], project: string, podNamespace?: string): ManagerSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", short: "s", default: "dev" },
      folder: { type: "string" },
      policies: { type: "string" },
      "no-policies": { type: "boolean", default: false },
      objects: { type: "boolean", default: false },
      "go-back": { type: "boolean", default: false },
      "status-seconds": { type: "string", default: "60" },
      "metrics-port": { type: "string", default: "9464" },
      namespace: { type: "string" },
      state: { type: "string" },
    },
  });
  const { stack } = values;
  const folder = resolve(project, values.folder ?? ".");
  const defaultPolicies = policiesFile(stack);
  const policies = values.policies ?? (existsSync(join(folder, defaultPolicies)) ? defaultPolicies : undefined);
  return {
    project,
    folder,
    stack,
    ...(!values["no-policies"] && policies !== undefined && { policies }),
    objects: values.objects,
    namespace: values.namespace ?? podNamespace ?? "default",
    state: resolve(project, values.state ?? `.pulumi-state/manager/${stack}`),
    metricsPort: whole("--metrics-port", values["metrics-port"], 0, 65_535),
    statusSeconds: whole("--status-seconds", values["status-seconds"], 15, 86_400),
    goBack: values["go-back"],
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`${option} must be a whole number from ${least} to ${most}.`);
}
