// Made by docs/generate.ts from the schemas in components/settings and components/inputs: change those.

import type * as pulumi from "@pulumi/pulumi";

/* Only texts in `value` may be Outputs: everything else decides which objects exist, and has to be known when the
   program runs. */

export interface PipelinesArgs {
  /**
   * Namespace that the program creates for gateway and agent. It must not exist yet, unless this stack created it.
   * Made of lower-case letters, digits and `-`, with a letter or digit at both ends; at most 63 characters. Not
   * `default`, and none that starts with `kube-` or `openshift`.
   */
  namespace?: string;
  /**
   * Whether the namespace exists already and belongs to others. The program then adds the labels of Pod Security to
   * it, so that only restricted pods start there, and `destroy` leaves it. Defaults to `false`.
   */
  existingNamespace?: boolean;
  /** Whether pulumi refuses to delete the namespace. A preview of `destroy` then fails. Defaults to `false`. */
  protect?: boolean;
  /** Pipelines for metrics. */
  metricPipelines?: MetricPipelineArgs[];
  /** Pipelines for traces. */
  tracePipelines?: TracePipelineArgs[];
  /** Pipelines for logs: those that applications push, and those that containers write. */
  logPipelines?: LogPipelineArgs[];
  /**
   * Files with manifests of the kinds `MetricPipeline`, `TracePipeline` and `LogPipeline`, read unchanged. Each file
   * has at least one pipeline.
   */
  pipelineFiles?: string[];
  /**
   * Whether the stack may have no pipelines. By default, no pipelines are an error, because the update would remove
   * gateway and agent.
   */
  allowNoPipelines?: boolean;
  /** Settings of all metric pipelines. */
  metric?: MetricSettingsArgs;
  /** Attributes to add to all data. */
  enrichments?: EnrichmentsArgs;
  /** The service mesh. */
  istio?: IstioSettingsArgs;
  /** The network around gateway and agent. */
  network?: NetworkArgs;
  /** The gateway's workload. */
  gateway?: GatewaySettingsArgs;
  /** The metric agent's workloads. */
  agent?: AgentSettingsArgs;
  /** The log agent's workload. */
  logAgent?: {
    /**
     * Image of the collector, from 0.149.0 to 0.161.0 by its tag. Default:
     * docker.io/otel/opentelemetry-collector-contrib:0.161.0.
     */
    image?: string;
    /**
     * Secrets in the log agent's namespace with the logins of image registries, as in a pod. The pod that validates
     * uses them, too. The first update of a stack creates the namespace, and fails if it cannot pull the image: create
     * the Secrets there, then update again.
     */
    imagePullSecrets?: {
      /**
       * Name of a Secret. Made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each
       * part.
       */
      name: string;
    }[];
    /**
     * Name of an existing PriorityClass for a log agent. Default: the program creates one above ordinary workloads.
     * When a node shuts down, the kubelet ends pods of `system-node-critical` and `system-cluster-critical` last. Some
     * providers, such as GKE, admit these two only in namespaces with a ResourceQuota for them. Made of lower-case
     * letters, digits, `-` and `.`, with a letter or digit at both ends of each part.
     */
    priorityClassName?: string;
    /**
     * Lowest level that the collector logs. With `error`, no log shows whether a backend rejects data in good answers,
     * so the best verdict about a backend is `NoEvidence`. Above `info`, causes of failures are missing. Defaults to
     * `info`.
     */
    logLevel?: "debug" | "info" | "warn" | "error";
    /** Resources of one log agent. */
    resources?: {
      /** Resources to reserve on each node. */
      requests?: {
        /** CPU to reserve. Default: `50m`. Millicores such as `200m`, or cores. `0` reserves nothing. */
        cpu?: string;
        /** Memory to reserve. Default: `128Mi`. Bytes, or with a unit such as `Mi` or `Gi`. `0` reserves nothing. */
        memory?: string;
      };
      /** Most that a log agent may use of its node. */
      limits?: {
        /**
         * Most CPU of one log agent. Default: no limit, because a throttled collector loses data that an idle core could
         * save. Set it only where a ResourceQuota or a LimitRange requires one. At least the reserved CPU. Millicores such
         * as `200m`, or cores; at least `10m`.
         */
        cpu?: string;
        /**
         * Most memory of one log agent. Default: `256Mi` and `64Mi` for each pipeline with container logs. At least the
         * reserved memory. At least `192Mi`.
         */
        memory?: string;
      };
    };
    /** Which tainted nodes get a log agent. Default: all. */
    tolerations?: TolerationArgs[];
    /**
     * Labels of the nodes that get a log agent. Default: all nodes. Windows nodes and virtual nodes, such as those of
     * Fargate, never get one, so selecting them is an error.
     */
    nodeSelector?: Record<string, string>;
    /**
     * Further labels of the pods. Not `app.kubernetes.io/name`, `app.kubernetes.io/instance`,
     * `app.kubernetes.io/component`, `app.kubernetes.io/part-of`, `app.kubernetes.io/managed-by`.
     */
    labels?: Record<string, string>;
    /** Further annotations of the pods. */
    annotations?: Record<string, string>;
    /**
     * Namespace that the program creates for the log agent. It admits privileged pods, because the log agent mounts
     * files of its node. Default: the stack's namespace with `-logs` at its end. Made of lower-case letters, digits
     * and `-`, with a letter or digit at both ends; at most 63 characters. Not the stack's namespace, not `default`,
     * and none that starts with `kube-` or `openshift`.
     */
    namespace?: string;
    /**
     * Where a pipeline begins with the files that exist when it reads on a node for the first time. Files that appear
     * later are read from their beginning. Defaults to `beginning`.
     */
    startAt?: "beginning" | "end";
    /**
     * Encoded data of each pipeline that the log agent keeps on the disk of its node while the backend does not accept
     * it. `output.otlp.queue.size` and `output.otlp.retry` do not apply to container logs. From `16Mi` to `1024Gi`.
     * Defaults to `256Mi`.
     */
    diskQueue?: string;
    /**
     * SELinux label of the log agent, as in a pod. On nodes that enforce SELinux, a usual container may neither read
     * `/var/log/pods` nor write to `/var/lib/telemetry-pipelines`, so the log agent does not start. Default: the label
     * that the container runtime chooses.
     */
    seLinuxOptions?: {
      /** Type of the label. */
      type?: string;
      /** Level of the label. */
      level?: string;
      /** Role of the label. */
      role?: string;
      /** User of the label. */
      user?: string;
    };
  };
  /** How configurations are validated before anything changes. */
  validation?: ValidationSettingsArgs;
  /** The proof, at the end of an update, that backends accept data. */
  verification?: VerificationArgs;
  /** Alerts and a dashboard about gateway and agent themselves. See docs/monitoring.md. */
  monitoring?: MonitoringArgs;
}

