import fc from "fast-check";
import { edit, refused, type EditArbitrary } from "./edit";
import { edited, pathText, type Path } from "./scene";

/** Settings that no configuration may have, each with the place where it stands. */
const table: readonly (readonly [at: Path, ...values: unknown[]])[] = [
  [["namespace"], "Telemetry", "a_b", "", "x".repeat(64), "hunter2 x", "-a"],
  [["gateway", "logLevel"], "loud", "", "INFO"],
  [["gateway", "image"], "", " ", "hunter2 x", "Upper/Case", "a:b:c", "http://hunter2/a:1", "a@sha256:1", "☃"],
  [["gateway", "resources", "limits", "memory"], "64Mi", "much", "-1Gi", "1e3", "", "999999999999999999999Gi"],
  [["gateway", "resources", "limits", "cpu"], "0", "9m", "half", "1.5m", 1],
  [
    ["gateway", "imagePullSecrets"],
    ["registry"],
    [{}],
    [{ name: "a b" }],
    [{ name: "a" }, { name: "a" }],
    { name: "a" },
  ],
  [["agent", "priorityClassName"], "", "Very High", 5],
  [["gateway", "resources", "requests", "cpu"], "1.5m", "x", "", "99999999999999999999"],
  [["agent", "resources", "requests", "memory"], "1TB", "", "999999999999999999999Gi"],
  [
    ["gateway", "labels"],
    { "a b": "c" },
    { a: "b c" },
    { "": "x" },
    { a: "x".repeat(64) },
    { "a/b/c": "d" },
    { a: "☃" },
  ],
  [["agent", "labels"], { "app.kubernetes.io/name": "mine" }, { "-a": "b" }, { a: 5 }],
  [["gateway", "annotations"], { "a b": "c" }, { "": "x" }, { a: "x".repeat(260_000).slice(0, 60_000), "☃": "" }],
  [["agent", "annotations"], { "/a": "b" }, { a: null, b: 5 }],
  [["gateway", "nodeSelector"], { "a b": "c" }, { a: "b c" }, { pool: "-" }],
  [["gateway", "tolerations"], [{}], [{ operator: "Equal", value: "x" }], [{ key: "a b", operator: "Exists" }]],
  [["agent", "tolerations"], [{ key: "a", operator: "Exists", value: "b" }], [{ key: "a", effect: "Never" }], ["x"]],
  [
    ["agent", "resources"],
    { requests: { memory: "300Mi" }, limits: { memory: "256Mi" } },
    { limits: { memory: "1Mi" } },
    { requests: { cpu: "2" }, limits: { cpu: "1" } },
  ],
  [["gateway", "legacyServices"], "yes", 1],
  [["metric", "collectionInterval"], "30", 30, "", "-1s", "0s", "999ms", "1d", "99999999999999h", "24h1s", "hunter2"],
  [["metric", "runtime", "collectionInterval"], "500ms", "1 s", []],
  [["metric", "prometheus", "limits", "samples"], 0, -1, 1.5, "many", 1e300],
  [["metric", "prometheus", "limits", "bodySize"], "20MB", "", "-1", "999999999999999999999G"],
  [["metric", "prometheus", "names"], "UTF-8", "", true],
  [["metric", "prometheus", "hostNetworks"], ["10.0.0.1"], ["10.0.0.0/33"], ["x/8"], "10.0.0.0/8", [""]],
  [["metric", "prometheus", "tls", "ca"], "hunter2", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----"],
  [["metric", "prometheus", "tls", "serverName"], "", 5],
  [["enrichments", "cluster", "name"], "", 5],
  [
    ["enrichments", "extractPodLabels"],
    [{}],
    [{ key: "a b" }],
    [{ key: "a", keyPrefix: "b" }],
    [{ keyPrefix: "" }],
    "app",
  ],
  [["enrichments", "service"], "hunter2", { enabled: "no" }],
  [["istio", "mode"], "yes", true, ""],
  [["network", "egress"], ["10.0.0.1"], ["10.0.0.0/33"], "10.0.0.0/8", [null]],
  [["network"], "10.0.0.0/8", { egres: [] }],
  [
    ["network", "proxy"],
    "http://proxy.example.com:3128",
    {},
    { url: "http://user:hunter2@proxy.example.com:3128" },
    { url: "http://proxy.example.com" },
    { url: "socks5://proxy.example.com:1080" },
    { url: "http://proxy.example.com:3128", noProxy: ["*"] },
  ],
  [["validation", "mode"], "none", false],
  [["validation", "timeout"], "1s", "9.99s", "", "10", "99999999999999h"],
  [["validation", "collector"], "", "/no/such/hunter2-collector"],
  [["verification", "mode"], "never", 0],
  [["verification", "timeoutSeconds"], 14, 601, 15.5, "60", -1],
  [["verification", "onUnhealthy"], "ignore"],
  [["pipelineFiles"], "a.yaml", [""], [5], [{ path: "a" }], { a: "b" }],
  [["metricPipelines"], "hunter2", { name: "a" }, [null], ["a"], [[]], 5, true],
  [["logPipelines"], "hunter2", [{ name: "a" }]],
];

const choices = table.flatMap(([at, ...values]) => values.map((value) => ({ at, value })));

/** Wrong settings beside the pipelines. */
export const badSettings: EditArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: edit("sets", fc.constantFrom(...choices), (scene, { at, value }) =>
      refused(
        edited(scene, at, value),
        pathText(at),
        at.includes("collector") && value !== "" ? "collector" : "reader",
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: edit("protects with", fc.constantFrom<unknown>("yes", "hunter2", 1, [], { a: true }), (scene, value) =>
      refused(edited(scene, ["protect"], value), "telemetry:protect"),
    ),
  },
  {
    weight: 1,
    arbitrary: edit(
      "asks for development with",
      fc.constantFrom<unknown>("hunter2", true, [], { backends: true }, { backend: "yes" }),
      (scene, value) => refused(edited(scene, ["development"], value), "telemetry:development"),
    ),
  },
);
