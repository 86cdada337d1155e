import type * as k8s from "@pulumi/kubernetes";
import { podVariables } from "../collector";
import { configurationFile, containerName, credentialsFolder, ports } from "../contract";
import { certificatesVolume } from "../mesh";
import type { CollectorPlan } from "../plan";
import { memoryGoal } from "../sizing";
import { hostMounts } from "./host-files";
import { backendsOf, type CollectorWorkloadArgs } from "./placing";
import { restrictedContainer } from "./pods";
import { proxyEnvironment } from "./proxy-environment";

/** Folder of the configuration in the container. */
export const configFolder = "/conf";

/** Returns the container of a collector with its arguments, variables, probes and files. */
export function collectorContainer(args: CollectorWorkloadArgs): k8s.types.input.core.v1.Container {
  const { plan, credentials } = args;
  const { resources, gcPercent, inMesh, workload } = plan;
  return {
    name: containerName,
    image: plan.image,
    args: [`--config=${configFolder}/${configurationFile}`, ...gates(plan)],
    env: [
      { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: podVariables.hostIp, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      { name: podVariables.hostIps, valueFrom: { fieldRef: { fieldPath: "status.hostIPs" } } },
      { name: podVariables.clusterUid, value: args.clusterUid ?? "" },
      { name: "GOMEMLIMIT", value: `${Math.floor(resources.memoryLimit * memoryGoal)}` },
      ...(gcPercent === undefined ? [] : [{ name: "GOGC", value: `${gcPercent}` }]),
      ...proxyEnvironment(plan.network.proxy, backendsOf(args)),
    ],
    ports: [...args.containerPorts, { name: "self-metrics", containerPort: ports.selfMetrics }],
    resources: {
      requests: { cpu: `${resources.cpuMillis}m`, memory: `${resources.memoryRequest}` },
      limits: {
        ...(resources.cpuLimitMillis !== undefined && { cpu: `${resources.cpuLimitMillis}m` }),
        memory: `${resources.memoryLimit}`,
      },
    },
    startupProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 10, failureThreshold: 6 },
    ...(workload.drainSeconds > 0 && { lifecycle: { preStop: { sleep: { seconds: workload.drainSeconds } } } }),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: configFolder, readOnly: true },
      ...hostMounts(plan),
      ...(credentials === undefined ? [] : [{ name: "credentials", mountPath: credentialsFolder, readOnly: true }]),
      ...(inMesh
        ? [{ name: certificatesVolume.volume.name, mountPath: certificatesVolume.mountPath, readOnly: true }]
        : []),
    ],
  };
}

function gates({ featureGates = [] }: CollectorPlan): string[] {
  return featureGates.length === 0 ? [] : [`--feature-gates=${featureGates.join(",")}`];
}