/** One pipeline. */
export interface MetricPipelineArgs {
  /**
   * Name of the pipeline, unique among those of its kind. Made of lower-case letters, digits, `-` and `.`, with a
   * letter or digit at both ends of each part; at most 200 characters.
   */
  name: string;
  /** Sources of the metrics. */
  input?: MetricInputArgs;
  /** Changes to the data, in this order. */
  transform?: TransformArgs[];
  /** Items to drop, decided after all transforms. */
  filter?: FilterArgs[];
  /** Destination of the data. */
  output: {
    /** An OTLP backend. */
    otlp: MetricOtlpOutputArgs;
  };
  /**
   * A point, span or record named `telemetry.canary` that each verification sends to the backend. It proves that the
   * backend accepts data while no application sends any.
   */
  canary?: SwitchArgs;
}

/** Sources of the metrics. */
export interface MetricInputArgs {
  /** Data that applications push to the OTLP gateway of their node. */
  otlp?: OtlpInputArgs;
  /** Pods and Services annotated with `prometheus.io/scrape: "true"`. */
  prometheus?: PrometheusInputArgs;
  /** Targets of the Prometheus Operator's ServiceMonitors and PodMonitors, without the operator. */
  prometheusOperator?: PrometheusOperatorInputArgs;
  /** Metrics of the cluster and its workloads. */
  runtime?: RuntimeInputArgs;
  /** The Istio proxies next to applications. */
  istio?: IstioInputArgs;
  /** The API server's own metrics: requests, latency, queues, store and process. */
  apiServer?: SwitchArgs;
}

/** Data that applications push to the OTLP gateway of their node. */
export interface OtlpInputArgs {
  /** Whether data that applications push goes into this pipeline. Defaults to `true`. */
  enabled?: boolean;
  /**
   * Namespaces from which data is taken. All by default. `include` or `exclude`, not both; `{}` means all
   * namespaces.
   */
  namespaces?: NamespaceSelectorArgs;
  /**
   * Whether to take data whose namespace is unknown: no pod was found for it, and it names no namespace itself. With
   * `namespaces.include`, the default is `reject`, so that a tenant gets only its own data. Else it is `accept`.
   */
  unknownNamespace?: "accept" | "reject";
}

/** `include` or `exclude`, not both; neither means all namespaces. */
export interface NamespaceSelectorArgs {
  /**
   * Only data from these namespaces. Names of namespaces: lower-case letters, digits and `-`, with a letter or digit
   * at both ends, at most 63 characters.
   */
  include?: string[];
  /**
   * Only data from outside these namespaces. Names of namespaces: lower-case letters, digits and `-`, with a letter
   * or digit at both ends, at most 63 characters.
   */
  exclude?: string[];
}

/** Pods and Services annotated with `prometheus.io/scrape: "true"`. */
export interface PrometheusInputArgs {
  /** Whether to collect from annotated targets. Defaults to `false`. */
  enabled?: boolean;
  /**
   * Namespaces from which data is taken. All but the system namespaces by default. `include` or `exclude`, not both;
   * `{}` means all namespaces.
   */
  namespaces?: NamespaceSelectorArgs;
  /** The scraper's own metrics about each target, such as `up` and `scrape_duration_seconds`. */
  diagnosticMetrics?: SwitchArgs;
}

/** Switches a part on or off. */
export interface SwitchArgs {
  /** Whether the part is on. */
  enabled?: boolean;
}

