import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { defaultNamespace, labelKeys, selectorLabels, selfMetricsLabel, type Labels } from "../../components/contract";
import { nameOutside, resourceNameIn } from "../../components/plan";
import { egressTo, restrictedContainer, restrictedNamespaceLabels, restrictedPod } from "../../components/workloads";
import { settingOf, type Inputs } from "../stack-inputs";
import { defaultManagerNamespace, type ManagerDeploymentSettings } from "./deployment-settings";
import { managedInputs, mountedFiles } from "./managed-inputs";
import { managerRights } from "./manager-rights";

const name = "telemetry-manager";
const metricsPort = 9464;
/** Where the stack's settings and files are mounted; the image has the program in its working directory. */
const inputsFolder = "/inputs";
const stateFolder = "/state";

/** Seconds that an update which is under way gets to end in order. */
const graceSeconds = 300;

export interface TelemetryManagerArgs {
  settings: ManagerDeploymentSettings;
}

/** The manager in the cluster: keeps one stack as its settings, Secrets and objects say. */
export class TelemetryManager extends pulumi.ComponentResource {
  constructor(componentName: string, args: TelemetryManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:TelemetryManager", componentName, {}, opts);
    const child = { parent: this };
    const { settings } = args;
    const managed = managedInputs(settings);
    const resourceName = resourceNameIn(settings.namespace, componentName, defaultManagerNamespace);
    const namespace = new k8s.core.v1.Namespace(
      resourceName,
      { metadata: { name: settings.namespace, labels: restrictedNamespaceLabels } },
      child,
    );
    const metadata = { name, namespace: namespace.metadata.name, labels };
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
        // Named by the engine: a change makes another one, with which the pod starts anew.
        metadata: { namespace: namespace.metadata.name, labels },
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
          // Two would not harm each other, but the state's volume is often for one pod at a time.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selectorLabels(name) },
          template: {
            metadata: { labels },
            spec: {
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
    own: k8s.core.v1.Namespace,
  ): pulumi.Resource[] {
    const child = { parent: this };
    const apiGroup = "rbac.authorization.k8s.io";
    const subjects = [{ kind: "ServiceAccount", name, namespace: own.metadata.name }];
    const telemetryNamespace = settingOf(inputs, "telemetry:namespace");
    const { cluster, namespaces } = managerRights({
      telemetryNamespace: typeof telemetryNamespace === "string" ? telemetryNamespace : defaultNamespace,
      namespace: settings.namespace,
      secrets: [...inputs.secrets, ...settings.secrets],
      objects: settings.objects,
    });
    // The same everywhere: into any namespace, that of a manager as well, other managers can put a role of theirs.
    const shared = { name: nameOutside(settings.namespace, name, defaultManagerNamespace), labels };
    const role = new k8s.rbac.v1.ClusterRole(resourceName, { metadata: shared, rules: [...cluster] }, child);
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      resourceName,
      { metadata: shared, roleRef: { apiGroup, kind: "ClusterRole", name: role.metadata.name }, subjects },
      child,
    );
    const bindings = Object.entries(namespaces).map(([where, rules]) => {
      const metadata = { ...shared, namespace: where === settings.namespace ? own.metadata.name : where };
      const role = new k8s.rbac.v1.Role(`${resourceName}-${where}`, { metadata, rules: [...rules] }, child);
      const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
      return new k8s.rbac.v1.RoleBinding(`${resourceName}-${where}`, { metadata, roleRef, subjects }, child);
    });
    return [binding, ...bindings];
  }
}

/** Not a part of the telemetry that it manages: no object of its own is one that it puts right. */
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
      // Many classes bind a claim only when a pod wants it; that the pod runs proves it.
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
      // The image's own folders are read-only, and the engine wants a user with a home.
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
