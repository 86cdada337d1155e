import type { RawConfiguration } from "../../../../components/settings";
import type { BadInput } from "../helpers";

const interval = (collectionInterval: unknown): RawConfiguration => ({ metric: { collectionInterval } });
const labels = (...extractPodLabels: unknown[]): RawConfiguration => ({ enrichments: { extractPodLabels } });

const proxy = (url: unknown, ...noProxy: unknown[]): RawConfiguration => ({ network: { proxy: { url, noProxy } } });

/** The line about the URL of a proxy. */
const wrongProxy = (problem: string): string[] => [
  `network.proxy.url: ${problem}. For example: http://proxy.example.com:3128.`,
];

export const settings: readonly BadInput[] = [
  [
    "a proxy that gRPC cannot reach, by TLS",
    proxy("https://proxy.example.com:3128"),
    wrongProxy("does not start with `http://`, and gRPC reaches no other kind of proxy"),
  ],
  [
    "a proxy without a scheme",
    proxy("proxy.example.com:3128"),
    wrongProxy("does not start with `http://`, and gRPC reaches no other kind of proxy"),
  ],
  [
    "a proxy with a login, whose text is not repeated",
    proxy("http://user:hunter2@proxy.example.com:3128"),
    wrongProxy(
      "has credentials before its host, which everyone who may read pods could see; use a proxy without a login",
    ),
  ],
  ["a proxy without a port", proxy("http://proxy.example.com"), wrongProxy("has no port")],
  [
    "a proxy with an invalid port",
    proxy("http://proxy.example.com:99999"),
    wrongProxy("has a port that is not a number from 1 to 65535"),
  ],
  ["a proxy without a host", proxy("http://:3128"), wrongProxy("has no host")],
  [
    "a proxy whose host would be a variable",
    proxy("http://$(HOME):3128"),
    wrongProxy("has a host that is neither a name nor an address"),
  ],
  ["a proxy with a path", proxy("http://proxy.example.com:3128/x"), wrongProxy("has more than a host and a port")],
  ["a proxy that is the pod itself", proxy("http://127.0.0.1:3128"), wrongProxy("is the collector's own pod")],
  [
    "a proxy as text",
    { network: { proxy: "http://proxy.example.com:3128" } },
    ['network.proxy: must be an object, not text. For example: { url: "http://proxy.example.com:3128" }.'],
  ],
  [
    "a proxy without its URL",
    { network: { proxy: { noProxy: ["a.example.com"] } } },
    ["network.proxy.url: is missing. For example: http://proxy.example.com:3128."],
  ],
  ...["*", "a.example.com,b.example.com", "https://a.example.com", "10.0.0.0/99", "$(HOME)", ""].map(
    (host): BadInput => [
      `an invalid host beside the proxy: ${host}`,
      proxy("http://proxy.example.com:3128", host),
      ["network.proxy.noProxy[0]: is not a host, a domain, an address or a CIDR. For example: .corp.example.com."],
    ],
  ),
  ["an interval without unit", interval("30"), ["metric.collectionInterval: is not a duration. For example: 30s."]],
  [
    "an interval that is a number",
    interval(30),
    ["metric.collectionInterval: must be text, not a number. For example: 30s."],
  ],
  ["an interval that is empty", interval(""), ["metric.collectionInterval: is not a duration. For example: 30s."]],
  ["an interval in words", interval("30 seconds"), ["metric.collectionInterval: is not a duration. For example: 30s."]],
  ["an interval in days", interval("1d"), ["metric.collectionInterval: is not a duration. For example: 30s."]],
  ["a negative interval", interval("-30s"), ["metric.collectionInterval: is not a duration. For example: 30s."]],
  ["an interval of zero", interval("0s"), ["metric.collectionInterval: is shorter than one second. For example: 30s."]],
  [
    "an interval below one second",
    interval("999ms"),
    ["metric.collectionInterval: is shorter than one second. For example: 30s."],
  ],
  [
    "an interval of one input below one second",
    { metric: { runtime: { collectionInterval: "500ms" } } },
    ["metric.runtime.collectionInterval: is shorter than one second. For example: 30s."],
  ],
  [
    "an unknown address family of kubelets",
    { metric: { runtime: { kubelet: { ipFamily: "ipv6" } } } },
    ["metric.runtime.kubelet.ipFamily: must be IPv4 or IPv6. Did you mean `IPv6`?"],
  ],
  [
    "an interval of an input as text",
    { metric: { prometheus: "30s" } },
    ["metric.prometheus: must be an object, not text. For example: { collectionInterval: 60s }."],
  ],
  [
    "an interval of the pushed data",
    { metric: { otlp: { collectionInterval: "30s" } } },
    [
      "metric.otlp: is not a known field. Known fields here: collectionInterval, prometheus, prometheusOperator, runtime, istio, apiServer.",
    ],
  ],
  [
    "an interval in the scraper's spelling",
    { metric: { scrapeInterval: "30s" } },
    [
      "metric.scrapeInterval: is not a known field. Known fields here: collectionInterval, prometheus, prometheusOperator, runtime, istio, apiServer.",
    ],
  ],
  [
    "settings as a list",
    { metric: [] },
    ["metric: must be an object, not a list. For example: { collectionInterval: 60s }."],
  ],
  [
    "an empty cluster name",
    { enrichments: { cluster: { name: "" } } },
    ["enrichments.cluster.name: is empty. For example: production-eu."],
  ],
  [
    "a cluster name that is a number",
    { enrichments: { cluster: { name: 5 } } },
    ["enrichments.cluster.name: must be text, not a number. Put it in quotes."],
  ],
  [
    "a cluster as text",
    { enrichments: { cluster: "a" } },
    ["enrichments.cluster: must be an object, not text. For example: { name: production-eu }."],
  ],
  [
    "a cluster name one level too high",
    { enrichments: { clusterName: "a" } },
    ["enrichments.clusterName: is not a known field. Did you mean `cluster`?"],
  ],
  [
    "a label with key and prefix",
    labels({ key: "app", keyPrefix: "app" }),
    ["enrichments.extractPodLabels[0]: has both `key` and `keyPrefix`. Keep one of them."],
  ],
  [
    "a label with neither",
    labels({}),
    [
      "enrichments.extractPodLabels[0]: has neither `key` nor `keyPrefix`. For example: { key: app.kubernetes.io/version }.",
    ],
  ],
  [
    "a label as text",
    labels("app"),
    ["enrichments.extractPodLabels[0]: must be an object, not text. For example: { key: app.kubernetes.io/version }."],
  ],
  [
    "a label with spaces",
    labels({ key: "my app" }),
    ["enrichments.extractPodLabels[0].key: is not a label key. For example: app.kubernetes.io/version."],
  ],
  [
    "a label with two slashes",
    labels({ key: "a/b/c" }),
    ["enrichments.extractPodLabels[0].key: is not a label key. For example: app.kubernetes.io/version."],
  ],
  ...["a..b/x", "a.-b/x", `${"a".repeat(254)}/x`].map((key): BadInput => [
    `a label whose prefix is not a domain name: ${key.slice(0, 8)}`,
    labels({ key }),
    ["enrichments.extractPodLabels[0].key: is not a label key. For example: app.kubernetes.io/version."],
  ]),
  [
    "an empty prefix, which would take all labels",
    labels({ keyPrefix: "" }),
    ["enrichments.extractPodLabels[0].keyPrefix: is not the start of a label key. For example: app.kubernetes.io/."],
  ],
  [
    "a prefix with a wildcard",
    labels({ keyPrefix: "app*" }),
    ["enrichments.extractPodLabels[0].keyPrefix: is not the start of a label key. For example: app.kubernetes.io/."],
  ],
  [
    "a misspelt prefix",
    labels({ keyprefix: "app" }),
    [
      "enrichments.extractPodLabels[0].keyprefix: is not a known field. Did you mean `keyPrefix`?",
      "enrichments.extractPodLabels[0]: has neither `key` nor `keyPrefix`. For example: { key: app.kubernetes.io/version }.",
    ],
  ],
  [
    "a service enrichment of another system",
    { enrichments: { service: "kyma-legacy" } },
    ["enrichments.service: must be an object, not text. For example: { enabled: false }."],
  ],
  [
    "files as text",
    { pipelineFiles: "a.yaml" },
    ["pipelineFiles: must be a list, not text. For example: [pipelines/shop.yaml]."],
  ],
  [
    "a file that does not exist",
    { pipelineFiles: ["no/such/file.yaml"] },
    ["pipelineFiles[0]: cannot be read. Give the path of a file that can be read, from the folder of Pulumi.yaml."],
  ],
  ["a file without name", { pipelineFiles: [""] }, ["pipelineFiles[0]: is empty. For example: pipelines/shop.yaml."]],
  [
    "a memory limit that is not an amount",
    { gateway: { resources: { limits: { memory: "much" } } } },
    [
      "gateway.resources.limits.memory: is not an amount: write a number, then Ki, Mi, Gi, k, M, G or nothing for bytes. For example: 1Gi.",
    ],
  ],
  [
    "a memory limit that is too small for the collector",
    { gateway: { resources: { limits: { memory: "64Mi" } } } },
    ["gateway.resources.limits.memory: is less than 192Mi. For example: 1Gi."],
  ],
  [
    "the namespace kube-system",
    { namespace: "kube-system" },
    ["namespace: is a namespace of the cluster itself, which no stack may change or delete. For example: telemetry."],
  ],
  ...["default", "kube-public", "openshift", "openshift-monitoring"].map((namespace): BadInput => [
    `the namespace ${namespace}`,
    { namespace },
    ["namespace: is a namespace of the cluster itself, which no stack may change or delete. For example: telemetry."],
  ]),
  [
    "a namespace that is not a DNS label",
    { namespace: "Telemetry_1" },
    [
      "namespace: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: telemetry.",
    ],
  ],
  ["a protection in words", { protect: "yes" }, ["protect: must be true or false, not text. Write true or false."]],
  [
    "an interval that no clock has",
    interval("99999999999999h"),
    ["metric.collectionInterval: is longer than a day. For example: 30s."],
  ],
  [
    "names of scraped metrics in an unknown scheme",
    { metric: { prometheus: { names: "underscores" } } },
    ["metric.prometheus.names: must be utf8 or legacy. Write one of these."],
  ],
  [
    "an authority of targets that cannot be read",
    { metric: { prometheus: { tls: { ca: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" } } } },
    [
      "metric.prometheus.tls.ca: the certificate has base64 that is not complete, so characters are missing. Copy the whole certificate again, from its BEGIN line to its END line.",
    ],
  ],
  ...["10.1.2.3/16", "10.1.255.255/16"].map((cidr): BadInput => [
    `a CIDR with host bits: ${cidr}`,
    { network: { egress: ["10.0.0.0/8", cidr] } },
    ["network.egress[1]: has bits behind its prefix, which the API server rejects. Write 10.1.0.0/16."],
  ]),
  [
    "CIDRs of IPv6 with host bits",
    { network: { egress: ["fd00:1:2:3::1/48", "2001:DB8::ff/127", "fd00::1/0"] } },
    [
      "network.egress[0]: has bits behind its prefix, which the API server rejects. Write fd00:1:2::/48.",
      "network.egress[1]: has bits behind its prefix, which the API server rejects. Write 2001:db8::fe/127.",
      "network.egress[2]: has bits behind its prefix, which the API server rejects. Write ::/0.",
    ],
  ],
  [
    "CIDRs of IPv4 written as IPv6",
    { network: { egress: ["::ffff:0:0/96", "::ffff:10.1.2.3/112", "::ffff:10.0.0.0/90"] } },
    [
      "network.egress[0]: is an IPv4 address in IPv6 notation, which the API server rejects. Write 0.0.0.0/0.",
      "network.egress[1]: is an IPv4 address in IPv6 notation, which the API server rejects. Write 10.1.0.0/16.",
      "network.egress[2]: has bits behind its prefix, which the API server rejects. Write ::ffc0:0:0/90.",
    ],
  ],
  [
    "networks of nodes with host bits",
    { metric: { prometheus: { hostNetworks: ["10.0.0.1/24"] } } },
    ["metric.prometheus.hostNetworks[0]: has bits behind its prefix, which the API server rejects. Write 10.0.0.0/24."],
  ],
  [
    "an address without a prefix",
    { network: { egress: ["10.0.0.1"] } },
    ["network.egress[0]: is not a CIDR. For example: 10.1.0.0/16."],
  ],
  ...["0", "0M", "0.4", "0.0Ki", "999", "0.9k"].map((bodySize): BadInput => [
    `a largest answer that limits nothing or is too small for any target: ${bodySize}`,
    { metric: { prometheus: { limits: { bodySize } } } },
    ["metric.prometheus.limits.bodySize: is less than 1k. For example: 8M."],
  ]),
  [
    "a largest answer of an amount that nothing counts",
    { metric: { prometheus: { limits: { bodySize: "999999999999999999999G" } } } },
    ["metric.prometheus.limits.bodySize: is more than 1024Gi. For example: 8M."],
  ],
  [
    "a memory limit that no node has",
    { gateway: { resources: { limits: { memory: "999999999999999999999Gi" } } } },
    ["gateway.resources.limits.memory: is more than 1024Gi. For example: 1Gi."],
  ],
  [
    "a request of CPU that no node has",
    { agent: { resources: { requests: { cpu: "1000.5" } } } },
    ["agent.resources.requests.cpu: is more than 1000 cores. For example: 200m."],
  ],
  [
    "labels and annotations that the API server refuses",
    {
      gateway: {
        labels: { team: "a team", "/x": "y" },
        annotations: { "a b": "c", long: "x".repeat(250_000) },
        nodeSelector: { pool: "-" },
      },
    },
    [
      "gateway.nodeSelector.pool: is not a label value. For example: linux.",
      "gateway.labels: has the key `/x` that a label cannot have: it has nothing before its `/`. For example: { team: platform }.",
      "gateway.labels.team: is not a label value. For example: platform.",
      "gateway.annotations: has a key (number 1 of 2) that an annotation cannot have: it has white space. For example: { example.com/owner: platform }.",
      "gateway.annotations: has more than 250000 bytes. For example: { example.com/owner: platform }.",
    ],
  ],
  [
    "nodes that can run no collector",
    {
      gateway: { nodeSelector: { pool: "a", "kubernetes.io/os": "windows" } },
      agent: { nodeSelector: { "beta.kubernetes.io/os": "windows", type: "virtual-kubelet" } },
      logAgent: {
        nodeSelector: { "eks.amazonaws.com/compute-type": "fargate", "node-role.kubernetes.io/virtual-node": "" },
      },
    },
    [
      "gateway.nodeSelector: has kubernetes.io/os without the value linux, and only Linux nodes can run a collector. For example: { pool: infra }.",
      "agent.nodeSelector: has beta.kubernetes.io/os without the value linux, and only Linux nodes can run a collector. For example: { pool: infra }.",
      "agent.nodeSelector: has type: virtual-kubelet, and virtual nodes can run no collector. For example: { pool: infra }.",
      "logAgent.nodeSelector: has eks.amazonaws.com/compute-type: fargate, and virtual nodes can run no collector. For example: { pool: infra }.",
      "logAgent.nodeSelector: has node-role.kubernetes.io/virtual-node, and virtual nodes can run no collector. For example: { pool: infra }.",
    ],
  ],
  [
    "SELinux labels that no node has",
    { logAgent: { seLinuxOptions: { type: "spc_t:s0", level: "s0 c1", role: "", user: "system u" } } },
    [
      "logAgent.seLinuxOptions.type: is not a part of an SELinux label. For example: spc_t.",
      "logAgent.seLinuxOptions.level: is not a part of an SELinux label. For example: s0:c123,c456.",
      "logAgent.seLinuxOptions.role: is not a part of an SELinux label. For example: system_r.",
      "logAgent.seLinuxOptions.user: is not a part of an SELinux label. For example: system_u.",
    ],
  ],
  [
    "labels of objects that the API server refuses",
    { monitoring: { labels: { release: "a b", "x/": "y" } } },
    [
      "monitoring.labels: has the key `x/` that a label cannot have: it has nothing behind its `/`. For example: { release: kube-prometheus-stack }.",
      "monitoring.labels.release: is not a label value. For example: kube-prometheus-stack.",
    ],
  ],
  [
    "tolerations that the API server refuses",
    {
      agent: {
        tolerations: [
          {},
          { key: "a b", operator: "Exists" },
          { operator: "Equal", value: "x" },
          { key: "dedicated", operator: "Exists", value: "x" },
          { key: "dedicated", value: "a b" },
        ],
      },
    },
    [
      "agent.tolerations[0].operator: is missing. For example: Exists.",
      "agent.tolerations[1].key: is not a taint key. For example: dedicated.",
      "agent.tolerations[2].operator: must be Exists where no key is given. For example: Exists.",
      "agent.tolerations[3].value: is not allowed with `operator: Exists`. For example: telemetry.",
      "agent.tolerations[4].value: is not a taint value. For example: telemetry.",
    ],
  ],
  ...[" otelcol:1", "-registry/otelcol:1"].map((image): BadInput => [
    `an image that no registry could have: ${image}`,
    { gateway: { image } },
    ["gateway.image: is not an image name. For example: registry.example.com/otelcol-contrib:0.161.0."],
  ]),
  ...[`sha256:${"0".repeat(63)}`, `sha256:${"0".repeat(65)}`, `sha512:${"0".repeat(64)}`, "md5:0"].map(
    (digest): BadInput => [
      `an image with a digest that no registry could have: ${digest}`,
      { gateway: { image: `otelcol:0.161.0@${digest}` } },
      ["gateway.image: has a digest that is not complete: 64 digits follow `sha256:`. Copy the whole digest."],
    ],
  ),
  ...[
    ["0.148.0"],
    ["0.162.0"],
    ["1.0.0"],
    ["0.200.0", "-amd64"],
    ["0.200.0", "-alpine"],
    ["0.170"],
    ["0.170", "-alpine"],
    ["0.162.0", "-rc.1"],
    ["0.145.0", "_build2"],
    ["2.3.0"],
  ].map(([version = "", suffix = ""]): BadInput => [
    `a collector of a version that is not supported: ${version}${suffix}`,
    {
      gateway: { image: `a:${version}${suffix}` },
      agent: { image: `a.example:5000/b/c:v${version}${suffix}@sha256:${"0".repeat(64)}` },
      logAgent: { image: `a.example:5000/c:${version}${suffix}` },
    },
    ["gateway", "agent", "logAgent"].map(
      (collector) =>
        `${collector}.image: is version ${version}, but the configuration is for collectors from 0.149.0 to 0.161.0. ` +
        "Use one of these, such as docker.io/otel/opentelemetry-collector-contrib:0.161.0. If the image has a version scheme " +
        "of its own, write the version of its collector as the tag before its digest, which alone is pulled: `:0.161.0@sha256:…`.",
    ),
  ]),
  [
    "a CPU limit that Kubernetes reads as no limit",
    { gateway: { resources: { limits: { cpu: "0" } } } },
    ["gateway.resources.limits.cpu: is less than 10m. For example: 500m."],
  ],
  [
    "a CPU limit in words",
    { agent: { resources: { limits: { cpu: "half" } } } },
    [
      "agent.resources.limits.cpu: is not an amount: write a whole number of millicores such as 200m, or a number of cores such as 0.5. For example: 500m.",
    ],
  ],
  [
    "more CPU reserved than the limit allows",
    { gateway: { resources: { requests: { cpu: "1" }, limits: { cpu: "500m" } } } },
    ["gateway.resources.requests: is more CPU than `limits.cpu`. For example: { cpu: 200m, memory: 256Mi }."],
  ],
  [
    "pull secrets by their names alone",
    { gateway: { imagePullSecrets: ["registry"] } },
    ["gateway.imagePullSecrets[0]: must be an object, not text. For example: { name: registry }."],
  ],
  [
    "a pull secret with a name that no Secret can have",
    { agent: { imagePullSecrets: [{ name: "my_registry" }] } },
    [
      "agent.imagePullSecrets[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: registry.",
    ],
  ],
  [
    "a pull secret of another namespace",
    { gateway: { imagePullSecrets: [{ name: "registry", namespace: "shop" }] } },
    ["gateway.imagePullSecrets[0].namespace: is not a known field. Known fields here: name."],
  ],
  [
    "a pull secret that is listed twice",
    { gateway: { imagePullSecrets: [{ name: "a" }, { name: "a" }] } },
    ["gateway.imagePullSecrets: has the same name twice. For example: [{ name: registry }]."],
  ],
  [
    "a priority class with a name that no class can have",
    { gateway: { priorityClassName: "Very High" } },
    [
      "gateway.priorityClassName: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: system-node-critical.",
    ],
  ],
  [
    "labels that the gateway's pods have anyway",
    { gateway: { labels: { "app.kubernetes.io/name": "mine", "app.kubernetes.io/part-of": "shop" } } },
    [
      "gateway.labels: has app.kubernetes.io/name, which the pods have anyway. For example: { team: platform }.",
      "gateway.labels: has app.kubernetes.io/part-of, which the pods have anyway. For example: { team: platform }.",
    ],
  ],
  [
    "more memory reserved than the limit allows",
    { agent: { resources: { requests: { memory: "1Gi" }, limits: { memory: "512Mi" } } } },
    ["agent.resources.requests: is more memory than `limits.memory`. For example: { cpu: 200m, memory: 256Mi }."],
  ],
  [
    "an unknown mode for the mesh",
    { istio: { mode: "maybe" } },
    ["istio.mode: must be auto, on or off. Write one of these."],
  ],
  [
    "an unknown level of logs",
    { gateway: { logLevel: "loud" } },
    ["gateway.logLevel: must be debug, info, warn or error. Write one of these."],
  ],
  [
    "an unknown mode of validation",
    { validation: { mode: "cluster" } },
    ["validation.mode: must be full, local or off. Write one of these."],
  ],
  [
    "too little time for a pod",
    { validation: { timeout: "1s" } },
    ["validation.timeout: is shorter than ten seconds. For example: 5m."],
  ],
  ...(
    [
      [Infinity, "must be a number, not infinity"],
      [-Infinity, "must be a number, not infinity"],
      [NaN, "must be a number, not NaN"],
      [30.5, "must be a whole number, not a fraction"],
      ["30", "must be a number, not text"],
    ] as const
  ).map(([timeoutSeconds, wrong]): BadInput => [
    `a longest time of ${timeoutSeconds} seconds, as ${typeof timeoutSeconds}`,
    { verification: { timeoutSeconds } },
    [`verification.timeoutSeconds: ${wrong}. For example: 120.`],
  ]),
];