/** Targets of the Prometheus Operator's ServiceMonitors and PodMonitors, without the operator. */
export interface PrometheusOperatorInputArgs {
  /** Whether to collect what ServiceMonitors and PodMonitors ask for. Defaults to `false`. */
  enabled?: boolean;
  /**
   * Namespaces from which monitors are taken. All but the system namespaces by default. `include` or `exclude`, not
   * both; `{}` means all namespaces.
   */
  namespaces?: NamespaceSelectorArgs;
  /** Choice of ServiceMonitors. */
  serviceMonitors?: {
    /** Whether to scrape the targets of ServiceMonitors. Defaults to `true`. */
    enabled?: boolean;
    /** Only ServiceMonitors with these labels. All by default. */
    labelSelector?: {
      /** Labels that must have these values. */
      matchLabels?: Record<string, string>;
      /** Conditions that must all hold. */
      matchExpressions?: {
        /** Key of the label. */
        key: string;
        /** How the label is compared. */
        operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
        /** Values of the label. At least one with `In` and `NotIn`, none with `Exists` and `DoesNotExist`. */
        values?: string[];
      }[];
    };
  };
  /** Choice of PodMonitors. */
  podMonitors?: {
    /** Whether to scrape the targets of PodMonitors. Defaults to `true`. */
    enabled?: boolean;
    /** Only PodMonitors with these labels. All by default. */
    labelSelector?: {
      /** Labels that must have these values. */
      matchLabels?: Record<string, string>;
      /** Conditions that must all hold. */
      matchExpressions?: {
        /** Key of the label. */
        key: string;
        /** How the label is compared. */
        operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
        /** Values of the label. At least one with `In` and `NotIn`, none with `Exists` and `DoesNotExist`. */
        values?: string[];
      }[];
    };
  };
  /** The scraper's own metrics about each target, such as `up` and `scrape_duration_seconds`. */
  diagnosticMetrics?: SwitchArgs;
  /**
   * Namespaces whose monitors may use Secrets and ConfigMaps of their own namespace, for example for basic
   * authentication. Each update reads them with your rights. None by default. Names of namespaces: lower-case
   * letters, digits and `-`, with a letter or digit at both ends, at most 63 characters.
   */
  allowSecretsFrom?: string[];
}

/** Metrics of the cluster and its workloads. */
export interface RuntimeInputArgs {
  /** Whether to collect from the kubelets and about the cluster's state. Defaults to `false`. */
  enabled?: boolean;
  /**
   * Namespaces from which data is taken. All but the system namespaces by default. `include` or `exclude`, not both;
   * `{}` means all namespaces.
   */
  namespaces?: NamespaceSelectorArgs;
  /** Resources whose metrics are collected. */
  resources?: RuntimeResourcesArgs;
  /**
   * Names of metrics that are off by default, also of resources that are switched off above. Names from the list of
   * additional metrics in the pipeline reference.
   */
  additionalMetrics?: string[];
}

/** Resources whose metrics are collected. */
export interface RuntimeResourcesArgs {
  /** Metrics of the resource pod. */
  pod?: SwitchArgs;
  /** Metrics of the resource container. */
  container?: SwitchArgs;
  /** Metrics of the resource node. */
  node?: SwitchArgs;
  /** Metrics of the resource volume. */
  volume?: SwitchArgs;
  /** Metrics of the resource daemonset. */
  daemonset?: SwitchArgs;
  /** Metrics of the resource deployment. */
  deployment?: SwitchArgs;
  /** Metrics of the resource statefulset. */
  statefulset?: SwitchArgs;
  /** Metrics of the resource job. */
  job?: SwitchArgs;
}

/** The Istio proxies next to applications. */
export interface IstioInputArgs {
  /** Whether to collect from the proxies of an Istio mesh. Defaults to `false`. */
  enabled?: boolean;
  /**
   * Namespaces from which data is taken. All but the system namespaces by default. `include` or `exclude`, not both;
   * `{}` means all namespaces.
   */
  namespaces?: NamespaceSelectorArgs;
  /** The scraper's own metrics about each target, such as `up` and `scrape_duration_seconds`. */
  diagnosticMetrics?: SwitchArgs;
  /** Also the metrics whose names start with `envoy_`. */
  envoyMetrics?: SwitchArgs;
}

/** One step. */
export interface TransformArgs {
  /**
   * OTTL conditions, the statements run where one of them holds, or always if the list is empty. Every path starts
   * with its context.
   */
  conditions?: string[];
  /**
   * OTTL statements, run in this order, at least one. A statement that fails on an item is logged and skipped. Every
   * path starts with its context.
   */
  statements?: string[];
}

/** One set of conditions. */
export interface FilterArgs {
  /** OTTL conditions, an item is dropped where one holds. At least one. Every path starts with its context. */
  conditions?: string[];
}

