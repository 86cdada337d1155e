import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkManagerStack } from "../../components/cluster-facts";
import type { ClusterAccess } from "../../components/cluster-access";
import {
  defaultLogNamespace,
  defaultNamespace,
  labelKeys,
  selectorLabels,
  selfMetricsLabel,
  type Labels,
} from "../../components/contract";
import { nameOutside, resourceNameIn } from "../../components/plan";
import {
  egressTo,
  linuxOnly,
  restoringFields,
  restrictedContainer,
  stackNamespace,
  restrictedPod,
} from "../../components/workloads";
import { settingOf, type Inputs } from "../stack-inputs";
import { defaultManagerNamespace, type ManagerDeploymentSettings } from "./deployment-settings";
import { managedInputs, mountedFiles } from "./managed-inputs";
import { managerRights } from "./manager-rights";

const name = "telemetry-manager";
const metricsPort = 9464;
/** The folder where the stack's settings and files are mounted. The program is in the image's working directory. */
const inputsFolder = "/inputs";
const stateFolder = "/state";

/** Seconds for a running update to end in order. */
const graceSeconds = 300;

export interface TelemetryManagerArgs {
  settings: ManagerDeploymentSettings;
  /** Whether the stack may lose the gateway and the agents that it has. */
  allowNoPipelines?: boolean;
  /** The cluster in which the namespace must not exist yet. Defaults to the one that `kubectl` uses. */
  cluster?: ClusterAccess;
}

/** Deploys a manager, which keeps one stack in sync with its settings, Secrets and pipeline objects. */
export class TelemetryManager extends pulumi.ComponentResource {
  constructor(componentName: string, args: TelemetryManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:TelemetryManager", componentName, {}, restoringFields(opts));
    const child = { parent: this };
    const { settings } = args;
    const managed = managedInputs(settings);
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const wanted = { name: settings.namespace, stack, isExisting: false, path: "manager.namespace" };
    checkManagerStack({ wanted, allowNoPipelines: args.allowNoPipelines ?? false }, args.cluster);
    const resourceName = resourceNameIn(settings.namespace, componentName, defaultManagerNamespace);
    const namespace = stackNamespace(resourceName, { name: settings.namespace, stack, isExisting: false }, child);
    const metadata = { name, namespace, labels };
    const serviceAccount = new k8s.core.v1.ServiceAccount(
      resourceName,
      {
        metadata: { ...metadata, annotations: settings.serviceAccountAnnotations },
        automountServiceAccountToken: false,
      },
      child,
    );
    const rights = this.grant(resourceName, settings, managed, namespace);
    const inputs = new k8s.core.v1.ConfigMap(
      resourceName,
      { metadata, data: Object.fromEntries(mountedFiles(managed).map(({ key, text }) => [key, text])) },
      child,
    );
    const environment = new k8s.core.v1.Secret(
      `${resourceName}-environment`,
      {
        // The engine chooses the name. A change makes a new Secret, so the pod restarts with it.
        metadata: { namespace, labels },
        immutable: true,
        stringData: pulumi.secret(settings.environment),
      },
      child,
    );
    const state = stateClaim(resourceName, metadata, settings, child);
    new k8s.networking.v1.NetworkPolicy(
      resourceName,
      {
        metadata,
        spec: {
          podSelector: { matchLabels: selectorLabels(name) },
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            {
              from: [{ namespaceSelector: {}, podSelector: { matchLabels: selfMetricsLabel } }],
              ports: [{ protocol: "TCP", port: metricsPort }],
            },
          ],
          egress: [
            ...egressTo([], settings.namespace, []),
            ...settings.egressPorts.map((port) => ({ ports: [{ protocol: "TCP", port }] })),
          ],
        },
      },
      child,
    );
    new k8s.apps.v1.Deployment(
      resourceName,
      {
        metadata,
        spec: {
          replicas: 1,
          // Two pods would not harm each other, but many volumes can only be mounted by one pod at a time.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selectorLabels(name) },
          template: {
            metadata: { labels },
            spec: {
              nodeSelector: linuxOnly,
              serviceAccountName: serviceAccount.metadata.name,
              automountServiceAccountToken: true,
              terminationGracePeriodSeconds: graceSeconds,
              securityContext: restrictedPod,
              containers: [managerContainer(settings, managed, environment.metadata.name)],
              volumes: [
                {
                  name: "inputs",
                  configMap: {
                    name: inputs.metadata.name,
                    items: mountedFiles(managed).map(({ key, path }) => ({ key, path })),
                  },
                },
                { name: "scratch", emptyDir: { sizeLimit: "2Gi" } },
                state === undefined
                  ? { name: "state", emptyDir: { sizeLimit: "1Gi" } }
                  : { name: "state", persistentVolumeClaim: { claimName: state.metadata.name } },
              ],
            },
          },
        },
      },
      { ...child, dependsOn: rights },
    );
    this.registerOutputs({});
  }

  private grant(
    resourceName: string,
    settings: ManagerDeploymentSettings,
    inputs: Inputs,
    own: pulumi.Output<string>,
  ): pulumi.Resource[] {
    const child = { parent: this };
    const apiGroup = "rbac.authorization.k8s.io";
    const subjects = [{ kind: "ServiceAccount", name, namespace: own }];
    const chosen = settingOf(inputs, "telemetry:namespace");
    const telemetryNamespace = typeof chosen === "string" ? chosen : defaultNamespace;
    const { cluster, namespaces } = managerRights({
      telemetryNamespace,
      ...(inputs.containerLogs && { logNamespace: logNamespace(inputs, telemetryNamespace) }),
      namespace: settings.namespace,
      secrets: [...inputs.secrets, ...settings.secrets],
      monitors: inputs.monitors,
      objects: settings.objects,
    });
    // The name is the same in all namespaces and contains the manager's own, because several managers may have roles in one.
    const shared = { name: nameOutside(settings.namespace, name, defaultManagerNamespace), labels };
    const role = new k8s.rbac.v1.ClusterRole(resourceName, { metadata: shared, rules: [...cluster] }, child);
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      resourceName,
      { metadata: shared, roleRef: { apiGroup, kind: "ClusterRole", name: role.metadata.name }, subjects },
      child,
    );
    const bindings = Object.entries(namespaces).map(([where, rules]) => {
      const metadata = { ...shared, namespace: where === settings.namespace ? own : where };
      const role = new k8s.rbac.v1.Role(`${resourceName}-${where}`, { metadata, rules: [...rules] }, child);
      const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
      return new k8s.rbac.v1.RoleBinding(`${resourceName}-${where}`, { metadata, roleRef, subjects }, child);
    });
    return [binding, ...bindings];
  }
}

