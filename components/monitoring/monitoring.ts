import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../outside";
import { alertRules } from "./alerts";
import { dashboard } from "./dashboard";
import { podMonitorSpec } from "./pod-monitor";
import type { Watched, WatchedCollector } from "./promql";
import { operatorApi, operatorKindReader, wantedObjects } from "./wanted-objects";
import type { MonitoringSettings } from "../settings";
import { objectLabels } from "../workloads/pods";

/** Name of the objects for Prometheus. */
const name = "telemetry";
/** What the sidecar of Grafana's chart looks for. */
const dashboardLabel = { grafana_dashboard: "1" };

export interface MonitoringArgs {
  /** Namespace of all objects, which is that of the collectors. */
  namespace: pulumi.Input<string>;
  /** The same as it is known beforehand: expressions name it. */
  namespaceName: string;
  /** Who is watched. */
  collectors: readonly WatchedCollector[];
  settings: MonitoringSettings;
  /** The cluster that is asked for its kinds. */
  cluster: ClusterAccess;
}

/** Alerts about gateway and agent themselves, where Prometheus finds their metrics, and a dashboard: three objects at most. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(resourceName: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Monitoring", resourceName, {}, opts);
    const { namespace, settings } = args;
    const child = { parent: this };
    const warn = (text: string): void => void pulumi.log.warn(text, this);
    const objects = wantedObjects(settings, operatorKindReader(args.cluster), warn);
    const labels = { ...settings.labels, ...objectLabels(name, "monitoring") };
    const metadata = { name, namespace, labels };
    const watched: Watched = {
      namespace: args.namespaceName,
      collectors: args.collectors
        .map(({ name, kind, memoryLimit }) => ({ name, kind, memoryLimit }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const operated = (kind: string, spec: object): void => {
      const apiVersion = `${operatorApi.group}/${operatorApi.version}`;
      new k8s.apiextensions.CustomResource(`${resourceName}-${kind}`, { apiVersion, kind, metadata, spec }, child);
    };
    if (objects.podMonitor) operated("PodMonitor", podMonitorSpec(watched));
    if (objects.prometheusRule) operated("PrometheusRule", { groups: [{ name, rules: alertRules(watched) }] });
    if (objects.dashboard) {
      new k8s.core.v1.ConfigMap(
        `${resourceName}-dashboard`,
        {
          metadata: { name: `${name}-dashboard`, namespace, labels: { ...labels, ...dashboardLabel } },
          data: { "telemetry-pipelines.json": dashboard(watched) },
        },
        child,
      );
    }
    this.registerOutputs({});
  }
}