/** An OTLP backend. */
export interface MetricOtlpOutputArgs {
  /** OTLP over gRPC or over HTTP (protobuf). Defaults to `grpc`. */
  protocol?: "grpc" | "http";
  /**
   * Address of the backend. With `grpc`: `host:port`, optionally after `https://` or `http://` (no TLS), without a
   * path. With `http`: an `http` or `https` URL, to which `/v1/metrics`, `/v1/traces` or `/v1/logs` is added. IPv6
   * in brackets.
   */
  endpoint: ValueArgs;
  /**
   * Added to the endpoint instead of `/v1/metrics`, `/v1/traces` or `/v1/logs`. Only with `protocol: http`. Without
   * a query: the path is stored in clear text.
   */
  path?: string;
  /**
   * How requests are compressed. By default `none` to a Service of the cluster (`name`, `name.namespace.svc` and
   * longer, or without TLS also `name.namespace`), otherwise, and where the address is kept in a Secret, `gzip`.
   * Every OTLP backend accepts these two. `gzip` takes half of a gateway's CPU time. `snappy` saves most of it, if
   * the backend accepts it, as OpenTelemetry Collectors do (docs/gateway.md).
   */
  compression?: "none" | "gzip" | "snappy" | "zstd";
  /** How to authenticate at the backend. `basic` or `oauth2`, not both. */
  authentication?: AuthenticationArgs;
  /** Headers sent with every request; with `grpc`, metadata. */
  headers?: HeaderArgs[];
  /**
   * Transport security. TLS with the system's authorities by default. Certificates must not be expired. From 14 days
   * before they expire, each update warns.
   */
  tls?: TlsArgs;
  /**
   * Time without an answer after which a connection is probed; without an answer to the probe within ten seconds, it
   * is replaced. Load balancers and NAT drop idle connections without a word, and a connection that nobody probes
   * loses all that is sent for a quarter of an hour. Over gRPC, an idle connection is probed only with the next
   * request, because servers close connections whose clients probe them idle. Over HTTP/1.1, each request has its
   * own time limit. From `10s`. Defaults to `30s`.
   */
  keepalive?: string;
  /** How long the collector retries. */
  retry?: {
    /**
     * Time for which the collector retries a batch that the backend does not accept. Then it drops the batch. A longer
     * time survives a longer outage only if the queue has room for the data of this time: data that finds the queue
     * full is lost at once. A number with its unit (`s`, `m`, `h`), such as `90s`; from `10s` to `24h`. Never `0`.
     * Defaults to `5m`.
     */
    maxElapsedTime?: string;
  };
  /** The queue in front of the backend, in memory. */
  queue?: {
    /**
     * Encoded data that each collector keeps while the backend does not accept it. By default, the pipelines without a
     * size share evenly what the memory limit leaves for queues. The default of the memory limit of gateway and agent
     * grows by 15 times the size. A memory limit of your own must have room for it. From `4Mi`, the largest request
     * over gRPC, to `16Gi`. The gateway accepts no request over HTTP that the smallest queue of its pipelines cannot
     * hold.
     */
    size?: string;
  };
  /**
   * `preserve` sends points as they came. `delta` turns cumulative sums and histograms into deltas. Each collector
   * computes them from its own memory, so increments of a series are lost while a pod is replaced. Defaults to
   * `preserve`.
   */
  temporality?: "preserve" | "delta";
}

/** Text that is given directly or read from a Secret: `value` or `valueFrom`. */
export interface ValueArgs {
  /** The text itself. For a credential use `secure:` (`pulumi config set --secret --path`). */
  value?: pulumi.Input<string>;
  /** Source of the text, read on each update, instead of `value`. */
  valueFrom?: ValueSourceArgs;
}

/** A key of a Secret in any namespace, read on each update. */
export interface ValueSourceArgs {
  /** A key of a Secret in the cluster. */
  secretKeyRef: {
    /** Name of the Secret. */
    name: string;
    /** Namespace of the Secret; any. */
    namespace: string;
    /** Key in the Secret's data. */
    key: string;
  };
}

/** How to authenticate at the backend. */
export interface AuthenticationArgs {
  /** HTTP basic authentication. */
  basic?: {
    /** User name. Without `:`, which separates it from the password. */
    user: ValueArgs;
    /** Password. */
    password: ValueArgs;
  };
  /** OAuth2 client credentials. Needs TLS with `protocol: grpc`. */
  oauth2?: OAuth2Args;
}

/** OAuth2 client credentials. */
export interface OAuth2Args {
  /**
   * URL of the server that issues tokens. `tls` does not apply to it: a public authority must have signed its
   * certificate. An absolute `http` or `https` URL.
   */
  tokenURL: ValueArgs;
  /** Client id. */
  clientID: ValueArgs;
  /** Client secret. */
  clientSecret: ValueArgs;
  /** Scopes to ask for. */
  scopes?: string[];
  /** Further parameters of the token request. Not for credentials: they are not treated as secret. */
  params?: Record<string, string>;
}

/** One header. */
export interface HeaderArgs {
  /** Name of the header. A valid HTTP header name, once per output; not one that the exporter sets itself. */
  name: string;
  /** The text itself. For a credential use `secure:` (`pulumi config set --secret --path`). */
  value?: pulumi.Input<string>;
  /** Source of the text, read on each update, instead of `value`. */
  valueFrom?: ValueSourceArgs;
  /** Put before the value, with one space between. One word of at most 20 characters: it is stored in clear text. */
  prefix?: string;
}

/** Transport security. TLS with the system's authorities by default. */
export interface TlsArgs {
  /** Send without TLS. Not together with `ca`, `cert`, `key`, or an `https://` endpoint. Defaults to `false`. */
  insecure?: boolean;
  /** Use TLS but do not check the backend's certificate. Defaults to `false`. */
  insecureSkipVerify?: boolean;
  /**
   * Certificates of the authorities that may sign the backend's certificate, as PEM. Line breaks may be written as
   * `\n`. All of them must be CAs.
   */
  ca?: ValueArgs;
  /**
   * Client certificate, followed by its intermediates if any, as PEM. Line breaks may be written as `\n`. Only
   * together with `key`, which must belong to it.
   */
  cert?: ValueArgs;
  /**
   * Private key of the client certificate, as PEM. Line breaks may be written as `\n`. Only together with `cert`;
   * not encrypted.
   */
  key?: ValueArgs;
}

