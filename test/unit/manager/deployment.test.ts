import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { managerConfiguration, managerSettingsSchema, TelemetryManager } from "../../../manager/deployment";
import { recordResources, secretInput, type Registered } from "../helpers/pulumi";

const settings = (more: object = {}) =>
  managerSettingsSchema.parse({ stack: "prod", image: "registry.example.com/manager:1", ...more });

describe("the manager as a workload", () => {
  let folder: string;

  const deploy = async (more: object = {}): Promise<Registered[]> => {
    const registered = recordResources();
    new TelemetryManager("manager", { settings: settings({ folder, ...more }) });
    await pulumi.runtime.disconnect();
    return registered;
  };
  const of = (all: readonly Registered[], type: string) => all.filter((one) => one.type.endsWith(`:${type}`));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "manager-"));
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      `config:
  telemetry:namespace: observability
  telemetry:pipelineFiles: [shop/pipeline.yaml]
  telemetry:logPipelines: [{ name: a, output: { otlp: { endpoint: { valueFrom: { secretKeyRef: { name: x, namespace: infra, key: y } } } } } }]
`,
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    pulumi.runtime.setAllConfig({});
  });

  it("needs the files of the stack that it manages, and reports the missing ones", () => {
    recordResources();
    assert.throws(
      () => new TelemetryManager("manager", { settings: settings({ folder }) }),
      /manager\.stack: needs shop\/pipeline\.yaml, which cannot be read\. Put it into manager\.folder/,
    );
    mkdirSync(join(folder, "shop"));
    writeFileSync(join(folder, "shop/pipeline.yaml"), Buffer.from("# Käse\n", "latin1"));
    assert.throws(
      () => new TelemetryManager("manager", { settings: settings({ folder }) }),
      /shop\/pipeline\.yaml: is not UTF-8, at byte 4, in line 1\./,
    );
    writeFileSync(join(folder, "shop/pipeline.yaml"), "");
    mkdirSync(join(folder, "policy/config"), { recursive: true });
    writeFileSync(join(folder, "policy/config/prod.json"), Buffer.from('"Käse"', "latin1"));
    assert.throws(
      () => new TelemetryManager("manager", { settings: settings({ folder }) }),
      /policy\/config\/prod\.json: is not UTF-8, at byte 3, in line 1\./,
    );
  });

  it("has roles in the namespaces of the stack and of its Secrets, and its variables in a Secret only", async () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:namespace: observability }\n");
    const all = await deploy({ environment: { PULUMI_CONFIG_PASSPHRASE: "the-passphrase" } });
    const namespaces = of(all, "Role").map(({ inputs }) => (inputs.metadata as { namespace: string }).namespace);
    assert.deepEqual(namespaces.sort(), ["default", "observability", "telemetry-manager"]);
    const [secret] = of(all, "Secret");
    assert.deepEqual(secret?.inputs.stringData, secretInput({ PULUMI_CONFIG_PASSPHRASE: "the-passphrase" }));
    const others = all.filter((one) => one !== secret);
    assert.ok(!JSON.stringify(others).includes("the-passphrase"));
  });

  it("runs on Linux nodes only", async () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
    const [deployment] = of(await deploy(), "Deployment");
    const { template } = deployment?.inputs.spec as { template: { spec: { nodeSelector: unknown } } };
    assert.deepEqual(template.spec.nodeSelector, { "kubernetes.io/os": "linux" });
  });

  it("has no volume that outlives it unless the user wants one", async () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
    assert.equal(of(await deploy(), "PersistentVolumeClaim").length, 0);
    const [claim] = of(await deploy({ stateVolume: { storageClass: "fast" } }), "PersistentVolumeClaim");
    assert.equal((claim?.inputs.spec as { storageClassName: string }).storageClassName, "fast");
  });

  describe("beside others, or in another namespace than before", () => {
    const secrets = [{ namespace: "telemetry-manager", name: "a" }];
    const second = { namespace: "second", stateVolume: {}, secrets };
    const first = { ...second, namespace: "telemetry-manager", secrets: [{ namespace: "second", name: "a" }] };
    const kubernetes = (all: readonly Registered[]) => all.filter(({ type }) => type.startsWith("kubernetes:"));

    beforeEach(() => {
      writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:namespace: observability }\n");
    });

    it("has no object that another manager of the cluster has, and in the usual namespace has plain names", async () => {
      const objectsOf = (all: readonly Registered[]) =>
        kubernetes(all).map(({ type, inputs }) => {
          const { namespace, name } = inputs.metadata as { namespace?: string; name?: string };
          // A name that the engine chooses is always unique.
          return { object: [type, namespace, name ?? namespace].join(), name };
        });
      const [one, two] = [objectsOf(await deploy(first)), objectsOf(await deploy(second))];
      assert.equal(one.length, two.length);
      assert.deepEqual(
        one.filter(({ object }) => two.some((other) => other.object === object)),
        [],
      );
      assert.deepEqual([...new Set(one.map(({ name }) => name))], ["telemetry-manager", undefined]);
    });

    it("is made of other resources, so that going back after a failed update finds its objects unchanged", async () => {
      const namesOf = (all: readonly Registered[]) => kubernetes(all).map(({ type, name }) => `${type} ${name}`);
      const [here, there] = [namesOf(await deploy(first)), namesOf(await deploy(second))];
      assert.deepEqual(
        here.filter((resource) => there.includes(resource)),
        [],
      );
      assert.ok(here.includes("kubernetes:apps/v1:Deployment manager"));
    });
  });

  it("is refused before anything changes if its files cannot be mounted", () => {
    const problems = (text: string): string => {
      writeFileSync(join(folder, "Pulumi.prod.yaml"), text);
      recordResources();
      try {
        new TelemetryManager("manager", { settings: settings({ folder }) });
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const outside = join(folder, "absolute.yaml");
    writeFileSync(outside, "");
    assert.equal(
      problems(`config: { telemetry:pipelineFiles: [${outside}, x/../Pulumi.prod.yaml] }\n`),
      `Invalid pipeline configuration (2 problems)\n  manager.stack: needs ${outside}, which is not inside manager.folder, so it cannot be mounted. Move it there, and write its path relative to that folder.\n  manager.stack: needs x/../Pulumi.prod.yaml, which is not inside manager.folder, so it cannot be mounted. Move it there, and write its path relative to that folder.`,
    );
    const long = `config: {}\n# ${"x".repeat(1024 * 1024)}\n`;
    assert.equal(
      problems(long),
      `Invalid pipeline configuration (1 problem)\n  manager.stack: needs files of ${long.length} bytes, and the ConfigMap with them can hold 1048576. Shorten them, or run this stack's manager outside the cluster with npm run manager.`,
    );
  });

  it("does not manage a manager's stack", () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:manager: { stack: prod } }\n");
    recordResources();
    assert.throws(() => new TelemetryManager("manager", { settings: settings({ folder }) }), {
      message:
        "Invalid pipeline configuration (1 problem)\n  manager.stack: names a stack with telemetry:manager, which has no pipelines. Name the stack with the pipelines.",
    });
  });

  describe("in a stack that has collectors", () => {
    /** Makes a manager in a cluster where the stack has collectors in these namespaces. */
    const register = (collectorNamespaces: readonly string[], allowNoPipelines?: boolean): void => {
      writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
      recordResources();
      const replaced = mock.method(
        childProcess,
        "spawnSync",
        (_program: string, _args: unknown, { input }: { input: string }) => {
          const { collectorsOf } = (JSON.parse(input) as { input: { collectorsOf?: string } }).input;
          const facts = {
            groups: [],
            operatorKinds: [],
            ...(collectorsOf === "telemetry/test" && { collectorNamespaces }),
          };
          return { status: 0, stdout: JSON.stringify({ output: facts }), stderr: "" };
        },
      );
      try {
        new TelemetryManager("manager", { settings: settings({ folder }), allowNoPipelines });
      } finally {
        replaced.mock.restore();
      }
    };

    it("is refused, because the update would remove them", () => {
      assert.throws(() => register(["telemetry", "telemetry-logs"]), {
        message:
          "Invalid pipeline configuration (1 problem)\n  manager: is in a stack with collectors in telemetry and telemetry-logs, so the update would remove gateway and agent. Put the manager into its own stack. To remove gateway and agent, set allowNoPipelines: true.",
      });
      assert.doesNotThrow(() => register([]));
    });

    it("is made with allowNoPipelines", () => {
      assert.doesNotThrow(() => register(["telemetry"], true));
    });
  });

  it("does not manage a stack that names its cluster, which its pod cannot use; a kubeconfig is not shown", () => {
    for (const key of ["kubernetes:context", "kubernetes:kubeconfig"]) {
      writeFileSync(join(folder, "Pulumi.prod.yaml"), `config:\n  ${key}: the-token\n`);
      recordResources();
      assert.throws(
        () => new TelemetryManager("manager", { settings: settings({ folder }) }),
        ({ message }: Error) =>
          message.includes(
            `manager.stack: has ${key} in Pulumi.prod.yaml, which the manager's pod cannot use. Remove it`,
          ) && !message.includes("the-token"),
      );
    }
  });
});

