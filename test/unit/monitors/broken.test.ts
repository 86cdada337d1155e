import assert from "node:assert/strict";
import { planMonitors } from "../../../components/monitors";
import type { MonitorObject } from "../../../components/monitors/monitor-object";
import { job, monitor, plan, stack, translated, warnings, withEndpoint } from "../helpers/monitors";
import { formatFinding } from "../../../components/schema";

const service = (endpoint: object, spec: object = {}): MonitorObject => withEndpoint("ServiceMonitor", endpoint, spec);
const pod = (endpoint: object, spec: object = {}): MonitorObject => withEndpoint("PodMonitor", endpoint, spec);
const rulesOf = (relabelings: readonly object[]): MonitorObject => service({ relabelings });
const rule = (one: object): MonitorObject => rulesOf([one]);

const correct = "Correct the rule as Prometheus' documentation of relabel_config describes.";
const rejected = "so the whole monitor is ignored";
const skipped = "so this endpoint is not scraped";
const unsafe = `has a text that the scraper cannot read, ${skipped}. Remove control characters, line breaks, and a question mark at the beginning.`;
const ofApi = "Write it as the operator's API reference describes.";
const inClear = `which the agents' configuration would have in clear text, ${skipped}. Remove it; credentials belong into a Secret, to which basicAuth, authorization or oauth2 refers.`;
const ofAgent = `names a file of the agent's pod, which monitors must not read, ${skipped}. Refer to a Secret of the monitor's namespace instead.`;

/** A monitor, the warning about it, and the number of its endpoints that are still scraped. */
type Broken = readonly [MonitorObject, string, number];