/** One pipeline. */
export interface TracePipelineArgs {
  /**
   * Name of the pipeline, unique among those of its kind. Made of lower-case letters, digits, `-` and `.`, with a
   * letter or digit at both ends of each part; at most 200 characters.
   */
  name: string;
  /** Changes to the data, in this order. */
  transform?: TransformArgs[];
  /** Items to drop, decided after all transforms. */
  filter?: FilterArgs[];
  /** Destination of the data. */
  output: {
    /** An OTLP backend. */
    otlp: OtlpOutputArgs;
  };
  /**
   * A point, span or record named `telemetry.canary` that each verification sends to the backend. It proves that the
   * backend accepts data while no application sends any.
   */
  canary?: SwitchArgs;
}

/** An OTLP backend. */
export interface OtlpOutputArgs {
  /** OTLP over gRPC or over HTTP (protobuf). Defaults to `grpc`. */
  protocol?: "grpc" | "http";
  /**
   * Address of the backend. With `grpc`: `host:port`, optionally after `https://` or `http://` (no TLS), without a
   * path. With `http`: an `http` or `https` URL, to which `/v1/metrics`, `/v1/traces` or `/v1/logs` is added. IPv6
   * in brackets.
   */
  endpoint: ValueArgs;
  /**
   * Added to the endpoint instead of `/v1/metrics`, `/v1/traces` or `/v1/logs`. Only with `protocol: http`. Without
   * a query: the path is stored in clear text.
   */
  path?: string;
  /**
   * How requests are compressed. By default `none` to a Service of the cluster (`name`, `name.namespace.svc` and
   * longer, or without TLS also `name.namespace`), otherwise, and where the address is kept in a Secret, `gzip`.
   * Every OTLP backend accepts these two. `gzip` takes half of a gateway's CPU time. `snappy` saves most of it, if
   * the backend accepts it, as OpenTelemetry Collectors do (docs/gateway.md).
   */
  compression?: "none" | "gzip" | "snappy" | "zstd";
  /** How to authenticate at the backend. `basic` or `oauth2`, not both. */
  authentication?: AuthenticationArgs;
  /** Headers sent with every request; with `grpc`, metadata. */
  headers?: HeaderArgs[];
  /**
   * Transport security. TLS with the system's authorities by default. Certificates must not be expired. From 14 days
   * before they expire, each update warns.
   */
  tls?: TlsArgs;
  /**
   * Time without an answer after which a connection is probed; without an answer to the probe within ten seconds, it
   * is replaced. Load balancers and NAT drop idle connections without a word, and a connection that nobody probes
   * loses all that is sent for a quarter of an hour. Over gRPC, an idle connection is probed only with the next
   * request, because servers close connections whose clients probe them idle. Over HTTP/1.1, each request has its
   * own time limit. From `10s`. Defaults to `30s`.
   */
  keepalive?: string;
  /** How long the collector retries. */
  retry?: {
    /**
     * Time for which the collector retries a batch that the backend does not accept. Then it drops the batch. A longer
     * time survives a longer outage only if the queue has room for the data of this time: data that finds the queue
     * full is lost at once. A number with its unit (`s`, `m`, `h`), such as `90s`; from `10s` to `24h`. Never `0`.
     * Defaults to `5m`.
     */
    maxElapsedTime?: string;
  };
  /** The queue in front of the backend, in memory. */
  queue?: {
    /**
     * Encoded data that each collector keeps while the backend does not accept it. By default, the pipelines without a
     * size share evenly what the memory limit leaves for queues. The default of the memory limit of gateway and agent
     * grows by 15 times the size. A memory limit of your own must have room for it. From `4Mi`, the largest request
     * over gRPC, to `16Gi`. The gateway accepts no request over HTTP that the smallest queue of its pipelines cannot
     * hold.
     */
    size?: string;
  };
}

/** One pipeline. */
export interface LogPipelineArgs {
  /**
   * Name of the pipeline, unique among those of its kind. Made of lower-case letters, digits, `-` and `.`, with a
   * letter or digit at both ends of each part; at most 200 characters.
   */
  name: string;
  /** Sources of the log records. */
  input?: LogInputArgs;
  /** Changes to the data, in this order. */
  transform?: TransformArgs[];
  /** Items to drop, decided after all transforms. */
  filter?: FilterArgs[];
  /** Destination of the data. */
  output: {
    /** An OTLP backend. */
    otlp: OtlpOutputArgs;
  };
  /**
   * A point, span or record named `telemetry.canary` that each verification sends to the backend. It proves that the
   * backend accepts data while no application sends any.
   */
  canary?: SwitchArgs;
}

/** Sources of the log records. */
export interface LogInputArgs {
  /** Data that applications push to the OTLP gateway of their node. */
  otlp?: OtlpInputArgs;
  /** Container logs (docs/container-logs.md). In a manifest, they are on unless it turns them off. */
  runtime?: {
    /** Whether to collect the lines that containers write to standard output and standard error. Defaults to `false`. */
    enabled?: boolean;
    /**
     * Namespaces from which data is taken. All but the system namespaces by default. `include` or `exclude`, not both;
     * `{}` means all namespaces.
     */
    namespaces?: NamespaceSelectorArgs;
    /** Containers from which data is taken. All by default. `include` or `exclude`, not both. */
    containers?: NamespaceSelectorArgs;
    /**
     * Whether a record whose line is a JSON object with `message` or `msg` has the line in the attribute
     * `log.original`. Defaults to `true`.
     */
    keepOriginalBody?: boolean;
  };
}