/** Returns the namespace of the log agent by the stack's settings. */
function logNamespace(inputs: Inputs, telemetryNamespace: string): string {
  const logAgent = settingOf(inputs, "telemetry:logAgent") as { readonly namespace?: unknown } | undefined;
  return typeof logAgent?.namespace === "string" ? logAgent.namespace : defaultLogNamespace(telemetryNamespace);
}

/** These differ from the labels of the stack's objects, so that the manager never corrects its own objects. */
const labels: Labels = {
  ...selectorLabels(name),
  [labelKeys.component]: "manager",
  [labelKeys.partOf]: name,
  [labelKeys.managedBy]: "pulumi",
};

function stateClaim(
  resourceName: string,
  { name, namespace }: { name: string; namespace: pulumi.Input<string> },
  { stateVolume }: ManagerDeploymentSettings,
  options: pulumi.CustomResourceOptions,
): k8s.core.v1.PersistentVolumeClaim | undefined {
  if (stateVolume === undefined) return undefined;
  const { size, storageClass } = stateVolume;
  return new k8s.core.v1.PersistentVolumeClaim(
    resourceName,
    {
      // Many classes bind a claim only when a pod mounts it, so waiting for the claim could take forever.
      metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: storageClass,
        resources: { requests: { storage: size } },
      },
    },
    options,
  );
}

function managerContainer(
  settings: ManagerDeploymentSettings,
  inputs: Inputs,
  environment: pulumi.Input<string>,
): k8s.types.input.core.v1.Container {
  return {
    name: "manager",
    image: settings.image,
    command: ["node", "--import", "tsx", "manager/main.ts"],
    args: [
      `--stack=${inputs.stack}`,
      `--folder=${inputsFolder}`,
      `--state=${stateFolder}/manager`,
      `--metrics-port=${metricsPort}`,
      ...(inputs.policies ? [`--policies=${inputs.policies.path}`] : ["--no-policies"]),
      ...(settings.objects ? ["--objects"] : []),
      ...(settings.goBack ? ["--go-back"] : []),
    ],
    env: [
      // The container's file system is read-only, and the engine needs a user with a home folder.
      { name: "HOME", value: "/tmp" },
      { name: "USER", value: "telemetry" },
      { name: "PULUMI_HOME", value: "/tmp/pulumi" },
      { name: "PULUMI_SKIP_UPDATE_CHECK", value: "true" },
      { name: "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", value: "true" },
    ],
    envFrom: [{ secretRef: { name: environment } }],
    ports: [{ name: "metrics", containerPort: metricsPort }],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "2Gi" } },
    startupProbe: { httpGet: { path: "/healthz", port: metricsPort }, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { httpGet: { path: "/healthz", port: metricsPort }, periodSeconds: 20, failureThreshold: 6 },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "inputs", mountPath: inputsFolder, readOnly: true },
      { name: "scratch", mountPath: "/tmp" },
      { name: "state", mountPath: stateFolder },
    ],
  };
}
