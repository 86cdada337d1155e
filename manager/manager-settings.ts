import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Pace } from "./decide";
import type { InputPlace } from "./stack-inputs";

/** How a manager works. */
export interface ManagerSettings extends InputPlace {
  /** Folder of `Pulumi.yaml` and `policy`. */
  readonly project: string;
  /** Whether pipelines are objects of the cluster, too. */
  readonly objects: boolean;
  /** Where the lease is. */
  readonly namespace: string;
  /** Folder for what the manager has to remember. */
  readonly state: string;
  /** Of `/metrics`, `/healthz` and, at `/`, a page about the pipelines. */
  readonly metricsPort: number;
  /** Seconds between two looks at how the pipelines are. */
  readonly statusSeconds: number;
  /** Whether a failed update is undone by the last inputs that were good. */
  readonly goBack: boolean;
  readonly pace?: Pace;
}

export const usage = `Keeps a stack as its files, the Secrets that it refers to and, if wanted, pipelines in the cluster say.

  --stack NAME           the stack (dev)
  --folder DIR           where Pulumi.NAME.yaml and the pipeline files are (the project's folder)
  --policies FILE        settings of the policy pack, from that folder (policy/config/NAME.json if it is there)
  --no-policies          without the policy pack
  --objects              MetricPipeline, TracePipeline and LogPipeline objects are pipelines, too
  --go-back              a failed update is undone by the last inputs that were good
  --status-seconds N     between two looks at how the pipelines are (60)
  --metrics-port N       of /metrics, /healthz and, at /, a page about the pipelines (9464)
  --namespace NAME       where the lease is (that of the pod, else default)
  --state DIR            what it has to remember (.pulumi-state/manager/NAME)
`;

/** Throws with a sentence for the user when an argument is wrong. */
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
  const usual = `policy/config/${stack}.json`;
  const policies = values.policies ?? (existsSync(join(folder, usual)) ? usual : undefined);
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
