import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint, withUsersPaths, readInputs, settingsProblem, writeSnapshot } from "../../../manager/stack-inputs";
import { parse } from "yaml";

const manifest = `apiVersion: telemetry.kyma-project.io/v1beta1
kind: LogPipeline
metadata: { name: shop }
spec:
  output:
    otlp:
      endpoint: { valueFrom: { secretKeyRef: { name: address, namespace: shop, key: url } } }
---
spec: { secretKeyRef: { name: second, namespace: shop, key: a } }
`;
const settings = `# kept
config:
  telemetry:pipelineFiles: [pipelines/shop.yaml, missing.yaml]
  telemetry:tracePipelines:
    - name: a
      output: { otlp: { endpoint: { value: "h:1" }, headers: [{ name: x, valueFrom: { secretKeyRef: { name: token, namespace: infra, key: t } } }] } }
encryptionsalt: v1:salt
`;

describe("the inputs of an update", () => {
  let folder: string;
  const place = () => ({ folder, stack: "prod", policies: "policy.json" });
  /** Writes a snapshot of these settings and of an object of the cluster. */
  const writeSnapshotOf = (text: string): string => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), text);
    const object = { path: "MetricPipeline/x", text: "kind: MetricPipeline" };
    return writeSnapshot(join(folder, "snapshot"), readInputs(place(), [object])).settings;
  };
  const snapshotOf = (text: string) =>
    parse(readFileSync(writeSnapshotOf(text), "utf8")) as { config: Record<string, unknown[]> };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inputs-"));
    mkdirSync(join(folder, "pipelines"));
    writeFileSync(join(folder, "Pulumi.prod.yaml"), settings);
    writeFileSync(join(folder, "pipelines/shop.yaml"), manifest);
    writeFileSync(join(folder, "policy.json"), "{}");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("name every Secret that settings, files or objects refer to, once", () => {
    const object = { path: "MetricPipeline/x", text: manifest.replaceAll("shop", "other") };
    assert.deepEqual(readInputs(place(), [object]).secrets, [
      { namespace: "infra", name: "token" },
      { namespace: "other", name: "address" },
      { namespace: "other", name: "second" },
      { namespace: "shop", name: "address" },
      { namespace: "shop", name: "second" },
    ]);
  });

  it("are in the files of the last part of a stack's name", () => {
    const inputs = readInputs({ folder, stack: "acme/telemetry/prod" });
    assert.deepEqual(inputs.settings, { path: "Pulumi.prod.yaml", text: settings });
    const { settings: file } = writeSnapshot(join(folder, "snapshot"), inputs);
    assert.equal(file, join(folder, "snapshot", "Pulumi.prod.yaml"));
  });

  it("name the Secret of a reference that is made with YAML's aliases and merges", () => {
    const text = "a: &all { namespace: shop, name: merged }\nb: { secretKeyRef: { <<: *all, key: k } }";
    assert.deepEqual(readInputs({ folder, stack: "none" }, [{ path: "o", text }]).secrets, [
      { namespace: "shop", name: "merged" },
    ]);
  });

  it("name the Secrets of all documents of a file, however the documents are separated", () => {
    const one = (name: string): string => `{ secretKeyRef: { name: ${name}, namespace: shop, key: k } }`;
    const text = `%YAML 1.2\n--- # first\na: ${one("a")}\n--- # second\nb: ${one("b")}\n--- ${one("c")}\n...\n---\nd: ${one("d")}\n`;
    const { secrets } = readInputs({ folder, stack: "none" }, [{ path: "o", text }]);
    assert.deepEqual(
      secrets.map(({ name }) => name),
      ["a", "b", "c", "d"],
    );
  });

  it("are never quoted in a warning of Node", async () => {
    const warned: string[] = [];
    const onWarning = ({ message }: Error): void => void warned.push(message);
    process.on("warning", onWarning);
    readInputs({ folder, stack: "none" }, [{ path: "o", text: "password: {{ hunter2 }}" }]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    assert.deepEqual(warned, []);
  });

  it("are refused in another encoding than UTF-8, whose characters a snapshot would replace", () => {
    const latin = Buffer.from("# Käse\n", "latin1");
    const problem = (file: string): string =>
      `${file}: is not UTF-8, at byte 4, in line 1. Save it as UTF-8, or convert it from its encoding, such as iconv -f LATIN1 -t UTF-8 ${file} > utf-8.yaml.`;
    for (const file of ["policy.json", "pipelines/shop.yaml", "Pulumi.prod.yaml"]) {
      const text = readFileSync(join(folder, file));
      writeFileSync(join(folder, file), latin);
      assert.equal(settingsProblem(readInputs(place())), problem(file));
      writeFileSync(join(folder, file), text);
    }
  });

  it("are refused without the settings of the policies, because the update would run without the policies", () => {
    rmSync(join(folder, "policy.json"));
    assert.equal(
      settingsProblem(readInputs(place())),
      "policy.json: cannot be read. Put the policies' settings there, or start the manager with --no-policies.",
    );
    assert.equal(settingsProblem(readInputs({ folder, stack: "prod" })), undefined);
  });

  it("have a fingerprint that changes with each of their parts, and only with them", () => {
    const before = fingerprint(readInputs(place()), ["a"]);
    assert.equal(fingerprint(readInputs(place()), ["a"]), before);
    assert.notEqual(fingerprint(readInputs(place()), ["b"]), before);
    assert.notEqual(fingerprint(readInputs(place(), [{ path: "o", text: "" }]), ["a"]), before);
    for (const file of ["Pulumi.prod.yaml", "pipelines/shop.yaml", "policy.json", "missing.yaml"]) {
      const text = file === "missing.yaml" ? undefined : readFileSync(join(folder, file), "utf8");
      writeFileSync(join(folder, file), `${text ?? ""}\n# changed\n`);
      assert.notEqual(fingerprint(readInputs(place()), ["a"]), before, file);
      if (text === undefined) rmSync(join(folder, file));
      else writeFileSync(join(folder, file), text);
    }
  });

  it("are kept in a snapshot that later changes of files do not affect, with all settings", () => {
    const target = join(folder, "snapshot");
    const object = { path: "MetricPipeline/x", text: "kind: MetricPipeline" };
    const snapshot = writeSnapshot(target, readInputs(place(), [object]));
    writeFileSync(join(folder, "pipelines/shop.yaml"), "changed");
    const written = parse(readFileSync(snapshot.settings, "utf8")) as {
      config: Record<string, unknown>;
      encryptionsalt: string;
    };
    const [shop, missing, x] = written.config["telemetry:pipelineFiles"] as [string, string, string];
    assert.equal(readFileSync(shop, "utf8"), manifest);
    assert.equal(missing, "missing.yaml");
    assert.equal(readFileSync(x, "utf8"), "kind: MetricPipeline");
    assert.equal(written.encryptionsalt, "v1:salt");
    assert.deepEqual(
      written.config["telemetry:tracePipelines"],
      (parse(settings) as typeof written).config["telemetry:tracePipelines"],
    );
    assert.equal(readFileSync(snapshot.policies ?? "", "utf8"), "{}");
    assert.equal(
      withUsersPaths(`${shop}#1:spec.output: is wrong`, target),
      "pipelines/shop.yaml#1:spec.output: is wrong",
    );
  });

  it("keep settings without files byte for byte", () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config:   {a:   1} # odd\n");
    const { settings: file } = writeSnapshot(join(folder, "snapshot"), readInputs(place()));
    assert.equal(readFileSync(file, "utf8"), "config:   {a:   1} # odd\n");
  });

  it("add objects to settings that have nothing else yet", () => {
    for (const [text, expected] of [
      ["config:\nencryptionsalt: v1:salt\n", { encryptionsalt: "v1:salt" }],
      ["encryptionsalt: v1:salt\n", { encryptionsalt: "v1:salt" }],
      ["# nothing\n", {}],
      ["", {}],
    ] as const) {
      const { config, ...others } = snapshotOf(text);
      assert.deepEqual(others, expected);
      assert.equal(readFileSync(config["telemetry:pipelineFiles"]?.[0] as string, "utf8"), "kind: MetricPipeline");
    }
  });

  it("read a list that is written as one text, and keep entries that are not paths", () => {
    for (const list of [`'["pipelines/shop.yaml", 5]'`, "[pipelines/shop.yaml, 5]"]) {
      const { config } = snapshotOf(`config: { telemetry:pipelineFiles: ${list} }\n`);
      const [shop, five, object] = config["telemetry:pipelineFiles"] ?? [];
      assert.deepEqual([readFileSync(shop as string, "utf8"), five], [manifest, 5]);
      assert.equal(readFileSync(object as string, "utf8"), "kind: MetricPipeline");
    }
  });

  it("keep a value that is not a list of files, or not a map of settings: the program reports it", () => {
    for (const text of [
      "config: { telemetry:pipelineFiles: pipelines/shop.yaml } # text\n",
      "config: { telemetry:pipelineFiles: { a: 1 } }\n",
      "config: text\n",
      "config: [a]\n",
      "- a\n",
    ]) {
      assert.equal(readFileSync(writeSnapshotOf(text), "utf8"), text);
    }
  });

  it("never write outside the snapshot's folder, whatever the path of a file", () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:pipelineFiles: [../../x.yaml] }\n");
    const inputs = { ...readInputs(place()), pipelineFiles: [{ path: "../../x.yaml", text: "kind: X" }] };
    const target = join(folder, "snapshot");
    const { settings: file } = writeSnapshot(target, inputs);
    const [x] = (parse(readFileSync(file, "utf8")) as { config: Record<string, string[]> }).config[
      "telemetry:pipelineFiles"
    ] as [string];
    assert.ok(x.startsWith(`${target}/`), x);
  });

  it("are refused with the reason if no program can read the settings", () => {
    assert.equal(settingsProblem(readInputs(place())), undefined);
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: [");
    assert.match(
      settingsProblem(readInputs(place())) ?? "",
      /^Pulumi\.prod\.yaml: is not valid YAML \(.* at character/,
    );
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:manager: { stack: prod } }");
    assert.equal(
      settingsProblem(readInputs(place())),
      "Pulumi.prod.yaml: has telemetry:manager, so the update would remove gateway and agent. Put the manager into its own stack.",
    );
    rmSync(join(folder, "Pulumi.prod.yaml"));
    assert.equal(
      settingsProblem(readInputs(place())),
      "Pulumi.prod.yaml: cannot be read. Put the stack's settings there.",
    );
  });
});
