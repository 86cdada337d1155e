import { stringify } from "yaml";
import type { Given } from "./judge";

/** Objects that pass all rules. Each test breaks one thing. */

const labels = (component: string): object => ({
  "app.kubernetes.io/name": `telemetry-${component}`,
  "app.kubernetes.io/part-of": "telemetry",
  "app.kubernetes.io/component": component,
});
const metadata = (component: string, name = `telemetry-${component}`): object => ({
  name,
  namespace: "telemetry",
  labels: labels(component),
});

export const exporter = {
  endpoint: "https://otlp.example.com:4317",
  headers: "${file:/credentials/metric_shop_headers}",
  tls: { insecure: false },
  sending_queue: { enabled: true, sizer: "bytes", queue_size: 16 * 2 ** 20 },
};
export const scrape = { job_name: "pods", sample_limit: 50_000, body_size_limit: "20MB" };

export const configMap = (
  change: { exporters?: object; extensions?: object; receivers?: object } = {},
  component = "gateway",
): Given => ({
  type: "core/v1:ConfigMap",
  props: {
    metadata: metadata(component, "telemetry-config-1"),
    data: {
      "relay.yaml": stringify({
        receivers: { otlp: {} },
        exporters: { "otlp/metrics-shop": exporter },
        service: { pipelines: {} },
        ...change,
      }),
    },
  },
});

export const container = {
  name: "collector",
  image: `docker.io/otel/opentelemetry-collector-contrib:0.161.0@sha256:${"0".repeat(64)}`,
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

export const daemonSet = (changed: object = {}, component = "gateway"): Given => ({
  type: "apps/v1:DaemonSet",
  name: component,
  props: {
    metadata: metadata(component),
    spec: {
      template: {
        metadata: { labels: labels(component) },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [{ ...container, ...changed }],
          volumes: [{ name: "config", configMap: { name: "telemetry-config-1" } }],
        },
      },
    },
  },
});

export const networkPolicy = (spec: object = {}, component = "gateway"): Given => ({
  type: "networking.k8s.io/v1:NetworkPolicy",
  name: `${component}-policy`,
  props: {
    metadata: metadata(component),
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": `telemetry-${component}` } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ port: 4317 }] }],
      egress: [{ ports: [{ port: 443 }] }, { to: [{ namespaceSelector: {} }] }],
      ...spec,
    },
  },
});

const rbac = "rbac.authorization.k8s.io/v1";
export const clusterRole = (rules: readonly object[], component = "gateway"): Given => ({
  type: `${rbac}:ClusterRole`,
  props: { metadata: metadata(component), rules },
});
export const role = (rules: readonly object[], namespace = "telemetry", component = "agent"): Given => ({
  type: `${rbac}:Role`,
  props: { metadata: { ...metadata(component), namespace }, rules },
});
export const binding = (name: string, subject: object): Given => ({
  type: `${rbac}:ClusterRoleBinding`,
  props: { roleRef: { kind: "ClusterRole", name }, subjects: [subject] },
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Makes the merged Secret as it is after the provider's check. */
export const mergedSecret = (files: Readonly<Record<string, string>> = {}, change: object = {}): Given => ({
  type: "core/v1:Secret",
  name: "credentials",
  props: {
    metadata: metadata("credentials", "telemetry-credentials-0123456789"),
    immutable: true,
    data: Object.fromEntries(Object.entries(files).map(([key, text]) => [key, base64(text)])),
    ...change,
  },
});
