import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { collectorVersions, images } from "../../../components/contract";
import { kubernetesVersions, targets } from "../../../lab/build/targets";
import { root } from "../../../lab/host";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The version that a target's program reports of itself, in the variable of this name. */
function reported(name: string, variable = "version.Version"): string {
  const flags = targets.find((target) => target.name === name)?.builds.map(({ ldflags = "" }) => ldflags) ?? [];
  const [, version] = flags.join(" ").split(`${variable}=`);
  return version?.split(" ")[0]?.replace(/^v/, "") ?? assert.fail(`${name} reports no version`);
}

/** The version of a module that a target is built with. */
function built(name: string, module: string): string {
  const { module: folder } = targets.find((target) => target.name === name) ?? assert.fail(name);
  const text = read(`lab/${folder}/go.mod`);
  return new RegExp(`\\b${module} v(\\S+)`).exec(text)?.[1] ?? assert.fail(`${name} is built without ${module}`);
}

/** The version in an image's tag. */
const tagOf = (image: string): string => /:v?(\S+)$/.exec(image)?.[1] ?? assert.fail(`${image} has no tag`);

const minor = (version: string): string => version.split(".").slice(0, 2).join(".");

describe("the versions of Pulumi", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const dockerfile = read("manager/Dockerfile");

  for (const name of ["pulumi", "pulumi-oldest"]) {
    it(`are the same for the parts of an engine: ${name}`, () => {
      assert.equal(built(name, "github.com/pulumi/pulumi/pkg/v3"), reported(name));
      assert.equal(built(name, "github.com/pulumi/pulumi/sdk/v3"), reported(name));
    });
  }

  it("are in the manager's image those of the tests", () => {
    assert.equal(/^FROM \S+\/pulumi-base:(\S+)/m.exec(dockerfile)?.[1], reported("pulumi"));
  });

  it("are in the manager's image those of the npm packages", () => {
    const plugins = [...dockerfile.matchAll(/plugin install resource (\S+) v(\S+)/g)];
    const versions = plugins.map(([, name = "", version]) => [`@pulumi/${name}`, version]);
    const names = ["@pulumi/kubernetes", "@pulumi/random"];
    assert.deepEqual(
      versions,
      names.map((name) => [name, dependencies[name]]),
    );
  });

  it("are in the docs those of the tests", () => {
    const limits = read("docs/limits.md");
    assert.ok(limits.includes(`Pulumi ${minor(reported("pulumi"))}`), "docs/limits.md");
    assert.ok(read("README.md").includes(`≥ ${minor(reported("pulumi-oldest"))}`), "README.md");
  });
});

describe("the versions of the collector", () => {
  for (const [end, target] of [
    ["newest", "collector"],
    ["oldest", "collector-oldest"],
  ] as const) {
    it(`are the same in the range of the program and in the build: ${end}`, () => {
      const [, version] = /^dist:.* version: ([\d.]+)/m.exec(read(`lab/modules/${target}/builder.yaml`)) ?? [];
      assert.equal(version, collectorVersions[end]);
      assert.equal(built(target, "go.opentelemetry.io/collector/receiver/otlpreceiver"), version);
    });
  }

  it("are in the docs those of the program", () => {
    const { oldest, newest } = collectorVersions;
    const limits = read("docs/limits.md").replaceAll(/\s+/g, " ");
    assert.ok(limits.includes(`images ${oldest} to ${newest}, and the default is ${newest}.`), "docs/limits.md");
    assert.ok(read("lab/README.md").includes(`opentelemetry-collector-contrib:${oldest}\``), "lab/README.md");
  });

  it("are in the image of the load generator those of its build", () => {
    const module = "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen";
    assert.equal(tagOf(images.telemetrygen), built("telemetrygen", module));
  });
});

describe("the versions of Kubernetes", () => {
  for (const [end, target] of [
    ["newest", "kube"],
    ["newest", "kubeadm"],
    ["oldest", "kube-oldest"],
  ] as const) {
    it(`are the same for the program and its source: ${target}`, () => {
      const version = kubernetesVersions[end].slice(1);
      assert.equal(built(target, "k8s.io/kubernetes"), version);
      assert.equal(reported(target, "k8s.io/component-base/version.gitVersion"), version);
    });
  }

  it("are in the docs those of the tests", () => {
    const [newest, oldest] = [kubernetesVersions.newest, kubernetesVersions.oldest].map((one) => minor(one.slice(1)));
    const limits = read("docs/limits.md").replaceAll(/\s+/g, " ");
    assert.match(limits, new RegExp(`tested with Pulumi \\S+ and Kubernetes ${newest}, .* and Kubernetes ${oldest} `));
    assert.ok(read("lab/README.md").includes(`Kubernetes ${oldest}, the oldest that can be built`), "lab/README.md");
  });
});

describe("the versions of other programs", () => {
  for (const [target, variable, module] of [
    ["runc", "main.version", "github.com/opencontainers/runc"],
    ["containerd", "containerd/v2/version.Version", "github.com/containerd/containerd/v2"],
    ["containerd", "buildversion.BuildVersion", "github.com/containernetworking/plugins"],
  ] as const) {
    it(`are the same for the program and its source: ${module}`, () => {
      assert.equal(built(target, module), reported(target, variable));
    });
  }

  it("are the same for Prometheus, its image and its source, whose module has another major version", () => {
    const [, digits = "", patch = ""] = built("prometheus", "github.com/prometheus/prometheus").split(".");
    assert.equal(reported("prometheus"), `${digits.slice(0, 1)}.${Number(digits.slice(1))}.${patch}`);
    assert.equal(tagOf(images.prometheus), reported("prometheus"));
  });
});
