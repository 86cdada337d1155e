import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { contentName } from "../plan";
import { images, objectLabels, selectorLabels } from "../contract";
import {
  linuxOnly,
  restoringFields,
  restrictedContainer,
  restrictedNamespaceLabels,
  restrictedPod,
} from "../workloads";

const name = "prometheus";
const port = 9090;

/** First release with everything used here is 3.5; this one is built and tested with. */

export interface DevelopmentBackendArgs {
  /** Namespace to create for it. Defaults to `telemetry-backend`. */
  namespace?: string;
}

/**
 * A Prometheus that accepts metrics by OTLP, for environments without their own backend. Its data ends with its pod: it
 * is not meant for production.
 */
export class DevelopmentBackend extends pulumi.ComponentResource {
  declare readonly namespace: pulumi.Output<string>;
  /** Base address inside the cluster. */
  declare readonly address: pulumi.Output<string>;

  constructor(resourceName: string, args: DevelopmentBackendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:DevelopmentBackend", resourceName, {}, restoringFields(opts));
    const child = { parent: this };
    const labels = objectLabels(name, "backend");
    const namespace = new k8s.core.v1.Namespace(
      resourceName,
      { metadata: { name: args.namespace ?? "telemetry-backend", labels: restrictedNamespaceLabels } },
      child,
    );
    this.namespace = namespace.metadata.name;
    const metadata = { name, namespace: this.namespace, labels };
    const config = new k8s.core.v1.ConfigMap(
      `${resourceName}-config`,
      {
        metadata: { ...metadata, name: contentName(name, configuration) },
        immutable: true,
        data: { "prometheus.yml": configuration },
      },
      child,
    );
    const deployment = new k8s.apps.v1.Deployment(
      resourceName,
      {
        metadata,
        spec: {
          replicas: 1,
          // Two pods would each have half of the data.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selectorLabels(name) },
          template: {
            metadata: { labels },
            spec: {
              nodeSelector: linuxOnly,
              automountServiceAccountToken: false,
              securityContext: restrictedPod,
              containers: [container],
              volumes: [
                { name: "config", configMap: { name: config.metadata.name } },
                { name: "data", emptyDir: { sizeLimit: "2Gi" } },
              ],
            },
          },
        },
      },
      child,
    );
    const service = new k8s.core.v1.Service(
      resourceName,
      { metadata, spec: { selector: selectorLabels(name), ports: [{ name: "http", port, targetPort: "http" }] } },
      { ...child, dependsOn: [deployment] },
    );
    this.address = pulumi.interpolate`http://${service.metadata.name}.${service.metadata.namespace}:${port}`;
    this.registerOutputs({ namespace: this.namespace, address: this.address });
  }
}

const configuration = stringify({
  otlp: {
    // Queries can then name the namespace, pod and node of the sender without a join.
    promote_all_resource_attributes: true,
  },
  // The gateways of three nodes send independently, and after an outage ten consumers of each, so batches arrive in any
  // order. The recipe for Prometheus has the same window.
  storage: { tsdb: { out_of_order_time_window: "30m" } },
});

const container: k8s.types.input.core.v1.Container = {
  name,
  image: images.prometheus,
  command: ["/bin/prometheus"],
  args: [
    "--config.file=/etc/prometheus/prometheus.yml",
    "--storage.tsdb.path=/prometheus",
    "--storage.tsdb.retention.time=6h",
    "--storage.tsdb.retention.size=1GB",
    "--web.enable-otlp-receiver",
  ],
  env: [{ name: "GOMEMLIMIT", value: "400MiB" }],
  ports: [{ name: "http", containerPort: port }],
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 1 },
  livenessProbe: { httpGet: { path: "/-/healthy", port: "http" }, periodSeconds: 10 },
  securityContext: restrictedContainer,
  volumeMounts: [
    { name: "config", mountPath: "/etc/prometheus", readOnly: true },
    { name: "data", mountPath: "/prometheus" },
  ],
};
