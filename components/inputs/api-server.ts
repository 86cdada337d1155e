import { inputStackSettings, onOff } from "../schema";
import { defineInput, idPart } from "./define-input";
import { discoveryRights } from "./discovery-rights";
import { scopeProcessor } from "./scope";
import { jobSettings, scrapingReceiver, selectScraped } from "./scrape";

/** Name of the API servers' Service and of the EndpointSlice that they maintain, in the namespace `default`. */
const apiServerObject = "kubernetes";

/**
 * Metrics of the API server's health: requests, latency, rejections, queues, store and process. The API server has
 * thousands of further series, most of them buckets.
 */
const apiServerMetrics = [
  "apiserver_admission_webhook_admission_duration_seconds",
  "apiserver_admission_webhook_rejection_count",
  "apiserver_audit_error_total",
  "apiserver_current_inflight_requests",
  "apiserver_flowcontrol_current_inqueue_requests",
  "apiserver_flowcontrol_rejected_requests_total",
  "apiserver_longrunning_requests",
  "apiserver_request_duration_seconds",
  "apiserver_request_terminations_total",
  "apiserver_request_total",
  "apiserver_requested_deprecated_apis",
  // Replaces apiserver_storage_objects, which Kubernetes hides from 1.37 on.
  "apiserver_resource_objects",
  "apiserver_storage_objects",
  "apiserver_storage_size_bytes",
  "etcd_request_duration_seconds",
  "etcd_request_errors_total",
  "etcd_requests_total",
  "go_goroutines",
  "process_cpu_seconds_total",
  "process_open_fds",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
] as const;

/** Upper bounds, in seconds, of the buckets that are kept; the API server has three times as many. */
const buckets = "0[.]05|0[.]1|0[.]25|0[.]5|1([.]0)?|2([.]0)?|5([.]0)?|10([.]0)?|30([.]0)?|60([.]0)?|[+]Inf";

const setting = {
  key: "apiServer",
  pipeline: onOff(false, "The API server's own metrics: requests, latency, queues, store and process."),
  stack: inputStackSettings("apiServer", {}),
  everything: { enabled: true },
} as const;

const id = idPart(setting.key);
const targetsPort = 9392;

/** The API servers' own metrics. Each API server is scraped at its own address. */
export const apiServer = defineInput({
  name: "api-server",
  setting,
  role: "api-server",
  health: {
    kind: "targets",
    port: targetsPort,
    noTargets: "no address of the API server was found",
    refused: "The agent's ClusterRole or its binding was changed: run pulumi up --refresh.",
  },
  isWanted: () => true,
  collect: (_, { interval, scrape }) => ({
    receivers: scrapingReceiver(id, targetsPort, [
      {
        job_name: "kube-apiserver",
        ...jobSettings(interval, scrape),
        scheme: "https",
        authorization: { credentials_file: `${serviceAccount}/token` },
        tls_config: { ca_file: `${serviceAccount}/ca.crt`, server_name: "kubernetes.default.svc" },
        kubernetes_sd_configs: [
          {
            role: "endpointslice",
            namespaces: { names: ["default"] },
            // Discovery also watches pods. The selector matches none, since no pod in this namespace has this name.
            selectors: ["endpointslice", "service", "pod"].map((role) => ({
              role,
              field: `metadata.name=${apiServerObject}`,
            })),
          },
        ],
        relabel_configs: [
          {
            action: "keep",
            source_labels: ["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"],
            regex: "kubernetes;https",
          },
        ],
        metric_relabel_configs: [
          {
            action: "keep",
            source_labels: ["__name__"],
            regex: apiServerMetrics.map((metric) => `${metric}(_bucket|_count|_sum)?`).join("|"),
          },
          // A pattern can't match "none of these". So series to keep get a mark, which is removed afterwards.
          { target_label: keepMark, source_labels: ["le"], regex: `|${buckets}`, replacement: "keep" },
          { action: "keep", source_labels: [keepMark], regex: "keep" },
          { action: "labeldrop", regex: keepMark },
        ],
      },
    ]),
    extensions: {},
    processors: [scopeProcessor(id)],
    select: () => selectScraped({ selection: {} }),
  }),
  rights: () => ({
    cluster: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
    // The API servers' own addresses are those of the Service `kubernetes`. Discovery watches all three kinds.
    namespaces: [{ namespace: "default", rules: discoveryRights({ resourceNames: [apiServerObject] }) }],
  }),
  egress: () => [],
});

const keepMark = "telemetry_keep";

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
