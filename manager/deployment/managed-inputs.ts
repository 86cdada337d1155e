import { existsSync } from "node:fs";
import { join } from "node:path";
import { error, PipelineConfigError, type Finding } from "../../components/schema";
import { readInputs, settingOf, type Inputs } from "../stack-inputs";
import type { ManagerDeploymentSettings } from "./deployment-settings";

/** Reads the inputs of the managed stack, from which its rights, Secrets and namespaces follow. Throws if a file is missing. */
export function managedInputs({ stack, folder }: ManagerDeploymentSettings): Inputs {
  const policies = `policy/config/${stack}.json`;
  const inputs = readInputs({ folder, stack, ...(existsSync(join(folder, policies)) && { policies }) });
  const missing = [inputs.settings, ...inputs.pipelineFiles]
    .filter(({ text }) => text === undefined)
    .map(({ path }) =>
      error(
        "manager.stack",
        `needs ${path}, which cannot be read`,
        "Put it into manager.folder, or name another stack",
      ),
    );
  const findings = [...missing, ...clusterFindings(inputs)];
  if (findings.length > 0) throw new PipelineConfigError(findings);
  return inputs;
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

/** Returns each file with a key for the ConfigMap, because keys cannot contain slashes. Each is mounted at its own path. */
export function mountedFiles(inputs: Inputs): { key: string; path: string; text: string }[] {
  return [inputs.settings, ...inputs.pipelineFiles, ...(inputs.policies ? [inputs.policies] : [])].flatMap(
    ({ path, text }, i) => (text === undefined ? [] : [{ key: `file-${i}`, path, text }]),
  );
}
