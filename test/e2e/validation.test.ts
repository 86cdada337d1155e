import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { images } from "../../components/contract";
import { refusedFindings } from "../unit/validation/refused";
import { apply, get, kubectl, pods, type KubernetesObject } from "./support/kubectl";
import { leaksIn } from "./support/leaks";
import { Stack } from "./support/stack";

const refused = parse(readFileSync(join(__dirname, "../unit/validation/recorded/refused.yaml"), "utf8")) as object;
const [first, second] = ["first-hunter2-password", "second-hunter2-password"] as const;

const pipeline = (password: string, parts: object = {}) => ({
  name: "backend",
  ...parts,
  output: {
    otlp: {
      endpoint: { value: "https://backend.example.com:4317" },
      authentication: { basic: { user: { value: "gateway" }, password: { value: password } } },
      headers: [{ name: "X-Key", value: password }],
    },
  },
});
const good = { metricPipelines: [pipeline(first)] };
const better = { metricPipelines: [pipeline(second, { filter: [{ conditions: ['metric.name == "a"'] }] })] };
const bad = {
  metricPipelines: [
    pipeline(second, {
      transform: [{ statements: ["set(datapoint.value, 1)"] }],
      filter: [{ conditions: ['metric.name == "a"', 'IsMatch(metric.name, "(")'] }],
    }),
  ],
};

const validator = "telemetry-otlp-gateway-validation";
const elsewhere = "e2e-elsewhere";

/** Returns the pods that serve, and the objects that they mount. */
async function serving(): Promise<{ pods: string[]; mounts: string[] }> {
  const all = await pods("telemetry", "telemetry-otlp-gateway");
  const [daemonSet] = await get<KubernetesObject & { spec: { template: { spec: { volumes: Volume[] } } } }>(
    "daemonsets",
    "-n",
    "telemetry",
  );
  const { volumes } = daemonSet?.spec.template.spec ?? { volumes: [] };
  return {
    pods: all.map(({ metadata, status }) => `${metadata.uid} ${restarts(status)}`).sort(),
    mounts: volumes.map(({ configMap, secret }) =>
      configMap ? `configmap/${configMap.name}` : `secret/${secret?.secretName}`,
    ),
  };
}

interface Volume {
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}

const restarts = (status: object): number =>
  (status as { containerStatuses?: { restartCount: number }[] }).containerStatuses?.[0]?.restartCount ?? -1;

async function expectNothingLeft(): Promise<void> {
  const left = await kubectl(
    "get",
    "pods,configmaps",
    "-n",
    "telemetry",
    "-l",
    `app.kubernetes.io/name=${validator}`,
    "-o",
    "name",
  );
  assert.equal(left, "");
}

/** Returns the PATH of the tests without the collector, but with all other programs. */
function pathWithoutCollector(folder: string): string {
  const path = (process.env.PATH ?? "").split(delimiter);
  const tools = path.filter((one) => existsSync(join(one, "otelcol-contrib")));
  for (const tool of tools.flatMap((one) => readdirSync(one).map((name) => join(one, name)))) {
    const link = join(folder, tool.split("/").at(-1) ?? "");
    if (!tool.endsWith("/otelcol-contrib") && !existsSync(link)) symlinkSync(tool, link);
  }
  return [folder, ...path.filter((one) => !tools.includes(one))].join(delimiter);
}

