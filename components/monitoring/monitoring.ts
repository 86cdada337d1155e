import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { alertRules } from "./alerts";
import { dashboard } from "./dashboard";
import { podMonitorSpec } from "./pod-monitor";
import type { Watched, WatchedCollector } from "./promql";
import { operatorApi, objectLabels } from "../contract";
import { wantedObjects, type ReadKinds } from "./wanted-objects";
import type { MonitoringSettings } from "../settings";

/** Name of the objects for Prometheus. */
const name = "telemetry";
/** Label by which the sidecar of Grafana's chart finds dashboards. */
const dashboardLabel = { grafana_dashboard: "1" };

export interface MonitoringArgs {
  /** Namespace of all objects, which is that of the collectors. */
  namespace: pulumi.Input<string>;
  /** The same as a plain string, for the expressions of alerts. */
  namespaceName: string;
  /** The collectors that alerts and dashboard are about. */
  collectors: readonly WatchedCollector[];
  settings: MonitoringSettings;
  /** Reads which of the Prometheus Operator's kinds the cluster has. */
  operatorKinds: ReadKinds;
}

/** Alerts about gateway and agent, the discovery of their metrics, and a dashboard, in at most three objects. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(resourceName: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Monitoring", resourceName, {}, opts);
    const { namespace, settings } = args;
    const child = { parent: this };
    const warn = (text: string): void => void pulumi.log.warn(text, this);
    const objects = wantedObjects(settings, args.operatorKinds, warn);
    const labels = { ...settings.labels, ...objectLabels(name, "monitoring") };
    const metadata = { name, namespace, labels };
    const watched: Watched = {
      namespace: args.namespaceName,
      collectors: [...args.collectors].sort((a, b) => (a.name < b.name ? -1 : 1)),
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