/** Settings of all metric pipelines. */
export interface MetricSettingsArgs {
  /**
   * Time between two collections of every metric input that collects. Default: 30s. A number with its unit (`ms`,
   * `s`, `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
   */
  collectionInterval?: string;
  /** Settings of the prometheus inputs. */
  prometheus?: {
    /**
     * Time between two collections by prometheus. By default that of all inputs. A number with its unit (`ms`, `s`,
     * `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
     */
    collectionInterval?: string;
    /** How targets annotated with `prometheus.io/scheme: https` are verified. */
    tls?: {
      /** Whether to accept any certificate of a target. Defaults to `false`. */
      insecureSkipVerify?: boolean;
      /**
       * Authorities that may sign the certificates of targets. Default: the system's. PEM of one or more certificates.
       * Line breaks may be written as `\n`.
       */
      ca?: string;
      /** Name that the certificates of targets are for. Default: the target's address. */
      serverName?: string;
    };
    /**
     * Tokens for annotated targets that require one: the agent sends `Authorization: Bearer …` to every annotated
     * target in these namespaces, and to no other. A target is in the namespace of its Pod, whatever Service leads to
     * it. With a token, the agent follows no redirect. With `http`, the token crosses the cluster's network in clear
     * text.
     */
    bearerTokens?: {
      /**
       * Namespaces whose targets get the token. Names of namespaces: lower-case letters, digits and `-`, with a letter
       * or digit at both ends, at most 63 characters. No namespace has two tokens.
       */
      namespaces: string[];
      /** The token, without the word `Bearer`. */
      token: ValueArgs;
    }[];
    /** Limits of one answer of a target. */
    limits?: {
      /** Most samples in one answer of a target. An answer with more is dropped as a whole. Defaults to `50000`. */
      samples?: number;
      /**
       * Most bytes of one answer of a target. Bytes, or with a unit such as `M` or `Mi`, at least `1k`. A larger answer
       * is dropped as a whole. With more than `16M`, a label of 16 MiB in an answer ends the agent. Defaults to `16M`.
       */
      bodySize?: string;
    };
    /**
     * Whether to scrape native histograms of Prometheus, which become exponential histograms. Without, a target that
     * has only these yields count, sum and one bucket. With, a target that has both kinds yields exponential ones
     * only, which the backend must accept. Defaults to `false`.
     */
    nativeHistograms?: boolean;
    /**
     * Whether samples keep the timestamps that a target gives them. Without, they get the time of the scrape: a
     * backend such as Prometheus refuses a whole request with one sample that is too old. Defaults to `true`.
     */
    honorTimestamps?: boolean;
    /**
     * Names of scraped metrics and labels. `utf8`: as the target has them, such as `http.requests`. `legacy`: the
     * agent asks each target to replace all characters but letters, digits, `_` and `:`, as in `http_requests`. A
     * target that cannot do that keeps its names. Defaults to `utf8`.
     */
    names?: "utf8" | "legacy";
    /**
     * Addresses of targets on their node's own network, such as a node exporter. Elsewhere, a network policy lets the
     * agent reach pods only. Without bits behind the prefix: `10.1.0.0/16`, not `10.1.2.3/16`.
     */
    hostNetworks?: string[];
  };
  /** Settings of the prometheusOperator inputs. */
  prometheusOperator?: {
    /**
     * Time between two collections by prometheusOperator. By default that of all inputs. A number with its unit (`ms`,
     * `s`, `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
     */
    collectionInterval?: string;
    /**
     * Shortest interval that a monitor gets. A shorter one is raised, with a warning. A number with its unit (`ms`,
     * `s`, `m`, `h`); from `1s` to `24h`. Defaults to `10s`.
     */
    minimumInterval?: string;
  };
  /** Settings of the runtime inputs. */
  runtime?: {
    /**
     * Time between two collections by runtime. By default that of all inputs. A number with its unit (`ms`, `s`, `m`,
     * `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
     */
    collectionInterval?: string;
    /** How the agent connects to kubelets. */
    kubelet?: {
      /** Whether to accept any certificate of a kubelet, for clusters whose kubelets sign their own. Defaults to `false`. */
      insecureSkipVerify?: boolean;
      /**
       * Family of the kubelets' address: the first address of a node. If nodes have both families, the first address has
       * the family that the cluster prefers. Defaults to `IPv4`.
       */
      ipFamily?: "IPv4" | "IPv6";
    };
  };
  /** Settings of the istio inputs. */
  istio?: {
    /**
     * Time between two collections by istio. By default that of all inputs. A number with its unit (`ms`, `s`, `m`,
     * `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
     */
    collectionInterval?: string;
  };
  /** Settings of the apiServer inputs. */
  apiServer?: {
    /**
     * Time between two collections by apiServer. By default that of all inputs. A number with its unit (`ms`, `s`,
     * `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.
     */
    collectionInterval?: string;
  };
}

/** Attributes to add to all data. */
export interface EnrichmentsArgs {
  /** The cluster. */
  cluster?: {
    /** Value of the resource attribute `k8s.cluster.name`. By default it is not set. */
    name?: string;
  };
  /** Labels of pods that become resource attributes `k8s.pod.label.<key>`. Each has `key` or `keyPrefix`. */
  extractPodLabels?: PodLabelArgs[];
  /** Resource attributes `service.*` by OpenTelemetry's conventions for Kubernetes. */
  service?: SwitchArgs;
}