describe("the settings of the manager's stack", () => {
  const read = (config: Readonly<Record<string, unknown>>) => {
    const all = Object.entries(config).map(([key, value]) => [`telemetry:${key}`, JSON.stringify(value)]);
    pulumi.runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>);
    return managerConfiguration();
  };
  afterEach(() => pulumi.runtime.setAllConfig({}));

  it("do not exist in a stack with pipelines", () => {
    assert.equal(read({ metricPipelines: [] }), undefined);
  });

  it("are refused with all their faults, and without the values, which may be credentials", () => {
    assert.throws(
      () => read({ manager: { stack: "", environment: { "a b": "hidden" }, imag: "x" }, metricPipelines: [] }),
      (error: Error) => {
        for (const line of [
          "manager.stack: is empty",
          "manager.image: is missing",
          "manager.imag: is not a known field. Did you mean `image`?",
          "metricPipelines: stands beside manager. Put the manager into its own stack",
        ]) {
          assert.ok(error.message.includes(line), `${line}\nis not in\n${error.message}`);
        }
        assert.ok(!error.message.includes("hidden"));
        return true;
      },
    );
  });

  it("are refused where the API server would refuse them", () => {
    const manager = { stack: "prod", image: "registry.example.com/manager:1" };
    assert.throws(() => read({ manager: { ...manager, serviceAccountAnnotations: { "a/b/c": "x" } } }), {
      message:
        /manager\.serviceAccountAnnotations: has the key `a\/b\/c` that an annotation cannot have: it has more than one `\/`/,
    });
    assert.throws(() => read({ manager: { ...manager, namespace: "kube-system" } }), {
      message: /manager\.namespace: is a namespace of the cluster itself, which no stack may change or delete/,
    });
    const lines = (more: object): string[] => {
      const faults: string[] = [];
      assert.throws(
        () => read({ manager: { ...manager, ...more } }),
        ({ message }: Error) => (faults.push(...message.split("\n  ").slice(1)), true),
      );
      return faults;
    };
    const long = { a: "x".repeat(150_000), b: "y".repeat(150_000) };
    assert.deepEqual(
      lines({ stateVolume: { size: "0Gi" }, image: " a b", serviceAccountAnnotations: long, stack: "a/b" }),
      [
        "manager.stack: must be made of letters, digits, `-`, `_` and `.`. For example: prod.",
        "manager.image: is not an image name. For example: registry.example.com/telemetry-manager@sha256:….",
        "manager.stateVolume.size: is less than 1Ki. For example: 1Gi.",
        'manager.serviceAccountAnnotations: has more than 250000 bytes. For example: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/telemetry" }.',
      ],
    );
    assert.deepEqual(lines({ stack: "x".repeat(101), environment: { A: "x".repeat(1024 * 1024 + 1) } }), [
      "manager.stack: must have at most 100 characters. For example: prod.",
      'manager.environment: has more than 1048576 bytes. For example: { PULUMI_BACKEND_URL: "s3://my-bucket", PULUMI_CONFIG_PASSPHRASE: … }.',
    ]);
  });

  it("may have allowNoPipelines beside them", () => {
    const manager = { stack: "prod", image: "registry.example.com/manager:1" };
    assert.equal(read({ manager })?.allowNoPipelines, false);
    assert.equal(read({ manager, allowNoPipelines: true })?.allowNoPipelines, true);
    assert.throws(() => read({ manager, allowNoPipelines: "yes" }), {
      message:
        "Invalid pipeline configuration (1 problem)\n  allowNoPipelines: must be true or false, not text. Write true or false.",
    });
  });

  it("accept each name that Pulumi allows", () => {
    const image = "registry.example.com/manager:1";
    for (const stack of ["Prod_EU", "prod.eu-1", "2"])
      assert.equal(read({ manager: { stack, image } })?.settings.stack, stack);
  });
});
