import { existsSync } from "node:fs";
import { join } from "node:path";
import { error, PipelineConfigError, type Finding } from "../../components/schema";
import { readInputs, settingOf, type Inputs } from "../stack-inputs";
import type { ManagerDeploymentSettings } from "./deployment-settings";

/** The stack has to be there: rights, Secrets and namespaces are those of its settings. */
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

/** Settings that lead to a cluster. The state keeps them, so in a pod the engine would look for them, and find none. */
const clusterKeys = ["kubernetes:context", "kubernetes:kubeconfig"];

function clusterFindings(inputs: Inputs): Finding[] {
  return clusterKeys
    .filter((key) => settingOf(inputs, key) !== undefined)
    .map((key) =>
      error(
        "manager.stack",
        `has ${key} in ${inputs.settings.path}, which the manager's pod cannot go by`,
        "Remove it and update that stack once with the current context of kubectl, or run its manager outside of the cluster, with npm run manager",
      ),
    );
}

/** Keys of a ConfigMap have no slashes; each file is mounted at its own path all the same. */
export function mountedFiles(inputs: Inputs): { key: string; path: string; text: string }[] {
  return [inputs.settings, ...inputs.pipelineFiles, ...(inputs.policies ? [inputs.policies] : [])].flatMap(
    ({ path, text }, i) => (text === undefined ? [] : [{ key: `file-${i}`, path, text }]),
  );
}
