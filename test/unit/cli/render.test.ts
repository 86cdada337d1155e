import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { renderArguments } from "../../../cli/render/render-arguments";
import { checkFolder, writeFolder } from "../../../cli/render/folder";
import { renderedFiles, renderProject } from "../../../cli/render/rendered-files";
import { updateWarnings } from "../../../cli/render/update-warnings";
import { temporaryFolder } from "../helpers/temp";

const object = (kind: string, name: string, rest: object = {}, namespace?: string): string =>
  stringify({ kind, metadata: { name, ...(namespace && { namespace }) }, ...rest });

const secretName = "telemetry-credentials-0123456789";
const texts = [
  object("DaemonSet", "gateway", { spec: { volumes: [{ secret: { secretName } }] } }, "telemetry"),
  object("ConfigMap", "gateway-abcdef0123", { data: { "relay.yaml": "receivers: {}\n" } }, "telemetry"),
  object("ConfigMap", "other", { data: { "prometheus.yml": "" } }, "backend"),
  object("Secret", secretName, { data: { b_headers: "aHVudGVyMg==", a_endpoint: "" } }, "telemetry"),
  object("Namespace", "telemetry"),
];

describe("Rendered files", () => {
  it("are ordered for kubectl, with the collectors' configurations beside them and Secrets left out", () => {
    const files = renderedFiles(texts, false);
    assert.deepEqual(
      files.map(({ path }) => path),
      [
        "manifests/00-namespace-telemetry.yaml",
        "manifests/08-configmap-backend-other.yaml",
        "manifests/08-configmap-telemetry-gateway-abcdef0123.yaml",
        "manifests/11-daemonset-telemetry-gateway.yaml",
        "collectors/gateway.yaml",
        "secrets.md",
      ],
    );
    assert.equal(files[4]?.text, "receivers: {}\n");
    const all = files.map(({ text }) => text).join("");
    assert.doesNotMatch(all, /aHVudGVyMg|0123456789/);
    assert.match(files[3]?.text ?? "", /secretName: telemetry-credentials\n/);
    assert.match(
      files[5]?.text ?? "",
      /`telemetry-credentials` in namespace `telemetry`.*\n\n- `a_endpoint`\n- `b_headers`\n/,
    );
  });

  it("have no name that was made up for one rendering", () => {
    const policy = (end: string): string =>
      stringify({
        kind: "NetworkPolicy",
        metadata: { name: `gateway-${end}`, annotations: { "pulumi.com/autonamed": "true" } },
        spec: {},
      });
    const [file, ...others] = renderedFiles([policy("01234567")], false);
    assert.deepEqual(others, []);
    assert.equal(file?.path, "manifests/09-networkpolicy-gateway.yaml");
    assert.match(file.text, /name: gateway\n/);
    assert.deepEqual(renderedFiles([policy("89abcdef")], false), [file]);
  });

  it("include the Secrets unchanged if the user wants them", () => {
    const files = renderedFiles(texts, true);
    const secret = files.find(({ path }) => path.includes("secret"));
    assert.deepEqual(secret, {
      path: `manifests/07-secret-telemetry-${secretName}.yaml`,
      text: texts[3],
      secret: true,
    });
    assert.ok(files.find(({ path }) => path.includes("daemonset"))?.text.includes(secretName));
    assert.ok(!files.some(({ path }) => path === "secrets.md"));
  });

  it("are the same whatever the order in which the provider wrote them", () => {
    assert.deepEqual(renderedFiles([...texts].reverse(), false), renderedFiles(texts, false));
  });
});

