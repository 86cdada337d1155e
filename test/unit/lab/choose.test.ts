import assert from "node:assert/strict";
import { chooseCluster, chooseEngine, enginesToTry, isEngine, pluginNames } from "../../../lab/choose";
import { checkPrivileges, otherCluster, upArguments } from "../../../lab/local-cluster";
import { chooseDestination } from "../../../cli/context";
import { missingPackages } from "../../../lab/debian";
import { kindConfig, kindDown, kindKubectl, kindName, kindUp } from "../../../lab/kind";
import { bin, clusterKubeconfig, root } from "../../../lab/host";
import { parse } from "yaml";

const installed = {
  pulumi: "/usr/bin/pulumi",
  plugins: ["kubernetes", "random"],
  kind: "/usr/bin/kind",
  containerEngine: "docker",
} as const;
const kind = { program: "/usr/bin/kind", engine: "podman" } as const;

describe("the choice of programs on a machine", () => {
  it("prefers installed programs to built ones", () => {
    assert.deepEqual(chooseEngine(installed, {}).use, { source: false, pulumi: "/usr/bin/pulumi" });
    assert.deepEqual(chooseCluster(installed, {}), {
      use: { kind: { program: "/usr/bin/kind", engine: "docker" } },
      why: "/usr/bin/kind with docker",
    });
  });

  it("takes the container engine that the user has named for kind, or the first in kind's own order", () => {
    assert.deepEqual(enginesToTry(undefined), ["docker", "nerdctl", "podman"]);
    assert.deepEqual(enginesToTry("podman"), ["podman"]);
    const env = { KIND_EXPERIMENTAL_PROVIDER: "podman" };
    const why = "kind is installed, but KIND_EXPERIMENTAL_PROVIDER names podman, which does not run";
    assert.deepEqual(chooseCluster({ ...installed, containerEngine: undefined }, env), { use: {}, why });
  });

  it("does not take podman under the name of docker", () => {
    assert.equal(isEngine("docker", "Docker version 28.2.2, build e6534b4\n"), true);
    assert.equal(isEngine("docker", "podman version 4.3.1\n"), false);
  });

  it("builds a program that the machine lacks, and states the reason", () => {
    const none = { plugins: [] };
    assert.deepEqual(chooseEngine(none, {}), { use: { source: true }, why: "no pulumi on the PATH" });
    assert.deepEqual(chooseCluster(none, {}), { use: {}, why: "no kind on the PATH" });
  });

  it("builds if a plugin of pulumi or the container engine of kind is missing", () => {
    const engine = chooseEngine({ ...installed, plugins: ["kubernetes", "aws"] }, {});
    assert.deepEqual(engine, { use: { source: true }, why: "/usr/bin/pulumi lacks plugins: random" });
    const cluster = chooseCluster({ ...installed, containerEngine: undefined }, {});
    assert.deepEqual(cluster, { use: {}, why: "kind is installed, but no container engine runs" });
  });

  it("builds if the user wants that", () => {
    const env = { TELEMETRY_TOOLCHAIN: "source" };
    assert.deepEqual(chooseEngine(installed, env).use, { source: true });
    assert.deepEqual(chooseCluster(installed, env).use, {});
  });

  it("takes the built cluster for the tests, which kind's nodes cannot serve", () => {
    const why = "the tests stop its nodes and load images into them";
    assert.deepEqual(chooseCluster(installed, {}, "tests"), { use: {}, why });
  });

  it("reads pulumi's list of plugins, of which only resource plugins count", () => {
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
    checkPrivileges({ engine, cluster: { use: { kind }, why: "" } }, 1000);
  });

  it("gets the images whose programs are built, under their published names", () => {
    const args = upArguments((program) => program === "prometheus");
    const images = args.filter((_, index) => args[index - 1] === "--image");
    assert.deepEqual(images, [`docker.io/prom/prometheus:v3.16.0=${bin}/prometheus=/bin/prometheus`]);
  });
});

describe("the cluster of a task", () => {
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

  it("has its own name for each checkout", () => {
    assert.match(kindName("/a"), /^telemetry-[0-9a-f]{8}$/);
    assert.notEqual(kindName("/a"), kindName("/b"));
  });

  it("writes its kubeconfig into the project and nowhere else", () => {
    const up = `create cluster --name ${kindName(root)} --kubeconfig /x/kubeconfig --wait 120s --config /x/kind.yaml`;
    assert.equal(kindUp("/x/kind.yaml", "/x/kubeconfig").join(" "), up);
    const down = `delete cluster --name ${kindName(root)} --kubeconfig /x/kubeconfig`;
    assert.equal(kindDown("/x/kubeconfig").join(" "), down);
  });

  it("is reached with the kubectl of its node, because this machine may have none", () => {
    assert.equal(kindKubectl(kind).join(" "), `podman exec ${kindName(root)}-control-plane kubectl`);
  });

  it("never runs beside a built cluster of the same checkout", () => {
    assert.equal(otherCluster(true, { kind: true, built: false }), undefined);
    assert.equal(otherCluster(false, { kind: false, built: true }), undefined);
    assert.equal(
      otherCluster(true, { kind: false, built: true }),
      "The local cluster should be by kind, but this checkout still has one built from source. Remove that one first: " +
        "npm run cluster:down",
    );
    assert.equal(
      otherCluster(false, { kind: true, built: false }),
      "The local cluster should be built from source, but this checkout still has one by kind. Remove that one first: " +
        "TELEMETRY_TOOLCHAIN= npm run cluster:down",
    );
  });
});

describe("Debian packages", () => {
  it("are wanted once each, and only those that are missing", () => {
    const missing = missingPackages(["gcc", "nftables", "gcc", "iproute2"], (name) => name === "nftables");
    assert.deepEqual(missing, ["gcc", "iproute2"]);
  });
});