/** Labels of pods. */
export interface PodLabelArgs {
  /** Key of one label. */
  key?: string;
  /** Common start of the keys of several labels. */
  keyPrefix?: string;
}

/** The service mesh. */
export interface IstioSettingsArgs {
  /**
   * Whether workloads are in an Istio mesh. `auto` checks on each update whether the cluster has Istio's kinds.
   * Defaults to `auto`.
   */
  mode?: "auto" | "on" | "off";
}

/** The network around gateway and agent. */
export interface NetworkArgs {
  /**
   * Addresses that gateway and agent may reach, on every port, beyond name servers, the API server's usual ports and
   * their backends: an API server with another port, or a Service that leads to no pods. Without bits behind the
   * prefix: `10.1.0.0/16`, not `10.1.2.3/16`.
   */
  egress?: string[];
  /**
   * HTTP proxy to backends outside the cluster, for gRPC and HTTP. Connections stay direct to the API server, the
   * pod's node, scraped targets, names that end in `.svc` or `.cluster.local`, and Services without a dot in their
   * name. The network policies allow the proxy.
   */
  proxy?: {
    /** Address of the proxy, without credentials. `http://HOST:PORT`. Backends keep their own TLS. */
    url: string;
    /**
     * Further hosts that gateway and agent reach without the proxy: backends inside your network, Services written as
     * `name.namespace` or with a domain other than `cluster.local`, and the API server where pods know it by a name.
     * `example.com` is this host and all below, `.example.com` only those below. An address or a CIDR matches only
     * backends that are written as an address. A port may follow a name: `example.com:4317`.
     */
    noProxy?: string[];
  };
}

/** The gateway's workload. */
export interface GatewaySettingsArgs {
  /**
   * Image of the collector, from 0.149.0 to 0.161.0 by its tag. Default:
   * docker.io/otel/opentelemetry-collector-contrib:0.161.0.
   */
  image?: string;
  /**
   * Secrets in the stack's namespace with the logins of image registries, as in a pod. The pod that validates uses
   * them, too. The first update of a stack creates the namespace, and fails if it cannot pull the image: create the
   * Secrets there, then update again.
   */
  imagePullSecrets?: {
    /**
     * Name of a Secret. Made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each
     * part.
     */
    name: string;
  }[];
  /**
   * Name of an existing PriorityClass for a gateway. Default: the program creates one above ordinary workloads. When
   * a node shuts down, the kubelet ends pods of `system-node-critical` and `system-cluster-critical` last. Some
   * providers, such as GKE, admit these two only in namespaces with a ResourceQuota for them. Made of lower-case
   * letters, digits, `-` and `.`, with a letter or digit at both ends of each part.
   */
  priorityClassName?: string;
  /**
   * Lowest level that the collector logs. With `error`, no log shows whether a backend rejects data in good answers,
   * so the best verdict about a backend is `NoEvidence`. Above `info`, causes of failures are missing. Defaults to
   * `info`.
   */
  logLevel?: "debug" | "info" | "warn" | "error";
  /** Resources of one gateway. */
  resources?: {
    /** Resources to reserve on each node. */
    requests?: {
      /** CPU to reserve. Default: `100m`. Millicores such as `200m`, or cores. `0` reserves nothing. */
      cpu?: string;
      /** Memory to reserve. Default: `128Mi`. Bytes, or with a unit such as `Mi` or `Gi`. `0` reserves nothing. */
      memory?: string;
    };
    /** Most that a gateway may use of its node. */
    limits?: {
      /**
       * Most CPU of one gateway. Default: no limit, because a throttled collector loses data that an idle core could
       * save. Set it only where a ResourceQuota or a LimitRange requires one. At least the reserved CPU. Millicores such
       * as `200m`, or cores; at least `10m`.
       */
      cpu?: string;
      /**
       * Most memory of one gateway, from which queues are sized. Default: `256Mi` and `256Mi` for each pipeline without
       * `queue.size`, but `2Gi` for 7 to 29 pipelines, and from there `60Mi` for each more. At least the reserved
       * memory. At least `192Mi`.
       */
      memory?: string;
    };
  };
  /** Which tainted nodes get a gateway. Default: all. */
  tolerations?: TolerationArgs[];
  /**
   * Labels of the nodes that get a gateway. Default: all nodes. Windows nodes and virtual nodes, such as those of
   * Fargate, never get one, so selecting them is an error.
   */
  nodeSelector?: Record<string, string>;
  /**
   * Further labels of the pods. Not `app.kubernetes.io/name`, `app.kubernetes.io/instance`,
   * `app.kubernetes.io/component`, `app.kubernetes.io/part-of`, `app.kubernetes.io/managed-by`.
   */
  labels?: Record<string, string>;
  /** Further annotations of the pods. */
  annotations?: Record<string, string>;
  /**
   * Whether the Services `telemetry-otlp-metrics`, `telemetry-otlp-traces` and `telemetry-otlp-logs` are there too.
   * Defaults to `false`.
   */
  legacyServices?: boolean;
}