describe("The folder of rendered files", () => {
  const folder = temporaryFolder();

  it("loses the files of an earlier rendering, and keeps all others", () => {
    const out = join(folder, "out");
    checkFolder(out);
    writeFolder(out, [{ path: "manifests/old.yaml", text: "old" }]);
    writeFileSync(join(out, "kustomization.yaml"), "mine");
    checkFolder(out);
    writeFolder(out, [{ path: "manifests/new.yaml", text: "new", secret: true }]);
    assert.deepEqual(readdirSync(join(out, "manifests")), ["new.yaml"]);
    assert.equal(statSync(join(out, "manifests/new.yaml")).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(out, ".rendered"), "utf8"), "manifests/new.yaml\n");
    assert.ok(existsSync(join(out, "kustomization.yaml")));
  });

  it("is not one with other files in it", () => {
    const out = join(folder, "mine");
    mkdirSync(out);
    writeFileSync(join(out, "thesis.txt"), "years of work");
    assert.throws(
      () => checkFolder(out),
      /has files that were not rendered by this command\. Name an empty folder, or a new one\.$/,
    );
  });
});

describe("The project that is rendered", () => {
  it("is the checkout's program with a stack's configuration in clear and a provider that writes files", () => {
    const config = {
      "telemetry:namespace": { value: "telemetry", secret: false },
      "telemetry:metricPipelines": { value: "[…]", objectValue: [{ name: "a" }], secret: true },
    };
    const project = "name: telemetry\nruntime: nodejs\nconfig:\n  telemetry:namespace: {}\n";
    const files = renderProject(project, "/checkout", JSON.stringify(config), "/tmp/rendered");
    assert.deepEqual(parse(files.project), { name: "telemetry", runtime: "nodejs", main: "/checkout/index.ts" });
    assert.deepEqual(parse(files.stack), {
      config: {
        "telemetry:namespace": "telemetry",
        "telemetry:metricPipelines": [{ name: "a" }],
        "telemetry:validation": { mode: "local" },
        "kubernetes:renderYamlToDirectory": "/tmp/rendered",
        "telemetry:verification": { mode: "off" },
      },
    });
  });
});

describe("The arguments of render", () => {
  it("name the folder, and the development stack unless another one is named", () => {
    assert.deepEqual(renderArguments(["--out", "x"]), { stack: "dev", out: "x", secrets: false });
    assert.deepEqual(renderArguments(["-s", "prod", "--out=x", "--secrets"]), {
      stack: "prod",
      out: "x",
      secrets: true,
    });
  });

  it("are rejected with the usage when they are wrong", () => {
    assert.throws(() => renderArguments([]), /--out needs the name of a folder\n\nnpm run render -- --out DIR/);
    assert.throws(() => renderArguments(["--outt", "x"]), /Unknown option '--outt'/);
  });
});

describe("The warnings of a rendering", () => {
  const urn = "urn:pulumi:prod::telemetry::telemetry:index:Telemetry::telemetry";
  const diagnostic = (message: string, severity = "warning", about = urn): object => ({
    diagnosticEvent: { message, severity, urn: about, color: "never" },
  });
  const logOf = (...events: object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
  const text = "tracePipelines[0].input: has no input that is on. Write `enabled: true` in one of them.";

  it("are those that the program prints in an update, each once and without marks for colors", () => {
    const marked = `<{%fg 1%}>${text}<{%reset%}>`;
    const late = diagnostic(
      "late",
      "warning",
      `${urn.replace("Telemetry::", "Telemetry$telemetry:index:Monitoring::")}`,
    );
    assert.deepEqual(
      updateWarnings(logOf({ preludeEvent: {} }, diagnostic(marked), diagnostic(marked), late, { cancelEvent: {} })),
      [text, "late"],
    );
  });

  it("are not those of the engine, of a plugin or of the temporary stack, and no notes", () => {
    const secret = "urn:pulumi:prod::telemetry::telemetry:index:Telemetry$kubernetes:core/v1:Secret::a";
    const stack = "urn:pulumi:prod::telemetry::pulumi:pulumi:Stack::telemetry-prod";
    assert.deepEqual(
      updateWarnings(
        logOf(
          diagnostic("using a plugin from $PATH", "warning", ""),
          diagnostic("a Secret in plain text", "warning", secret),
          diagnostic("Undefined value (pipelines)", "warning", stack),
          diagnostic("note", "info"),
        ),
      ),
      [],
    );
  });

  it("are none where the engine wrote no event", () => assert.deepEqual(updateWarnings(""), []));
});
