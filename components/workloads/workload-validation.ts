import type * as pulumi from "@pulumi/pulumi";
import { configurationFile } from "../contract";
import { certificatesVolume, noProxy } from "../mesh";
import { ConfigValidation, validationPod } from "../validation";
import { configFolder } from "./collector-container";
import { whereScheduled, type CollectorPod } from "./collector-pod";
import type { CollectorWorkloadArgs } from "./placing";

const meshCertificateFiles = new RegExp(`${certificatesVolume.mountPath}/[\\w-]+[.]pem`, "g");

/** Makes the validation of a configuration by a short-lived pod, if the stack validates in the cluster. */
export function validateInCluster(
  resourceName: string,
  { plan, namespace, workload, validation }: CollectorWorkloadArgs,
  pod: (configMap: string) => CollectorPod,
  options: pulumi.CustomResourceOptions,
): ConfigValidation | undefined {
  if (validation.settings.mode !== "full") return undefined;
  const { name, kind: component } = plan;
  const { labels, annotations: podAnnotations } = workload;
  const args = {
    plan: validation,
    workload: name,
    image: plan.image,
    // The pod that validates gets no proxy of the mesh and so no certificates. Here the collector reads another file.
    configuration: plan.configuration.replaceAll(meshCertificateFiles, `${configFolder}/${configurationFile}`),
    file: configurationFile,
    pod: validationPod({
      name,
      component,
      namespace,
      labels: { ...labels, ...noProxy.labels },
      annotations: { ...podAnnotations, ...noProxy.annotations },
      tolerations: whereScheduled(workload),
      pod,
    }),
  };
  const made = new ConfigValidation(`${resourceName}-validation`, args, options);
  validation.validations.add(made);
  return made;
}
