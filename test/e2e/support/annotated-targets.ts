import { scrapeAnnotations, type TargetPod } from "./targets";

const annotated = scrapeAnnotations({ port: "9100" });

/** Targets with different annotations, and the requests that each of them must get. */
export const ways: readonly (Omit<TargetPod, "namespace"> & {
  readonly services?: readonly string[];
  readonly expected: readonly string[];
})[] = [
  {
    name: "named-port",
    annotations: scrapeAnnotations({ port: "metrics" }),
    ports: [
      { name: "http", containerPort: 9101 },
      { name: "metrics", containerPort: 9100 },
    ],
    flags: ["--ports=9100,9101"],
    expected: ["9100 /metrics"],
  },
  {
    name: "declared-ports",
    annotations: scrapeAnnotations(),
    ports: [{ containerPort: 9100 }, { containerPort: 9101 }, { containerPort: 9102, protocol: "UDP" }],
    flags: ["--ports=9100,9101,9102"],
    beside: { name: "without-ports" },
    expected: ["9100 /metrics", "9101 /metrics"],
  },
  {
    name: "path-and-parameter",
    annotations: scrapeAnnotations({ port: "9100", path: "/stats", param_module: "orders" }),
    expected: ["9100 /stats?module=orders"],
  },
  {
    name: "two-declared-another-annotated",
    annotations: annotated,
    ports: [
      { name: "http", containerPort: 9101 },
      { name: "admin", containerPort: 9102 },
    ],
    flags: ["--ports=9100,9101"],
    expected: ["9100 /metrics"],
  },
  {
    name: "listed-ports",
    annotations: { ...scrapeAnnotations({ port: "9100,admin" }), "prometheus.io/scrape": "True" },
    ports: [{ name: "admin", containerPort: 9101 }],
    flags: ["--ports=9100,9101"],
    expected: ["9100 /metrics", "9101 /metrics"],
  },
  { name: "pod-and-service", annotations: annotated, services: ["both"], expected: ["9100 /metrics"] },
  { name: "two-services", services: ["first", "second"], expected: ["9100 /metrics"] },
  {
    name: "service-with-a-sidecar-port",
    services: ["one-port"],
    ports: [
      { name: "web", containerPort: 9100 },
      { name: "admin", containerPort: 9101 },
    ],
    flags: ["--ports=9100,9101"],
    expected: ["9100 /metrics"],
  },
  {
    name: "over-tls",
    annotations: scrapeAnnotations({ port: "9100", scheme: "https" }),
    flags: ["--tls-cert=/files/cert", "--tls-key=/files/key"],
    files: "certificate",
    expected: ["9100 /metrics"],
  },
  {
    name: "beside-another-container",
    annotations: annotated,
    ports: [{ containerPort: 9100 }],
    beside: { name: "other", containerPort: 9199 },
    expected: ["9100 /metrics"],
  },
  {
    name: "sidecar",
    annotations: scrapeAnnotations({ port: "metrics" }),
    ports: [{ name: "metrics", containerPort: 9100 }],
    isSidecar: true,
    beside: { name: "main" },
    expected: ["9100 /metrics"],
  },
  {
    name: "another-by-its-own-account",
    annotations: annotated,
    flags: ["--file=/files/metrics"],
    files: "target-info",
    expected: ["9100 /metrics"],
  },
  { name: "wrong-name-of-a-port", annotations: scrapeAnnotations({ port: "metricz" }), expected: [] },
  { name: "not-annotated", ports: [{ containerPort: 9100 }], expected: [] },
];

/** Targets whose answers cannot be scraped, on the node of good ones. */
export const broken: readonly Omit<TargetPod, "namespace">[] = [
  { name: "too-many-samples", flags: ["--samples=60000"] },
  { name: "too-large", flags: [`--padding=${30 * 1024 * 1024}`] },
  { name: "hangs", flags: ["--hang"] },
  { name: "bad-format", flags: ["--bad"] },
].map((target) => ({ ...target, annotations: annotated }));
