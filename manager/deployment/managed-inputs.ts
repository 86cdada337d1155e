import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { mostObjectBytes } from "../../components/contract";
import { PipelineConfigError } from "../../components/config-error";
import { error, type Finding } from "../../components/schema";
import { managerKey, policiesFile, readInputs, settingOf, type Inputs } from "../stack-inputs";
import type { ManagerDeploymentSettings } from "./deployment-settings";

/** Reads the inputs of the managed stack, from which its rights, Secrets and namespaces follow. Throws if a file is missing. */
export function managedInputs({ stack, folder }: ManagerDeploymentSettings): Inputs {
  const policies = policiesFile(stack);
  const inputs = readInputs({ folder, stack, ...(existsSync(join(folder, policies)) && { policies }) });
  const missing = [inputs.settings, ...inputs.pipelineFiles, ...(inputs.policies ? [inputs.policies] : [])]
    .filter(({ text }) => text === undefined)
    .map(
      ({ path, fault }) =>
        fault ??
        error(
          "manager.stack",
          `needs ${path}, which cannot be read`,
          "Put it into manager.folder, or name another stack",
        ),
    );
  const findings = [...missing, ...ofManager(inputs), ...clusterFindings(inputs), ...mountFindings(inputs)];
  if (findings.length > 0) throw new PipelineConfigError(findings);
  return inputs;
}

function ofManager(inputs: Inputs): Finding[] {
  if (settingOf(inputs, managerKey) === undefined) return [];
  return [
    error(
      "manager.stack",
      `names a stack with ${managerKey}, which has no pipelines`,
      "Name the stack with the pipelines",
    ),
  ];
}

/** Settings that name a cluster. The state keeps them, and a pod has no such kubeconfig or context. */
const clusterKeys = ["kubernetes:context", "kubernetes:kubeconfig"];

function clusterFindings(inputs: Inputs): Finding[] {
  return clusterKeys
    .filter((key) => settingOf(inputs, key) !== undefined)
    .map((key) =>
      error(
        "manager.stack",
        `has ${key} in ${inputs.settings.path}, which the manager's pod cannot use`,
        "Remove it and update that stack once with the current context of kubectl, or run its manager outside the cluster with npm run manager",
      ),
    );
}

/** Finds files that no ConfigMap can hold or mount. The API server would reject them only after other objects have changed. */
function mountFindings(inputs: Inputs): Finding[] {
  const files = mountedFiles(inputs);
  const outside = files.filter(({ path }) => isAbsolute(path) || path.split("/").includes(".."));
  const size = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return [
    ...outside.map(({ path }) =>
      error(
        "manager.stack",
        `needs ${path}, which is not inside manager.folder, so it cannot be mounted`,
        "Move it there, and write its path relative to that folder",
      ),
    ),
    ...(size > mostObjectBytes
      ? [
          error(
            "manager.stack",
            `needs files of ${size} bytes, and the ConfigMap with them can hold ${mostObjectBytes}`,
            "Shorten them, or run this stack's manager outside the cluster with npm run manager",
          ),
        ]
      : []),
  ];
}

/** Returns each file with a key for the ConfigMap, because keys cannot contain slashes. Each is mounted at its own path. */
export function mountedFiles(inputs: Inputs): { key: string; path: string; text: string }[] {
  return [inputs.settings, ...inputs.pipelineFiles, ...(inputs.policies ? [inputs.policies] : [])].flatMap(
    ({ path, text }, i) => (text === undefined ? [] : [{ key: `file-${i}`, path, text }]),
  );
}
