import type { Package } from "../debian";

/** One `go build` within a target. */
export interface GoBuild {
  readonly packages: readonly string[];
  /** A path in the result's folder. It is a folder if it ends with a slash. */
  readonly output: string;
  readonly tags?: string;
  readonly ldflags?: string;
}

/** A script that comes with a Go module. */
interface Script {
  readonly module: string;
  /** The path in the module. */
  readonly file: string;
  /** A path in the result's folder. That folder itself by default. */
  readonly folder?: string;
}

export interface Target {
  readonly name: string;
  /** The folder of its Go module, in `lab/`. */
  readonly module: string;
  /** The package in `modules/collector-builder` that generates the module's source from its `builder.yaml`. */
  readonly generator?: string;
  readonly builds: readonly GoBuild[];
  /** Further names of a program whose behaviour depends on the name it is called by. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Scripts that are copied from a module, not built. */
  readonly scripts?: readonly Script[];
  readonly cgo?: boolean;
  readonly debian?: readonly Package[];
  /** Seconds that its compilation takes on two idle cores, with empty caches and the targets before it compiled. */
  readonly seconds: number;
  /** Disk that the build needs with empty caches, in GiB. */
  readonly gib: { readonly modules: number; readonly build: number; readonly result: number };
}

/** The versions of Kubernetes that can be built: today's, and the oldest that the module proxy serves whole. */
export const kubernetesVersions = { newest: "v1.37.2", oldest: "v1.34.4" } as const;
const kubernetesVersion = "k8s.io/component-base/version";
const containerd = "github.com/containerd/containerd/v2";
const cni = "github.com/containernetworking/plugins";
const pulumiProgram = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const pulumiSdk = "github.com/pulumi/pulumi/sdk/v3";
const pulumiVersion = `${pulumiSdk}/go/common/version.Version`;
/** The script with which the engine runs dynamic providers. */
const dynamicProviders: Script = { module: pulumiSdk, file: "nodejs/dist/pulumi-resource-pulumi-nodejs" };
/** The folder in `.toolchain/bin` with the oldest supported engine and Kubernetes. First on the PATH, it replaces the engine of today. */
const oldest = "oldest";
/** Build tags that keep only Kubernetes among Prometheus' service discoveries: those of all clouds are large. */
const kubernetesDiscovery = "remove_all_sd,enable_kubernetes_sd";

function variables(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `-X ${name}=${value}`)
    .join(" ");
}

function kubernetesFlags(version: string): string {
  const [major, minor] = version.slice(1).split(".");
  return variables({
    [`${kubernetesVersion}.gitVersion`]: version,
    [`${kubernetesVersion}.gitMajor`]: String(major),
    [`${kubernetesVersion}.gitMinor`]: String(minor),
    [`${kubernetesVersion}.gitTreeState`]: "clean",
    [`${kubernetesVersion}.gitCommit`]: "0000000000000000000000000000000000000000",
    [`${kubernetesVersion}.buildDate`]: "2026-01-01T00:00:00Z",
    "k8s.io/client-go/pkg/version.gitVersion": version,
  });
}