/** A toleration. */
export interface TolerationArgs {
  /** Key of the taint; all taints if left out. */
  key?: string;
  /** `Equal` by default. */
  operator?: "Exists" | "Equal";
  /** Value of the taint; not with `Exists`. */
  value?: string;
  /** Effect of the taint; all effects if left out. */
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** The metric agent's workloads. */
export interface AgentSettingsArgs {
  /**
   * Image of the collector, from 0.149.0 to 0.161.0 by its tag. Default:
   * docker.io/otel/opentelemetry-collector-contrib:0.161.0.
   */
  image?: string;
  /**
   * Secrets in the stack's namespace with the logins of image registries, as in a pod. The pod that validates uses
   * them, too. The first update of a stack creates the namespace, and fails if it cannot pull the image: create the
   * Secrets there, then update again.
   */
  imagePullSecrets?: {
    /**
     * Name of a Secret. Made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each
     * part.
     */
    name: string;
  }[];
  /**
   * Name of an existing PriorityClass for an agent. Default: the program creates one above ordinary workloads. When
   * a node shuts down, the kubelet ends pods of `system-node-critical` and `system-cluster-critical` last. Some
   * providers, such as GKE, admit these two only in namespaces with a ResourceQuota for them. Made of lower-case
   * letters, digits, `-` and `.`, with a letter or digit at both ends of each part.
   */
  priorityClassName?: string;
  /**
   * Lowest level that the collector logs. With `error`, no log shows whether a backend rejects data in good answers,
   * so the best verdict about a backend is `NoEvidence`. Above `info`, causes of failures are missing. Defaults to
   * `info`.
   */
  logLevel?: "debug" | "info" | "warn" | "error";
  /** Resources of one agent. */
  resources?: {
    /** Resources to reserve on each node. */
    requests?: {
      /**
       * CPU to reserve. Default: `50m` (`20m` for the cluster's state, `10m` for the API server). Millicores such as
       * `200m`, or cores. `0` reserves nothing.
       */
      cpu?: string;
      /**
       * Memory to reserve. Default: `128Mi` (`96Mi` for the cluster's state, `64Mi` for the API server). Bytes, or with
       * a unit such as `Mi` or `Gi`. `0` reserves nothing.
       */
      memory?: string;
    };
    /** Most that an agent may use of its node. */
    limits?: {
      /**
       * Most CPU of one agent. Default: no limit, because a throttled collector loses data that an idle core could save.
       * Set it only where a ResourceQuota or a LimitRange requires one. At least the reserved CPU. Millicores such as
       * `200m`, or cores; at least `10m`.
       */
      cpu?: string;
      /**
       * Most memory of one agent, from which queues are sized. Default: `512Mi` (`384Mi` for the cluster's state,
       * `256Mi` for the API server) and `256Mi` for each pipeline without `queue.size`, as for the gateway. At least the
       * reserved memory. At least `192Mi`.
       */
      memory?: string;
    };
  };
  /**
   * Which tainted nodes get an agent. Default: all; where no node is named, those for the cluster's state and for
   * the API server keep to nodes without taints.
   */
  tolerations?: TolerationArgs[];
  /**
   * Labels of the nodes that get an agent. Default: all nodes. Windows nodes and virtual nodes, such as those of
   * Fargate, never get one, so selecting them is an error.
   */
  nodeSelector?: Record<string, string>;
  /**
   * Further labels of the pods. Not `app.kubernetes.io/name`, `app.kubernetes.io/instance`,
   * `app.kubernetes.io/component`, `app.kubernetes.io/part-of`, `app.kubernetes.io/managed-by`.
   */
  labels?: Record<string, string>;
  /** Further annotations of the pods. */
  annotations?: Record<string, string>;
}

/** How configurations are validated before anything changes. */
export interface ValidationSettingsArgs {
  /**
   * Where configurations are validated. `full`: by a collector on the machine that runs Pulumi, if it has one, and
   * by a pod in the cluster before any rollout. `local`: without the pod. `off`: nowhere. Defaults to `full`.
   */
  mode?: "full" | "local" | "off";
  /**
   * Path of a collector on the machine that runs Pulumi. Default: `otelcol-contrib` on PATH. Of the version that
   * will run.
   */
  collector?: string;
  /**
   * Longest wait for the pod, its image included. A number with its unit (`s`, `m`, `h`), such as `90s`; from `10s`
   * to `24h`. Defaults to `3m`.
   */
  timeout?: string;
}

/** The proof, at the end of an update, that backends accept data. */
export interface VerificationArgs {
  /**
   * `always`: on every update. `onChange`: when something that the proof depends on changed, or was unhealthy the
   * last time. `off`: never. Defaults to `always`.
   */
  mode?: "always" | "onChange" | "off";
  /**
   * Longest time in seconds. The proof ends as soon as every pipeline has a certain verdict. From 15 to 600. In less
   * than 15, a backend that does not answer looks like a slow one. Defaults to `60`.
   */
  timeoutSeconds?: number;
  /** Result of an update that ends with an unhealthy pipeline: a warning or a failure. Defaults to `warn`. */
  onUnhealthy?: "warn" | "fail";
}

/** Alerts and a dashboard about gateway and agent themselves. See docs/monitoring.md. */
export interface MonitoringArgs {
  /**
   * Whether a `PodMonitor` and a `PrometheusRule` are made. `auto` checks on each update whether the cluster has
   * these kinds of the Prometheus Operator. Defaults to `auto`.
   */
  mode?: "auto" | "on" | "off";
  /**
   * Whether a ConfigMap with a dashboard for Grafana is made. `auto`: together with the objects that `mode` makes.
   * Defaults to `auto`.
   */
  dashboard?: "auto" | "on" | "off";
  /** Further labels of these objects, for a Prometheus or Grafana that selects its objects by labels. */
  labels?: Record<string, string>;
}