describe("the validation of configurations", function () {
  this.timeout("12m");
  const stack = new Stack(good);
  const folder = mkdtempSync(join(tmpdir(), "telemetry-path-"));
  const said: string[] = [];

  before(async () => {
    await stack.create();
    said.push(await stack.up());
  });

  after(async () => {
    await stack.destroy();
    stack.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("leaves no objects in the cluster, and no changes for another update, with or without a refresh", async () => {
    await expectNothingLeft();
    const { code, output } = await stack.preview("--refresh", "--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("names everything that the collector refuses in a preview, by pipeline and field", async () => {
    const before = await serving();
    stack.configure(refused as Record<string, unknown>);
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    assert.ok(output.includes(`Invalid pipeline configuration (${refusedFindings.length} problems)`), output);
    for (const finding of refusedFindings) assert.ok(output.includes(finding), `${finding}\nis not in\n${output}`);
    assert.deepEqual(await serving(), before);
  });

  it("runs in the cluster if this machine has no collector, before any serving object changes", async () => {
    const before = await serving();
    // A killed update leaves this object.
    await apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: validator, namespace: "telemetry", labels: { "app.kubernetes.io/name": validator } },
      data: { "relay.yaml": "of an earlier update" },
    });
    stack.environment = { PATH: pathWithoutCollector(folder) };
    stack.configure(bad);
    const preview = await stack.preview();
    assert.equal(preview.code, 0, preview.output);
    assert.ok(preview.output.includes("Not validated in preview: no collector binary found."), preview.output);

    const { code, output } = await stack.tryUp();
    said.push(preview.output, output);
    assert.notEqual(code, 0);
    for (const line of [
      `Invalid pipeline configuration (2 problems), found by ${images.collector} in the cluster`,
      `metricPipelines[0].transform[0].statements[0]: is refused by the collector: `,
      `metricPipelines[0].filter[0].conditions[1]: is refused by the collector: the regex pattern supplied to IsMatch '"("' is not a valid pattern`,
      "No pod of telemetry-otlp-gateway was changed: running pods keep their configuration.",
    ]) {
      assert.ok(output.includes(line), `${line}\nis not in\n${output}`);
    }
    assert.ok(!output.includes("    at "), `a stack is shown:\n${output}`);
    assert.deepEqual(await serving(), before);
    await expectNothingLeft();
  });

  it("lets the user go back from a refused configuration, and on to a good one", async () => {
    stack.configure(good);
    said.push(await stack.up());
    const { mounts } = await serving();
    await kubectl("get", "-n", "telemetry", ...mounts);
    const again = await stack.preview("--expect-no-changes");
    assert.equal(again.code, 0, again.output);

    stack.configure(better);
    said.push(await stack.up());
    const next = await serving();
    assert.ok(!next.mounts.some((mount) => mounts.includes(mount)), "both objects are new");
    await kubectl("get", "-n", "telemetry", ...next.mounts);
    await expectNothingLeft();
  });

  it("lets the user go back from a refused change of the namespace, to all earlier objects", async () => {
    const before = await serving();
    stack.configure({ ...bad, namespace: elsewhere });
    const { code, output } = await stack.tryUp();
    said.push(output);
    assert.notEqual(code, 0);
    assert.ok(output.includes("Invalid pipeline configuration (2 problems)"), output);

    stack.configure(better);
    said.push(await stack.up());
    assert.deepEqual(await serving(), before);
    await kubectl("get", "-n", "telemetry", "service/telemetry-otlp", ...before.mounts);
    assert.equal(await kubectl("get", "namespace", elsewhere, "--ignore-not-found", "-o", "name"), "");
    const again = await stack.preview("--expect-no-changes");
    assert.equal(again.code, 0, again.output);
  });

  it("keeps credentials out of its output and its state, and sends code that only needs packages", async () => {
    const state = await stack.state();
    assert.deepEqual(leaksIn([...said, state].join("\n"), [first, second]), []);
    const { deployment } = JSON.parse(state) as { deployment: { resources: Resource[] } };
    const code = deployment.resources.find(({ type }) => type === "pulumi-nodejs:dynamic/telemetry:ConfigValidation")
      ?.inputs.__provider;
    const needed = [...(code ?? "").matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual(needed.sort(), ["child_process", "fs", "module"]);
    assert.ok(!code?.includes(process.cwd()), "it names a folder of this machine");
  });
});

interface Resource {
  readonly type: string;
  readonly inputs: { readonly __provider?: string };
}