/** All targets in the order in which they are built: those that are needed first come first. */
export const targets: readonly Target[] = [
  {
    name: "cluster",
    module: "cluster",
    builds: [{ packages: ["./cmd/..."], output: "./" }],
    seconds: 244,
    gib: { modules: 0.2, build: 0.6, result: 0.1 },
  },
  {
    name: "runc",
    module: "modules/runc",
    cgo: true,
    debian: ["gcc", "libc6-dev", "libseccomp-dev", "pkg-config"],
    builds: [
      {
        packages: ["github.com/opencontainers/runc"],
        output: "runc",
        tags: "seccomp,netgo,osusergo,urfave_cli_no_docs",
        ldflags: `-linkmode external -extldflags -static ${variables({ "main.version": "1.5.2" })}`,
      },
    ],
    seconds: 20,
    gib: { modules: 0.1, build: 0.2, result: 0.01 },
  },
  {
    name: "kube",
    module: "modules/kube",
    builds: [
      {
        packages: ["./cmd/kube"],
        output: "kube",
        ldflags: kubernetesFlags(kubernetesVersions.newest),
      },
    ],
    aliases: {
      kube: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"],
    },
    seconds: 627,
    gib: { modules: 1.2, build: 3, result: 0.2 },
  },
  {
    name: "containerd",
    module: "modules/kube",
    builds: [
      {
        packages: ["containerd", "containerd-shim-runc-v2", "ctr"].map((program) => `${containerd}/cmd/${program}`),
        output: "./",
        tags: "no_btrfs,no_devmapper,no_zfs,no_aufs,urfave_cli_no_docs",
        ldflags: variables({ [`${containerd}/version.Version`]: "v2.4.2" }),
      },
      {
        packages: ["main/loopback", "main/ptp", "ipam/host-local", "meta/portmap"].map(
          (plugin) => `${cni}/plugins/${plugin}`,
        ),
        output: "cni/",
        ldflags: variables({ [`${cni}/pkg/utils/buildversion.BuildVersion`]: "v1.9.1" }),
      },
    ],
    seconds: 79,
    gib: { modules: 0.2, build: 0.6, result: 0.1 },
  },
  {
    name: "coredns",
    module: "modules/kube",
    builds: [{ packages: ["./cmd/coredns"], output: "coredns" }],
    seconds: 19,
    gib: { modules: 0.1, build: 0.2, result: 0.1 },
  },
  {
    name: "pulumi",
    module: "modules/pulumi",
    builds: [
      { packages: [pulumiProgram], output: "pulumi", ldflags: variables({ [pulumiVersion]: "3.276.0" }) },
      { packages: ["./cmd/pulumi-language-nodejs"], output: "pulumi-language-nodejs" },
    ],
    scripts: [dynamicProviders],
    seconds: 358,
    gib: { modules: 1.2, build: 1.4, result: 0.2 },
  },
  {
    name: "kubernetes-provider",
    module: "modules/kubernetes-provider",
    builds: [{ packages: ["."], output: "pulumi-resource-kubernetes" }],
    seconds: 80,
    gib: { modules: 0.5, build: 0.6, result: 0.1 },
  },
  {
    name: "collector",
    module: "modules/collector",
    generator: "go.opentelemetry.io/collector/cmd/builder",
    builds: [{ packages: ["."], output: "otelcol-contrib", tags: kubernetesDiscovery }],
    seconds: 226,
    gib: { modules: 1.2, build: 1.5, result: 0.1 },
  },
  {
    name: "collector-oldest",
    module: "modules/collector-oldest",
    generator: "go.opentelemetry.io/collector/cmd/builder",
    builds: [{ packages: ["."], output: "otelcol-oldest", tags: kubernetesDiscovery }],
    seconds: 156,
    gib: { modules: 1.2, build: 1.5, result: 0.1 },
  },
  {
    name: "prometheus",
    module: "modules/prometheus",
    builds: [
      {
        packages: ["github.com/prometheus/prometheus/cmd/prometheus"],
        output: "prometheus",
        tags: kubernetesDiscovery,
        ldflags: variables({ "github.com/prometheus/common/version.Version": "3.16.0" }),
      },
    ],
    seconds: 182,
    gib: { modules: 0.6, build: 0.9, result: 0.1 },
  },
  {
    name: "promtool",
    module: "modules/prometheus",
    builds: [
      {
        packages: ["github.com/prometheus/prometheus/cmd/promtool"],
        output: "promtool",
        tags: kubernetesDiscovery,
      },
    ],
    seconds: 8,
    gib: { modules: 0.1, build: 0.1, result: 0.1 },
  },
  {
    name: "telemetrygen",
    module: "modules/telemetrygen",
    builds: [
      {
        packages: ["github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen"],
        output: "telemetrygen",
      },
    ],
    seconds: 8,
    gib: { modules: 0.1, build: 0.1, result: 0.02 },
  },
  {
    name: "random-provider",
    module: "modules/random-provider",
    builds: [{ packages: ["."], output: "pulumi-resource-random" }],
    seconds: 103,
    gib: { modules: 0.4, build: 0.6, result: 0.1 },
  },
  {
    name: "pulumi-oldest",
    module: "modules/pulumi-oldest",
    builds: [
      { packages: [pulumiProgram], output: `${oldest}/pulumi`, ldflags: variables({ [pulumiVersion]: "3.216.0" }) },
    ],
    scripts: [
      { ...dynamicProviders, folder: oldest },
      { module: pulumiSdk, file: "nodejs/dist/pulumi-analyzer-policy", folder: oldest },
    ],
    seconds: 101,
    gib: { modules: 1, build: 1.2, result: 0.1 },
  },
  {
    name: "kube-oldest",
    module: "modules/kube-oldest",
    builds: [
      { packages: ["./cmd/kube"], output: `${oldest}/kube`, ldflags: kubernetesFlags(kubernetesVersions.oldest) },
    ],
    seconds: 570,
    gib: { modules: 1.2, build: 3, result: 0.2 },
  },
  {
    name: "kubeadm",
    module: "modules/kubeadm",
    builds: [
      {
        packages: ["k8s.io/kubernetes/cmd/kubeadm"],
        output: "kubeadm",
        ldflags: kubernetesFlags(kubernetesVersions.newest),
      },
    ],
    seconds: 10,
    gib: { modules: 0.1, build: 0.2, result: 0.1 },
  },
  {
    name: "kind",
    module: "modules/kind",
    builds: [{ packages: ["sigs.k8s.io/kind"], output: "kind" }],
    seconds: 10,
    gib: { modules: 0.1, build: 0.1, result: 0.02 },
  },
];

/** The targets of the local cluster itself. */
export const clusterTargets = ["cluster", "runc", "kube", "containerd", "coredns"];

/** The targets whose programs run in pods. */
export const imageTargets = ["collector", "prometheus", "telemetrygen"];

/** The targets that `pulumi up` needs. */
export const engineTargets = ["pulumi", "kubernetes-provider", "random-provider"];

/** The targets that only tests need. */
export const testTargets = ["promtool"];

/** The targets that are built only where they are named: other versions of a program that the tests also run with. */
export const versionTargets = ["collector-oldest", "pulumi-oldest", "kube-oldest"];

/** The targets that only the test of the cluster by kind needs. */
export const kindTestTargets = ["kubeadm", "kind"];