const broken: readonly Broken[] = [
  [monitor("ServiceMonitor", { endpoints: [{ port: "metrics" }] }), `selector: is missing, ${rejected}. ${ofApi}`, 0],
  [service({ port: 8080 }), `endpoints[0].port: has a value of another type, ${rejected}. ${ofApi}`, 0],
  [service({}, { endpoints: [] }), `endpoints: is empty, ${rejected}. Add an endpoint.`, 0],
  [
    service({ intervall: "5s" }),
    "endpoints[0].intervall: is not a field that this program knows. Did you mean `interval`?",
    1,
  ],
  [
    service({}, { future: true }),
    "future: is not a field that this program knows. Remove it if the metrics are as you want them without.",
    1,
  ],
  [
    service({ interval: "soon" }),
    `endpoints[0].interval: is not a duration, ${rejected}. Write one such as 30s or 1m30s.`,
    0,
  ],
  [
    service({ interval: "1s" }),
    "endpoints[0].interval: is shorter than 10s, so targets are scraped every 10s. Set metric.prometheusOperator.minimumInterval to allow it.",
    1,
  ],
  [
    service({ interval: "20s", scrapeTimeout: "30s" }),
    `endpoints[0].scrapeTimeout: is longer than the interval, ${rejected}. Shorten it, or set a longer interval.`,
    0,
  ],
  [service({ scheme: "ftp" }), `endpoints[0].scheme: is neither http nor https, ${rejected}. Write one of them.`, 0],
  [
    service({ bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" }),
    `endpoints[0].bearerTokenFile: ${ofAgent}`,
    0,
  ],
  [service({ tlsConfig: { caFile: "/etc/ca.crt" } }), `endpoints[0].tlsConfig.caFile: ${ofAgent}`, 0],
  [
    service({ tlsConfig: { cert: { secret: { name: "tls", key: "tls.crt" } } } }),
    `endpoints[0].tlsConfig: has a certificate without its key, ${rejected}. Set both cert and keySecret.`,
    0,
  ],
  [
    service({ tlsConfig: { ca: { secret: { name: "a", key: "b" }, configMap: { name: "a", key: "b" } } } }),
    `endpoints[0].tlsConfig.ca: names both a Secret and a ConfigMap, ${rejected}. Keep one of them.`,
    0,
  ],
  [
    service({ tlsConfig: { minVersion: "TLS13", maxVersion: "TLS12" } }),
    `endpoints[0].tlsConfig: has TLS versions that do not exist or are in the wrong order, ${rejected}. Write TLS10, TLS11, TLS12, TLS13.`,
    0,
  ],
  [
    service({ authorization: { type: "Basic", credentials: { name: "a", key: "b" } } }),
    `endpoints[0].authorization.type: is basic, ${rejected}. Use basicAuth instead.`,
    0,
  ],
  [
    service({ basicAuth: { username: { name: "a", key: "u" } } }),
    `endpoints[0].basicAuth.password: names no Secret and key, ${rejected}. Write the name of the Secret and its key.`,
    0,
  ],
  [
    service({ basicAuth: {}, bearerTokenSecret: { name: "a", key: "b" } }),
    `endpoints[0]: has basicAuth and bearerTokenSecret, of which a request can have only one, ${rejected}. Keep one of them.`,
    0,
  ],
  [
    service({ proxyFromEnvironment: true }),
    `endpoints[0].proxyFromEnvironment: would use the proxy to the backends for targets in the cluster, ${skipped}. Write proxyUrl instead.`,
    0,
  ],
  [
    service({ proxyUrl: "http://proxy.shop:3128" }, { namespaceSelector: { any: true } }),
    `endpoints[0].proxyUrl: would let a proxy answer for pods of other namespaces, ${skipped}. Move the monitor to the namespace of its targets.`,
    0,
  ],
  [
    rule({ regex: "a(?=b)", targetLabel: "x" }),
    `endpoints[0].relabelings[0]: has a regex that has a lookaround, which Prometheus' expressions (RE2) do not have, ${rejected}. Write the expression in RE2 syntax.`,
    0,
  ],
  ...(
    [
      ["\\p{Latn}", "has an unknown class of characters"],
      ["\\p{Garay}", "has an unknown class of characters"],
      ["[[:a b:]]", "has an unknown class of characters"],
      ["(?i)*", "has a repetition of nothing"],
      ["\\Q\\E*", "has a repetition of nothing"],
      [`(?:${"x".repeat(5000)}){1000}`, "is too large once its repetitions are written out"],
    ] as const
  ).map(
    ([regex, problem]) =>
      [
        rule({ regex, targetLabel: "x" }),
        `endpoints[0].relabelings[0]: has a regex that ${problem}, ${rejected}. Write the expression in RE2 syntax.`,
        0,
      ] as const,
  ),
  ...["http://proxy.shop:3128 ", "http://proxy.shop/%zz", "http://pro{xy:3128", 'http://u"s@proxy.shop:3128'].map(
    (proxyUrl) =>
      [
        service({ proxyUrl }),
        `endpoints[0].proxyUrl: is not a URL, ${rejected}. Write one such as http://proxy.shop:3128.`,
        0,
      ] as const,
  ),
  [
    rule({ targetLabel: "__address__", replacement: "blackbox:9115" }),
    "endpoints[0].relabelings[0]: moves targets to a fixed address, and targets at another address than their pod's are not scraped. Remove the rule. Exporters that ask other addresses, such as the blackbox exporter, need a scraper of their own.",
    1,
  ],
  // As the API server returns them. A written object would have another prototype instead of the key.
  ...Object.entries({
    "selector.matchLabels": '{"selector":{"matchLabels":{"__proto__":"a"}}}',
    "endpoints[0].params": '{"endpoints":[{"params":{"__proto__":["a"]}}]}',
  }).map(([place, spec]): Broken => [
    service({}, JSON.parse(spec) as object),
    `${place}: has a key named __proto__, which this program cannot read, ${rejected}. Rename it.`,
    0,
  ]),
  ...(
    [
      [{ sourceLabels: ["a", "a"], targetLabel: "a" }, 6],
      [{ sourceLabels: ["a"], targetLabel: "a", replacement: "$1$1" }, 6],
      [{ sourceLabels: Array.from({ length: 101 }, () => "a"), regex: "x", action: "drop" }, 0],
      [{ sourceLabels: ["a"], targetLabel: `t${"$1".repeat(101)}` }, 0],
      [{ action: "labelmap", regex: "__meta_kubernetes_(.+)", replacement: "x$1$1" }, 6],
    ] as const
  ).map(([one, i]): Broken => [
    service({ relabelings: Array.from({ length: 30 }, () => one) }),
    `endpoints[0].relabelings[${i}]: could make a label more than 100 times as long, ${rejected}. Read fewer labels, and do not write a label from itself several times.`,
    0,
  ]),
  // A text of a rule grows as a label does. A rule that does not apply, or that writes any label, leaves long ones.
  ...(
    [
      [[{ targetLabel: "a", replacement: "x".repeat(1000) }], 3],
      [
        [
          { sourceLabels: ["b"], targetLabel: "a", regex: "(.*)", replacement: "${1}-${1}" },
          { targetLabel: "a", regex: "y" },
        ],
        3,
      ],
      [
        [
          { sourceLabels: Array.from({ length: 9 }, () => "b"), targetLabel: "b" },
          { action: "labelmap", regex: "b", replacement: "a" },
        ],
        3,
      ],
      [[{ sourceLabels: Array.from({ length: 9 }, () => "b"), targetLabel: "tag_${1}" }], 2],
    ] as const
  ).map(([first, i]): Broken => [
    service({
      relabelings: [
        ...first,
        ...Array.from({ length: 9 }, () => ({ sourceLabels: Array.from({ length: 10 }, () => "a"), targetLabel: "a" })),
      ],
    }),
    `endpoints[0].relabelings[${i}]: could make a label more than 100 times as long, ${rejected}. Read fewer labels, and do not write a label from itself several times.`,
    0,
  ]),
  [
    service({
      metricRelabelings: Array.from({ length: 30 }, (_, i) => ({ action: "labelmap", replacement: `$1_${i}` })),
    }),
    `endpoints[0].metricRelabelings[8]: is one of more than 8 with the action labelmap, each of which could double the number of labels, ${rejected}. Map several labels by one rule.`,
    0,
  ],
  [
    service({
      relabelings: Array.from({ length: 30 }, (_, i) => ({
        action: "labelmap",
        regex: "(tag_.+)",
        replacement: `tag_${i}_$1`,
      })),
    }),
    `endpoints[0].relabelings[2]: is one of more than 2 with the action labelmap, each of which could double the number of labels, ${rejected}. Map several labels by one rule.`,
    0,
  ],
  [
    rule({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)", replacement: `${"x".repeat(200)}$1` }),
    `endpoints[0].relabelings[0]: adds more than 200 characters to the names of labels, ${rejected}. Write a shorter replacement.`,
    0,
  ],
  [service({}, { targetLabels: [""] }), `targetLabels: has a label without a name, ${rejected}. Remove it.`, 0],
  [
    service({ interval: "300y" }),
    `endpoints[0].interval: is not a duration, ${rejected}. Write one such as 30s or 1m30s.`,
    0,
  ],
  [
    service({ authorization: { type: "a b", credentials: { name: "a", key: "b" } } }),
    `endpoints[0].authorization.type: cannot be in a header, ${skipped}. Write one such as Bearer.`,
    0,
  ],
  // The scraper's YAML library reads these characters as line breaks, and what follows them as other settings.
  ...["\n", "\r", "\t", "\u0085", "\u2028", "\u2029", "\ufeff", "\u0000"].map(
    (character) =>
      [
        service({ path: ["/metrics", "  authorization:", "    credentials_file:\t/credentials/x"].join(character) }),
        `endpoints[0].path: ${unsafe}`,
        0,
      ] as const,
  ),
  [service({ path: "?" }), `endpoints[0].path: ${unsafe}`, 0],
  [service({ proxyUrl: "http://proxy.shop/\n" }), `endpoints[0].proxyUrl: ${unsafe}`, 0],
  [service({ params: { a: ["b", "? c"] } }), `endpoints[0].params.a[1]: ${unsafe}`, 0],
  [service({ params: { "a\u2028b": ["c"] } }), `endpoints[0].params: ${unsafe.replace("text", "name")}`, 0],
  [service({ params: { ["a".repeat(1001)]: ["c"] } }), `endpoints[0].params: ${unsafe.replace("text", "name")}`, 0],
  [service({ tlsConfig: { serverName: "a\rb" } }), `endpoints[0].tlsConfig.serverName: ${unsafe}`, 0],
  // The scraper writes these names into one line in brackets, some of them without quotes.
  ...["a[b", "a{b", "a?b", "?a", ":/a"].flatMap((name) =>
    ["relabelings", "metricRelabelings"].map((list): Broken => [
      service({ [list]: [{ targetLabel: "x" }, { sourceLabels: ["a", name], targetLabel: "x" }] }),
      `endpoints[0].${list}[1]: reads a label whose name the scraper cannot read, ${skipped}. Name no label with ?, [, { or a colon at the beginning in sourceLabels.`,
      0,
    ]),
  ),
  [rule({ targetLabel: "x", separator: "\t" }), `endpoints[0].relabelings[0].separator: ${unsafe}`, 0],
  [
    service({ metricRelabelings: [{ targetLabel: "x", replacement: "a\u0085b" }] }),
    `endpoints[0].metricRelabelings[0].replacement: ${unsafe}`,
    0,
  ],
  [service({}, { podTargetLabels: ["a\u2028b"] }), `podTargetLabels[0]: ${unsafe.replace(skipped, rejected)}`, 0],
  [
    service({}, { nativeHistogramMinBucketFactor: "1,1" }),
    `nativeHistogramMinBucketFactor: is not a number from zero, ${rejected}. Write one such as 1.1.`,
    0,
  ],
  [
    rule({ action: "labelmap", regex: "__meta_kubernetes_namespace_label_(.+)" }),
    "endpoints[0].relabelings[0]: reads __meta_kubernetes_namespace_label_, which targets do not have here. Use the attributes of the pod and of its node, which all data has.",
    1,
  ],
  ...["password", "api-key", "client-secret", "sig", "my.password", "a[password", "user_password", "x_api_key"]
    .concat("Password ", "userPassword")
    .map((name): Broken => [
      service({ params: { [name]: ["hunter2"] } }),
      `endpoints[0].params.${name}[0]: looks like a credential, ${inClear}`,
      0,
    ]),
  ...["token", "my.password"].map((name): Broken => [
    rule({ targetLabel: `__param_${name}`, replacement: "hunter2" }),
    `endpoints[0].relabelings[0].replacement: looks like a credential, ${inClear}`,
    0,
  ]),
  [
    service({ params: { "<<": ["x"] } }),
    `endpoints[0].params: has a parameter named <<, which the collector cannot read, ${skipped}. Rename it.`,
    0,
  ],
  [
    service({
      oauth2: {
        ...{ clientId: { secret: { name: "a", key: "b" } }, clientSecret: { name: "a", key: "b" } },
        ...{ tokenUrl: "https://login.example.com/token", endpointParams: { "<<": "x" } },
      },
    }),
    `endpoints[0].oauth2.endpointParams: has a parameter named <<, which the collector cannot read, ${skipped}. Rename it.`,
    0,
  ],
  ...(
    [
      [`(?:${"[a-z]?".repeat(480)}){1000}`, 9_610_065],
      ["\\p{L}".repeat(1900), 1_159_055],
    ] as const
  ).map(([regex, sum]): Broken => [
    service({ metricRelabelings: Array.from({ length: 10 }, () => ({ regex, action: "drop" })) }),
    `endpoints[0].metricRelabelings[0]: has the largest of the monitor's regular expressions, which have about ${sum} instructions together, and 100000 are allowed, ${rejected}. Repeat less in them, and use fewer classes such as \\p{L}.`,
    0,
  ]),
  [service({ path: "/metrics?a=b&token=abc" }), `endpoints[0].path: looks like a credential, ${inClear}`, 0],
  [
    rule({ regex: "(a", targetLabel: "x" }),
    `endpoints[0].relabelings[0]: has a regex that lacks a closing parenthesis, ${rejected}. Write the expression in RE2 syntax.`,
    0,
  ],
  [
    rule({ action: "rename" }),
    `endpoints[0].relabelings[0]: has an unknown action, ${rejected}. Write one of replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal.`,
    0,
  ],
  [
    rule({ sourceLabels: ["a"] }),
    `endpoints[0].relabelings[0]: has the action replace without a targetLabel, ${rejected}. ${correct}`,
    0,
  ],
  [
    rule({ action: "hashmod", sourceLabels: ["a"], targetLabel: "b" }),
    `endpoints[0].relabelings[0]: has the action hashmod without a modulus, ${rejected}. ${correct}`,
    0,
  ],
  [
    rule({ action: "labeldrop", regex: "a", targetLabel: "b" }),
    `endpoints[0].relabelings[0]: has fields other than regex, which labeldrop does not take, ${rejected}. ${correct}`,
    0,
  ],
  [
    rule({ sourceLabels: ["a"], targetLabel: "${1}" }),
    `endpoints[0].relabelings[0]: makes the beginning of a label's name from other labels, so it could change the address of a target, ${skipped}. Begin targetLabel with a fixed letter, such as tag_\${1}.`,
    0,
  ],
  [
    rule({ targetLabel: "__telemetry%pod", replacement: "10.0.0.1" }),
    `endpoints[0].relabelings[0]: writes a label with % in its name, ${skipped}. Choose another name.`,
    0,
  ],
  [
    rule({ sourceLabels: ["__meta_kubernetes_endpoints_label_team"], targetLabel: "team" }),
    "endpoints[0].relabelings[0]: reads __meta_kubernetes_endpoints_label_team, which targets do not have here. Use the attributes of the pod and of its node, which all data has.",
    1,
  ],
  [
    service({ metricRelabelings: [{ regex: "\\1", targetLabel: "x" }] }),
    `endpoints[0].metricRelabelings[0]: has a regex that has a back-reference, which Prometheus' expressions (RE2) do not have, ${rejected}. Write the expression in RE2 syntax.`,
    0,
  ],
  [
    service({ port: "", targetPort: "8080" }),
    `endpoints[0].targetPort: is a number in quotes, which is compared with the names of ports, ${skipped}. Write it without quotes.`,
    0,
  ],
  [
    service({ targetPort: 8080 }),
    "endpoints[0].targetPort: has no effect on the choice of targets beside port. Remove one of them.",
    1,
  ],
  [
    pod({ port: "", targetPort: "(" }),
    `podMetricsEndpoints[0].targetPort: is not the name of a port, ${rejected}. Write the name of a port.`,
    0,
  ],
  [
    pod({ port: "(" }),
    `podMetricsEndpoints[0].port: is not the name of a port, ${rejected}. Write the name of a port.`,
    0,
  ],
  [
    service({}, { selector: { matchExpressions: [{ key: "a", operator: "In" }] } }),
    `selector: has a condition that has no values, which In requires, ${rejected}. Correct the selector.`,
    0,
  ],
  [
    service({}, { namespaceSelector: { matchNames: ["a|.*"] } }),
    `namespaceSelector.matchNames: has a name that no namespace can have, ${rejected}. Correct the name.`,
    0,
  ],
  [service({}, { bodySizeLimit: "big" }), `bodySizeLimit: is not a size, ${rejected}. Write one such as 10MB.`, 0],
  [service({}, { sampleLimit: -1 }), `sampleLimit: is below zero, ${rejected}. Write zero or more.`, 0],
  [
    service({}, { keepDroppedTargets: 101 }),
    "keepDroppedTargets: is higher than 100, which applies, because each job drops nearly all targets of the cluster. Write at most 100.",
    1,
  ],
  [
    service({}, { sampleLimit: 100_000 }),
    "sampleLimit: is higher than metric.prometheus.limits.samples of this stack, which applies. Raise metric.prometheus.limits.samples.",
    1,
  ],
  [
    service({}, { scrapeProtocols: ["Text"] }),
    `scrapeProtocols: has an unknown protocol, ${rejected}. Write one of PrometheusProto, OpenMetricsText1.0.0, OpenMetricsText0.0.1, PrometheusText1.0.0, PrometheusText0.0.4.`,
    0,
  ],
  [
    service({}, { scrapeClass: "mtls" }),
    `scrapeClass: names a class of a Prometheus object, which this program does not read, ${rejected}. Write the settings of the class into the monitor.`,
    0,
  ],
  [
    service({}, { attachMetadata: { node: true } }),
    "attachMetadata.node: is not applied, because each agent would watch all nodes. Use the attributes k8s.node.name and k8s.node.uid, which all data has.",
    1,
  ],
  [
    service({}, { serviceDiscoveryRole: "Ingress" }),
    `serviceDiscoveryRole: is unknown, ${rejected}. Write Endpoints or EndpointSlice.`,
    0,
  ],
];

describe("A monitor that cannot be applied as it is", () => {
  for (const [one, expected, jobs] of broken) {
    it(`is named with its field: ${expected.slice(0, 90)}`, () => {
      assert.deepEqual(warnings(one), [`${one.kind} shop/orders, ${expected}`]);
      assert.equal(translated(one).jobs.length, jobs);
    });
  }

  it("is not a monitor with a kind of authorization and no credentials, as with the operator", () => {
    for (const more of [{}, { credentials: { key: "" } }, { credentials: { name: "", key: "token" } }]) {
      const one = service({ authorization: { type: "Custom", ...more } });
      assert.deepEqual(warnings(one), []);
      assert.deepEqual(job(one).authorization, { type: "Custom" });
    }
  });

  it("is not a monitor with many long expressions of ordinary rules", () => {
    const regex = Array.from({ length: 60 }, (_, i) => `apiserver_request_duration_${i}_(bucket|sum)`).join("|");
    const drop = { sourceLabels: ["__name__"], regex, action: "drop" };
    const one = service({ metricRelabelings: Array.from({ length: 20 }, () => drop) });
    assert.deepEqual(warnings(one), []);
  });

  it("is not a monitor that keeps a thousand metrics by their names", () => {
    const regex = Array.from({ length: 1000 }, (_, i) => `http_server_request_duration_${i}_seconds`).join("|");
    assert.deepEqual(
      warnings(service({ metricRelabelings: [{ sourceLabels: ["__name__"], regex, action: "keep" }] })),
      [],
    );
  });

  it("is not a monitor with many rules that put parts of a name together, each part once", () => {
    const renaming = (regex: string, replacement: string): string[] => {
      const one = { sourceLabels: ["__name__"], regex, targetLabel: "__name__", replacement };
      return warnings(service({ metricRelabelings: Array.from({ length: 30 }, () => one) }));
    };
    for (const regex of ["(.+)_(bar|baz)_total", "(?:old_([(a-z]+))_([[:alpha:])]+)", String.raw`(a\()b([\])]c)`])
      assert.deepEqual(renaming(regex, "${1}_$2"), [], regex);
    for (const regex of ["((.+))", "((?:a)(.+))", String.raw`([\])](.+))`, String.raw`(\Q(\E)(.+)`, "(?P<a>.+)(b)"])
      assert.equal(renaming(regex, "${1}_$2").length, 1, regex);
    for (const replacement of ["$1$1", "$0$1", "${1}_${x}", "$1$10"])
      assert.equal(renaming("(.+)_(.+)", replacement).length, 1, replacement);
  });

  it("is a monitor whose labelmaps copy labels of the discovery to such labels", () => {
    const relabelings = Array.from({ length: 3 }, (_, i) => ({
      action: "labelmap",
      regex: "(__meta_kubernetes_pod_)(.+)",
      replacement: `$1${i}_$2`,
    }));
    assert.match(warnings(service({ relabelings })).join(), /relabelings\[2\]: is one of more than 2 with/);
  });

  it("is not a monitor that maps several kinds of labels of the discovery", () => {
    const relabelings = ["pod_label_", "pod_annotation_", "service_label_", "service_annotation_"].map((kind) => ({
      action: "labelmap",
      regex: `__meta_kubernetes_${kind}(.+)`,
    }));
    assert.deepEqual(warnings(service({ relabelings }, { sampleLimit: 5_000 })), []);
  });

  it("is not the monitor of Linkerd's chart for proxies, which copies labels to other names and back", () => {
    const map = (regex: string, replacement?: string): object => ({
      action: "labelmap",
      regex,
      ...(replacement !== undefined && { replacement }),
    });
    const relabelings = [
      {
        sourceLabels: [
          "__meta_kubernetes_pod_container_name",
          "__meta_kubernetes_pod_container_port_name",
          "__meta_kubernetes_pod_label_linkerd_io_control_plane_ns",
        ],
        action: "keep",
        regex: "^linkerd-proxy;linkerd-admin;linkerd$",
      },
      { sourceLabels: ["__meta_kubernetes_namespace"], action: "replace", targetLabel: "namespace" },
      { sourceLabels: ["__meta_kubernetes_pod_name"], action: "replace", targetLabel: "pod" },
      { sourceLabels: ["__meta_kubernetes_pod_label_linkerd_io_proxy_job"], targetLabel: "k8s_job" },
      { action: "labeldrop", regex: "__meta_kubernetes_pod_label_linkerd_io_proxy_job" },
      map("__meta_kubernetes_pod_label_linkerd_io_proxy_(.+)"),
      { action: "labeldrop", regex: "__meta_kubernetes_pod_label_linkerd_io_proxy_(.+)" },
      map("__meta_kubernetes_pod_label_linkerd_io_(.+)"),
      map("__meta_kubernetes_pod_label_(.+)", "__tmp_pod_label_$1"),
      map("__tmp_pod_label_linkerd_io_(.+)", "__tmp_pod_label_$1"),
      { action: "labeldrop", regex: "__tmp_pod_label_linkerd_io_(.+)" },
      map("__tmp_pod_label_(.+)"),
    ];
    const one = pod({ relabelings });
    assert.deepEqual(warnings(one), []);
    assert.equal(job(one).sample_limit, 31_250);
  });

  it("is a monitor whose labelmaps only seem to copy no more than labels of the discovery", () => {
    for (const regex of [
      "(__meta_kubernetes_x)?(.+)",
      "(__meta_kubernetes_x){0,1}(.+)",
      "(__meta_kubernetes_x)*(.+)",
    ]) {
      const relabelings = Array.from({ length: 3 }, (_, i) => ({ action: "labelmap", regex, replacement: `a${i}_$2` }));
      assert.match(warnings(service({ relabelings })).join(), /relabelings\[2\]: is one of more than 2 with/, regex);
    }
  });

  it("is not a monitor whose rule takes a parameter from a label of the target, or has a harmless one", () => {
    const annotation = "__meta_kubernetes_pod_annotation_token";
    for (const one of [
      { sourceLabels: [annotation], targetLabel: "__param_token" },
      { sourceLabels: [annotation], targetLabel: "__param_token", replacement: "$1" },
      { targetLabel: "__param_module", replacement: "if_mib" },
    ])
      assert.deepEqual(warnings(rule(one)), []);
    assert.deepEqual(warnings(service({ params: { auth: ["public_v2"], token_type: ["a"] } })), []);
  });

  it("is named where a labelmap reads labels that targets never have, however its pattern begins", () => {
    const missing = (regex: string): string[] => warnings(rule({ action: "labelmap", regex }));
    const named = (label: string): string[] => [
      `ServiceMonitor shop/orders, endpoints[0].relabelings[0]: reads __meta_kubernetes_${label}, which targets do not have here. Use the attributes of the pod and of its node, which all data has.`,
    ];
    assert.deepEqual(missing("__meta_kubernetes_node_label_(.+)"), named("node_label_"));
    assert.deepEqual(missing("(__meta_kubernetes_node_label_.+)"), named("node_label_"));
    assert.deepEqual(missing(".*node_label_(.+)").slice(0, 1), named("node_label_"));
    assert.deepEqual(missing("__meta_kubernetes_pod_node_(name)"), []);
    assert.deepEqual(missing("__meta_kubernetes_pod_label_node_(.+)"), []);
    assert.doesNotMatch(missing("(.+)").join(), /do not have here/);
  });

  it("does not stop other monitors", () => {
    const good = { ...service({}), name: "good" };
    const { jobs } = plan(stack(), [...broken.filter(([, , count]) => count === 0).map(([one]) => one), good]);
    assert.deepEqual(
      jobs.map(({ config }) => config.job_name),
      ["serviceMonitor/shop/good/0"],
    );
  });

  it("costs only its own data where it would take much of the agents' configuration", () => {
    const good = withEndpoint("PodMonitor");
    const small = { sampleLimit: 100, bodySizeLimit: "100KB" };
    const labels = (length: number) =>
      withEndpoint("ServiceMonitor", {}, { ...small, podTargetLabels: Array.from({ length }, (_, i) => `label${i}`) });
    const rules = (length: number) => {
      const metricRelabelings = Array.from({ length }, (_, i) => ({ action: "labeldrop", regex: `label_${i}` }));
      return withEndpoint("ServiceMonitor", { metricRelabelings }, small);
    };
    const endpoints = (length: number) =>
      withEndpoint("ServiceMonitor", {}, { endpoints: Array.from({ length }, (_, i) => ({ port: `port-${i}` })) });
    const warned = (one: MonitorObject): string[] => {
      const { jobs, findings } = plan(stack(), [good, one]);
      const isKept = jobs.length > 1;
      assert.deepEqual([jobs[0]?.config.job_name, isKept], ["podMonitor/shop/orders/0", findings.length === 0]);
      return findings.map((finding) => formatFinding(finding).replace(/about \d{6,7} bytes/, "about … bytes"));
    };
    const tooLong =
      "ServiceMonitor shop/orders: takes about … bytes of the agents' configuration, and a monitor may take 131072, so " +
      "the whole monitor is ignored. Write fewer rules, targetLabels and podTargetLabels.";
    assert.deepEqual(warned(labels(500)), []);
    assert.deepEqual(warned(labels(8000)), [tooLong]);
    assert.deepEqual(warned(rules(1000)), []);
    assert.deepEqual(warned(rules(5000)), [tooLong]);
    assert.deepEqual(warned(rules(5001)), [
      "ServiceMonitor shop/orders, endpoints[0].metricRelabelings: has 5001 rules, and 5000 are allowed, so the whole " +
        "monitor is ignored. Join rules by their regex.",
    ]);
    assert.deepEqual(warned(endpoints(100)), []);
    assert.deepEqual(warned(endpoints(101)), [
      "ServiceMonitor shop/orders, endpoints: has 101 endpoints, and a monitor may have 100, so the whole monitor is " +
        "ignored. Write several monitors, or select several ports by one endpoint.",
    ]);
  });

  it("ends no update that would repeat its labels or rules until no text holds them", () => {
    const endpoints = Array.from({ length: 100 }, () => ({ port: "metrics" }));
    const podTargetLabels = Array.from({ length: 100_000 }, (_, i) => `label${i}`);
    const repeated = withEndpoint("ServiceMonitor", {}, { endpoints, podTargetLabels });
    const several = Array.from({ length: 20_000 }, (_, i) => [
      { targetLabel: `label${i}` },
      { action: "labelmap", regex: "a" },
    ]);
    const { jobs, findings } = plan(stack(), [withEndpoint("PodMonitor"), repeated, rulesOf(several.flat())]);
    assert.equal(jobs.length, 1);
    assert.deepEqual(findings.map(formatFinding), [
      "ServiceMonitor shop/orders: has jobs of more than 4000000 characters together, so the whole monitor is ignored. " +
        "Write fewer endpoints, rules, targetLabels and podTargetLabels.",
      "ServiceMonitor shop/orders, endpoints[0].relabelings: has 40000 rules, and 5000 are allowed, so the whole monitor " +
        "is ignored. Join rules by their regex.",
    ]);
  }).timeout("90s");

  it("has its first faults named, and the number of the others, those with the largest effects first", () => {
    const wrong = Array.from({ length: 30 }, () => ({ path: "/a", filterRuning: true }));
    const { findings, problems } = plan(stack(), [service({}, { endpoints: [...wrong, { scheme: "ftp" }] })]);
    const scheme = `endpoints[30].scheme: is neither http nor https, ${rejected}. Write one of them.`;
    const field = "is not a field that this program knows. Did you mean `filterRunning`?";
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/orders, ${scheme}`,
      ...Array.from({ length: 19 }, (_, i) => `ServiceMonitor shop/orders, endpoints[${i}].filterRuning: ${field}`),
      "ServiceMonitor shop/orders: has 11 other faults. Correct the named ones to see them.",
    ]);
    assert.deepEqual(problems.at(-1)?.problem.why, "has 11 other faults");
  });

  it("keeps no more dropped targets than an agent has memory for", () => {
    const kept = (keepDroppedTargets: number): unknown => job(service({}, { keepDroppedTargets })).keep_dropped_targets;
    assert.deepEqual([kept(0), kept(7), kept(1_000_000)], [1, 7, 100]);
  });

  it("is quoted only with the beginning of the collector's words", () => {
    const refused = new Map([["serviceMonitor/shop/orders/0", "x".repeat(100_000)]]);
    assert.deepEqual(plan(stack(), [service({})], {}, refused).findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0]: is refused by the collector (${"x".repeat(300)}…), ${skipped}. Correct what the collector names.`,
    ]);
  });

  it("is not named where no pipeline wants it", () => {
    const parsed = stack({ serviceMonitors: { labelSelector: { matchLabels: { team: "blue" } } } });
    assert.deepEqual(plan(parsed, [service({ scheme: "ftp" })]), {
      jobs: [],
      files: {},
      forms: {},
      findings: [],
      problems: [],
    });
  });

  it("is named in the status of each pipeline that wants it", () => {
    const monitors = [service({ scheme: "ftp" })];
    const why = `endpoints[0].scheme is neither http nor https, ${rejected}`;
    const problem = { kind: "ServiceMonitor", namespace: "shop", name: "orders", why };
    assert.deepEqual(plan(stack(), monitors).problems, [{ pipelines: ["metricPipelines/a"], problem }]);
  });

  it("is left out with its Secrets where only the collector refuses it", () => {
    const login = { username: { name: "login", key: "user" }, password: { name: "login", key: "password" } };
    const monitors = [{ ...service({}), name: "good" }, service({ basicAuth: login })];
    const objects = { "Secret/shop/login": { user: "metrics", password: "secret" } };
    const refused = new Map([["serviceMonitor/shop/orders/0", "field future not found"]]);
    const planned = plan(stack({ allowSecretsFrom: ["shop"] }), monitors, objects, refused);
    assert.deepEqual(
      planned.jobs.map(({ config }) => config.job_name),
      ["serviceMonitor/shop/good/0"],
    );
    assert.deepEqual([planned.files, planned.forms], [{}, {}]);
    assert.deepEqual(planned.findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0]: is refused by the collector (field future not found), ${skipped}. Correct what the collector names.`,
    ]);
    assert.deepEqual(
      planned.problems.map(({ problem }) => problem.why),
      [`endpoints[0] is refused by the collector (field future not found), ${skipped}`],
    );
  });

  it("leaves empty references to Secrets alone, which charts render", () => {
    assert.deepEqual(warnings(service({ bearerTokenSecret: { key: "" }, tlsConfig: {} })), []);
  });
});

describe("Secrets of monitors", () => {
  const login = { username: { name: "login", key: "user" }, password: { name: "login", key: "password" } };
  const protectedMonitor = service({ basicAuth: login });
  const objects = { "Secret/shop/login": { user: "metrics", password: "pa$$word" } };

  it("are copied to files, and the job has only the paths", () => {
    const { jobs, files, findings } = plan(stack({ allowSecretsFrom: ["shop"] }), [protectedMonitor], objects);
    const [user = "", password = ""] = Object.keys(files);
    assert.deepEqual(findings, []);
    assert.deepEqual(Object.values(files), ["metrics", "pa$$word"]);
    assert.match(user, /^monitor_shop_[0-9a-f]{16}$/);
    assert.deepEqual((jobs[0]?.config as { basic_auth?: unknown }).basic_auth, {
      username_file: `/credentials/${user}`,
      password_file: `/credentials/${password}`,
    });
  });

  it("are not read unless the pipeline allows their namespace", () => {
    const { jobs, files, findings, problems } = plan(
      stack({ allowSecretsFrom: ["payment"] }),
      [protectedMonitor],
      objects,
    );
    assert.deepEqual([jobs, files], [[], {}]);
    assert.deepEqual(
      problems.map(({ pipelines }) => pipelines),
      [["metricPipelines/a"]],
    );
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0]: refers to Secrets or ConfigMaps, which pipeline a does not allow from this namespace, ${skipped}. Add shop to input.prometheusOperator.allowSecretsFrom.`,
    ]);
  });

  it("cost only their own endpoint where one is missing", () => {
    const parsed = stack({ allowSecretsFrom: ["shop"] });
    const { jobs, findings } = plan(parsed, [protectedMonitor, { ...service({}), name: "open" }], {
      "Secret/shop/login": { user: "metrics" },
    });
    assert.deepEqual(
      jobs.map(({ config }) => config.job_name),
      ["serviceMonitor/shop/open/0"],
    );
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0].basicAuth.password: refers to the key password of Secret login, which has no such key, ${skipped}. Correct the key.`,
    ]);
  });

  it("are not read where no object can have the name or the key", () => {
    const parsed = stack({ allowSecretsFrom: ["shop"] });
    const tokenOf = (name: string, key = "token") => service({ bearerTokenSecret: { name, key } });
    const caOf = (name: string, key: string) => service({ tlsConfig: { ca: { configMap: { name, key } } } });
    const asked: unknown[] = [];
    const warned = (one: MonitorObject): string[] => {
      const { findings } = planMonitors(
        parsed.pipelines,
        parsed.settings,
        {
          monitors: () => ({ monitors: [one], missing: [] }),
          secrets: (names) => {
            asked.push(...names);
            return names.map(() => ({ problem: "unreachable", detail: "the API server answered 400" }));
          },
        },
        new Date("2026-06-01"),
      );
      return findings.map(formatFinding);
    };
    const token = (part: string): string =>
      `ServiceMonitor shop/orders, endpoints[0].bearerTokenSecret: has a ${part} that no Secret can have, ${skipped}. Correct the ${part}.`;
    const ca = (part: string): string =>
      `ServiceMonitor shop/orders, endpoints[0].tlsConfig.ca.configMap: has a ${part} that no ConfigMap can have, ${skipped}. Correct the ${part}.`;
    for (const name of ["..", "../../kube-system/secrets/x", "a b", "Login", "a/b", "n".repeat(254)]) {
      assert.deepEqual(warned(tokenOf(name)), [token("name")], name);
    }
    for (const key of ["a/b", "a b", "k".repeat(254)]) assert.deepEqual(warned(tokenOf("login", key)), [token("key")]);
    assert.deepEqual(warned(caOf("C", "ca.crt")), [ca("name")]);
    assert.deepEqual(warned(caOf("ca", "")), [ca("key")]);
    assert.deepEqual(asked, []);
    assert.throws(() => warned(tokenOf("login.v1", "a_B.c-1")), /the API server answered 400/);
    assert.deepEqual(asked, [{ namespace: "shop", name: "login.v1", keys: ["a_B.c-1"] }]);
  });

  it("are read only for monitors that have room, and cost their endpoint where they are too long to be read", () => {
    const { pipelines, settings } = stack({ allowSecretsFrom: ["shop"] });
    const padding = (i: number) =>
      Array.from({ length: 100 }, (_, j) => ({ action: "labeldrop", regex: `${i}_${j}_${"x".repeat(900)}` }));
    const monitors = Array.from({ length: 12 }, (_, i) => ({
      ...service({ bearerTokenSecret: { name: `token-${i}`, key: "token" }, metricRelabelings: padding(i) }),
      name: `m${i}`,
    }));
    let asked = 0;
    const { jobs, findings } = planMonitors(
      pipelines,
      settings,
      {
        monitors: () => ({ monitors, missing: [] }),
        secrets: (names) => {
          asked += names.length;
          return names.map(() => ({ problem: "tooLong", detail: "" }));
        },
      },
      new Date("2026-06-01"),
    );
    assert.deepEqual([jobs.length, asked, findings.length], [0, 9, 12]);
    assert.equal(
      findings.map(formatFinding).find((text) => text.includes("/m0,")),
      "ServiceMonitor shop/m0, endpoints[0].bearerTokenSecret: refers to the key token of Secret token-0, which is not " +
        `read, because those of all monitors together are too long, ${skipped}. Keep only what the targets need in the ` +
        "Secrets and ConfigMaps of this namespace.",
    );
  });

  it("must be certificates where the job needs certificates: the scraper reads them only when it scrapes", () => {
    const tlsConfig = { ca: { configMap: { name: "ca", key: "ca.crt" } } };
    const { findings } = plan(stack({ allowSecretsFrom: ["shop"] }), [service({ tlsConfig })], {
      "ConfigMap/shop/ca": { "ca.crt": "none" },
    });
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0].tlsConfig.ca: has no certificate in it, ${skipped}. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.`,
    ]);
  });

  it("cost their endpoint where the scraper cannot read a text that becomes one of its settings", () => {
    const oauth2 = {
      clientId: { secret: { name: "login", key: "user" } },
      clientSecret: { name: "login", key: "password" },
      tokenUrl: "https://login.shop/token",
    };
    const { jobs, files, findings } = plan(stack({ allowSecretsFrom: ["shop"] }), [service({ oauth2 })], {
      "Secret/shop/login": { user: "me\u2028  proxy_url:\thttp://evil", password: "any\ntext" },
    });
    assert.deepEqual([jobs, files], [[], {}]);
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/orders, endpoints[0].oauth2.clientId.secret: refers to the key user of Secret login, which has a text that the scraper cannot read, ${skipped}. Remove control characters and line breaks, also one at the end.`,
    ]);
  });

  it("cost only the jobs with the longest text of the team with the most bytes, where no Secret holds them all", () => {
    const named = (namespace: string, name: string): MonitorObject => ({ ...protectedMonitor, namespace, name });
    const tokenOf = (name: string): MonitorObject => ({
      ...service({ bearerTokenSecret: { name, key: "token" } }),
      name,
    });
    const monitors = [named("honest", "large"), named("shop", "orders"), tokenOf("a"), tokenOf("b"), tokenOf("c")];
    const { jobs, files, findings, problems } = plan(stack({ allowSecretsFrom: ["honest", "shop"] }), monitors, {
      "Secret/honest/login": { user: "metrics", password: "h".repeat(300_000) },
      "Secret/shop/login": { user: "metrics", password: "p".repeat(200_000) },
      "Secret/shop/a": { token: "a".repeat(150_000) },
      "Secret/shop/b": { token: "b".repeat(210_000) },
      "Secret/shop/c": { token: "c".repeat(170_000) },
    });
    assert.deepEqual(
      jobs.map(({ config }) => config.job_name),
      ["serviceMonitor/honest/large/0", "serviceMonitor/shop/a/0", "serviceMonitor/shop/c/0"],
    );
    assert.deepEqual(
      Object.values(files).map(({ length }) => length),
      [7, 300_000, 150_000, 170_000],
    );
    const without = (field: string, reference: string, total: number): string =>
      `endpoints[0].${field}: refers to the ${reference} bytes, monitors to ${total} bytes together, and the agents' Secret ` +
      `has room for 786432, ${skipped}. Keep only the authorities that the targets need.`;
    assert.deepEqual(findings.map(formatFinding), [
      `ServiceMonitor shop/b, ${without("bearerTokenSecret", "key token of Secret b with 210000", 1_030_014)}`,
      `ServiceMonitor shop/orders, ${without("basicAuth.password", "key password of Secret login with 200000", 820_014)}`,
    ]);
    assert.deepEqual(
      problems.map(({ problem: { namespace, name } }) => `${namespace}/${name}`),
      ["shop/b", "shop/orders"],
    );
  });
});

describe("Credentials in the text of a monitor", () => {
  const remedy = "Remove it; credentials belong into a Secret, to which basicAuth, authorization or oauth2 refers.";
  const words = "looks like a user and a password in a URL, which the agents' configuration would have in clear text";

  it("cost the endpoint, because the agents' configuration is not a Secret", () => {
    const one = service({ proxyUrl: "http://me:hunter2@proxy.shop:3128" });
    assert.deepEqual(warnings(one), [
      `ServiceMonitor shop/orders, endpoints[0].proxyUrl: ${words}, ${skipped}. ${remedy}`,
    ]);
    assert.equal(translated(one).jobs.length, 0);
  });

  it("are only named in a rule, which may look for such texts", () => {
    const metricRelabelings = [{ sourceLabels: ["url"], regex: "http://me:hunter2@.*", action: "drop" }];
    const one = service({ metricRelabelings });
    assert.deepEqual(warnings(one), [
      `ServiceMonitor shop/orders, endpoints[0].metricRelabelings[0].regex: ${words}. ${remedy}`,
    ]);
    assert.equal(translated(one).jobs.length, 1);
  });
});
