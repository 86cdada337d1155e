import assert from "node:assert/strict";
import { chooseCluster, chooseEngine, pluginNames } from "../../../lab/choose";
import { checkPrivileges, upArguments } from "../../../lab/local-cluster";
import { chooseDestination } from "../../../cli/context";
import { missingPackages } from "../../../lab/debian";
import { kindConfig, kindDown, kindUp } from "../../../lab/kind";
import { bin, clusterKubeconfig } from "../../../lab/host";
import { parse } from "yaml";

const installed = {
  pulumi: "/usr/bin/pulumi",
  plugins: ["kubernetes", "random"],
  kind: "/usr/bin/kind",
  containerEngine: "docker",
};

describe("what is used on a machine", () => {
  it("is what it has, rather than what would have to be built", () => {
    assert.deepEqual(chooseEngine(installed, {}).use, { source: false, pulumi: "/usr/bin/pulumi" });
    assert.deepEqual(chooseCluster(installed, {}).use, { kind: "/usr/bin/kind" });
  });

  it("is built when the machine lacks it, with the reason", () => {
    const none = { plugins: [] };
    assert.deepEqual(chooseEngine(none, {}), { use: { source: true }, why: "no pulumi on the PATH" });
    assert.deepEqual(chooseCluster(none, {}), { use: {}, why: "no kind on the PATH" });
  });

  it("is built when a plugin of pulumi or the engine below kind is missing", () => {
    const engine = chooseEngine({ ...installed, plugins: ["kubernetes", "aws"] }, {});
    assert.deepEqual(engine, { use: { source: true }, why: "/usr/bin/pulumi lacks plugins: random" });
    const cluster = chooseCluster({ ...installed, containerEngine: undefined }, {});
    assert.deepEqual(cluster, { use: {}, why: "kind is installed, but no container engine runs" });
  });

  it("is built when that is wanted", () => {
    const env = { TELEMETRY_TOOLCHAIN: "source" };
    assert.deepEqual(chooseEngine(installed, env).use, { source: true });
    assert.deepEqual(chooseCluster(installed, env).use, {});
  });

  it("is told by pulumi's list of plugins, of which only resource plugins count", () => {
    const list = [
      { name: "kubernetes", kind: "resource", version: "4.25.0" },
      { name: "nodejs", kind: "language" },
    ];
    assert.deepEqual(pluginNames(JSON.stringify(list)), ["kubernetes"]);
  });
});

describe("the local cluster", () => {
  const engine = { use: { source: true }, why: "" } as const;

  it("needs root, which is checked before anything is built, unless kind makes it", () => {
    const cluster = { use: {}, why: "" };
    assert.throws(() => checkPrivileges({ engine, cluster }, 1000), /root.*TELEMETRY_KUBE_CONTEXT/);
    checkPrivileges({ engine, cluster }, 0);
    checkPrivileges({ engine, cluster: { use: { kind: "/usr/bin/kind" }, why: "" } }, 1000);
  });

  it("gets the images whose programs are there, under their published names", () => {
    const args = upArguments((program) => program === "prometheus");
    const images = args.filter((_, index) => args[index - 1] === "--image");
    assert.deepEqual(images, [`docker.io/prom/prometheus:v3.16.0=${bin}/prometheus=/bin/prometheus`]);
  });
});

describe("the cluster that is worked on", () => {
  it("is the named context before the local cluster", () => {
    assert.deepEqual(chooseDestination({ TELEMETRY_KUBE_CONTEXT: "mine" }, true), { context: "mine" });
    assert.deepEqual(chooseDestination({}, true), { kubeconfig: clusterKubeconfig });
  });

  it("is never the current context unless it is named", () => {
    const current = { KUBECONFIG: "/home/me/.kube/config", TELEMETRY_KUBE_CONTEXT: "" };
    assert.throws(() => chooseDestination(current, false), /npm run cluster:up.*TELEMETRY_KUBE_CONTEXT=/s);
  });
});

describe("the cluster by kind", () => {
  it("has three workers", () => {
    const { nodes } = parse(kindConfig) as { nodes: { role: string }[] };
    assert.deepEqual(
      nodes.map(({ role }) => role),
      ["control-plane", "worker", "worker", "worker"],
    );
  });

  it("writes its kubeconfig into the project and nowhere else", () => {
    const up = "create cluster --name telemetry --kubeconfig /x/kubeconfig --wait 2m --config -";
    assert.equal(kindUp("/x/kubeconfig").join(" "), up);
    assert.equal(kindDown("/x/kubeconfig").join(" "), "delete cluster --name telemetry --kubeconfig /x/kubeconfig");
  });
});

describe("Debian packages", () => {
  it("are wanted once each, and only those that are missing", () => {
    const missing = missingPackages(["gcc", "nftables", "gcc", "iproute2"], (name) => name === "nftables");
    assert.deepEqual(missing, ["gcc", "iproute2"]);
  });
});
