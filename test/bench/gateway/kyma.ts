import { stringify } from "yaml";
import { podIp, podVariables, transform } from "../../../components/collector";
import { ports } from "../../../components/contract";
import { gatewayResources } from "../../../components/sizing";
import type { Signal } from "../../e2e/support/backends";
import { bareService } from "../support/bare";
import type { Configured } from "../support/testbed";
import type { Way } from "./options";

/**
 * Returns what Kyma's telemetry manager configures for pipelines without filters, transforms and deltas (its main branch of
 * 2026, github.com/kyma-project/telemetry-manager), without the processors that only its own image has: the enrichment
 * of services and, for traces and logs, the filter of Istio's noise.
 */
export function kyma(signal: Signal, addresses: readonly string[], { protocol, compression }: Way): Configured {
  const exporters = Object.fromEntries(
    addresses.map((endpoint, i) => [
      `otlp_${protocol}/${i}`,
      {
        endpoint,
        compression,
        tls: { insecure: true },
        sending_queue: { enabled: true, queue_size: Math.floor(256 / addresses.length) },
        retry_on_failure: { enabled: true, initial_interval: "5s", max_interval: "30s", max_elapsed_time: "300s" },
      },
    ]),
  );
  const configuration = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `${podIp}:${ports.otlpGrpc}` } } } },
    processors: processors(signal),
    exporters,
    ...(signal === "metrics" && { connectors: { "forward/input": {}, "forward/enrichment": {} } }),
    ...bareService(pipelines(signal, Object.keys(exporters)), "detailed"),
  };
  const { memoryLimit } = gatewayResources({ even: addresses.length, own: [] });
  return { configuration: stringify(configuration), memoryLimit };
}

function processors(signal: Signal): object {
  const size = signal === "metrics" ? 1024 : 512;
  const statements = (...list: readonly string[]): unknown => transform(signal, [{ statements: list }]);
  const missing = (name: string, value: string): string => {
    const attribute = `resource.attributes["${name}"]`;
    return `set(${attribute}, "${value}") where ${attribute} == nil or ${attribute} == ""`;
  };
  return {
    memory_limiter: { check_interval: "1s", limit_percentage: 75, spike_limit_percentage: 15 },
    k8s_attributes: {
      auth_type: "serviceAccount",
      passthrough: false,
      filter: { node_from_env_var: podVariables.node },
      pod_association: [
        { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
        { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
        { sources: [{ from: "connection" }] },
      ],
      extract: {
        metadata: [
          "pod.name",
          "node.name",
          "namespace.name",
          "deployment.name",
          "statefulset.name",
          "daemonset.name",
          "cronjob.name",
          "job.name",
        ].map((name) => `k8s.${name}`),
        labels: [
          { from: "pod", key: "app.kubernetes.io/name", tag_name: "kyma.kubernetes_io_app_name" },
          { from: "pod", key: "app", tag_name: "kyma.app_name" },
          { from: "node", key: "topology.kubernetes.io/region", tag_name: "cloud.region" },
          { from: "node", key: "topology.kubernetes.io/zone", tag_name: "cloud.availability_zone" },
          { from: "node", key: "node.kubernetes.io/instance-type", tag_name: "host.type" },
          { from: "node", key: "kubernetes.io/arch", tag_name: "host.arch" },
          { from: "pod", key_regex: "(app.kubernetes.io/.*)", tag_name: "k8s.pod.label.$$0" },
        ],
      },
    },
    "transform/insert-cluster-attributes": statements(
      missing("k8s.cluster.name", "bench"),
      missing("k8s.cluster.uid", "uid"),
    ),
    "transform/drop-kyma-attributes": statements(`delete_matching_keys(resource.attributes, "kyma.*")`),
    ...(signal === "metrics" && {
      "transform/set-kyma-input-name-otlp": statements(`set(resource.attributes["kyma.input.name"], "otlp")`),
      "transform/set-instrumentation-scope-kyma": statements(
        `set(scope.version, "1.0.0") where scope.name == "github.com/kyma-project/opentelemetry-collector-components/receiver/kymastatsreceiver"`,
        `set(scope.name, "io.kyma-project.telemetry/kyma") where scope.name == "github.com/kyma-project/opentelemetry-collector-components/receiver/kymastatsreceiver"`,
      ),
    }),
    ...(signal === "logs" && {
      "transform/set-observed-time-if-zero": statements(
        "set(log.observed_time, Now()) where log.observed_time_unix_nano == 0",
      ),
    }),
    batch: { send_batch_size: size, send_batch_max_size: size, timeout: "10s" },
  };
}

function pipelines(signal: Signal, exporters: readonly string[]): Readonly<Record<string, object>> {
  const cluster = "transform/insert-cluster-attributes";
  const own = "transform/drop-kyma-attributes";
  if (signal !== "metrics") {
    const observed = signal === "logs" ? ["transform/set-observed-time-if-zero"] : [];
    const list = ["memory_limiter", ...observed, "k8s_attributes", cluster, own, "batch"];
    return Object.fromEntries(
      exporters.map((id, i) => [`${signal}/${i}`, { receivers: ["otlp"], processors: list, exporters: [id] }]),
    );
  }
  return {
    "metrics/input-otlp": {
      receivers: ["otlp"],
      processors: ["transform/set-kyma-input-name-otlp"],
      exporters: ["forward/input"],
    },
    "metrics/enrichment": {
      receivers: ["forward/input"],
      processors: ["memory_limiter", "transform/set-instrumentation-scope-kyma", "k8s_attributes", cluster],
      exporters: ["forward/enrichment"],
    },
    ...Object.fromEntries(
      exporters.map((id, i) => [
        `metrics/${i}-output`,
        { receivers: ["forward/enrichment"], processors: [own, "batch"], exporters: [id] },
      ]),
    ),
  };
}
