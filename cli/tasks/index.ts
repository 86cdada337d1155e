interface Task {
  /** Returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

interface Entry {
  readonly summary: string;
  /** Loads the task's code. Only the task that runs is loaded, so that every command starts fast. */
  readonly load: () => Promise<Task>;
}

export const tasks: Readonly<Record<string, Entry>> = {
  start: {
    summary: "set up a cluster, a backend and pipelines, up to metrics in the backend",
    load: () => import("./start"),
  },
  test: {
    summary: "run all checks and tests that need no cluster",
    load: () => import("../../test/tasks/test"),
  },
  "test:e2e": {
    summary: "run the end-to-end tests on a real cluster with the real engine",
    load: () => import("../../test/tasks/e2e"),
  },
  "test:long": {
    summary: "run the end-to-end tests that take more than a minute each",
    load: () => import("../../test/tasks/long"),
  },
  "test:faults": {
    summary: "test the verdicts about backends with faults",
    load: () => import("../../test/tasks/faults"),
  },
  "test:edits": {
    summary: "test random edits of a stack's configuration",
    load: () => import("../../test/tasks/edits"),
  },
  "test:kind": {
    summary: "test the local cluster by kind, with podman and a node image that is made here",
    load: () => import("../../test/tasks/kind"),
  },
  "test:versions": {
    summary: "test the configurations on the oldest and the newest supported collector",
    load: () => import("../../test/tasks/versions"),
  },
  "test:oldest": {
    summary: "run end-to-end tests with the oldest Kubernetes, collector and engine",
    load: () => import("../../test/tasks/oldest"),
  },
  bench: { summary: "run a measurement: -- NAME", load: () => import("../../test/tasks/bench") },
  up: { summary: "run pulumi up on the development stack", load: () => import("./up") },
  preview: { summary: "run pulumi preview on the development stack", load: () => import("./preview") },
  stack: {
    summary: "list, make, unlock and remove stacks, or set a secret (--help)",
    load: () => import("./stacks"),
  },
  status: { summary: "show the state of the pipelines now, without an update", load: () => import("./status") },
  manager: { summary: "keep a stack in sync with its files and Secrets (--help)", load: () => import("./manager") },
  destroy: { summary: "run pulumi destroy on the development stack", load: () => import("./destroy") },
  build: { summary: "build the package that other programs import, into dist", load: () => import("./build") },
  render: {
    summary: "write manifests and collector configurations as files: -- --out DIR",
    load: () => import("./render"),
  },
  "cluster:up": {
    summary: "start or repair the local cluster (-- --kubernetes 1.34)",
    load: () => import("./cluster-up"),
  },
  "cluster:down": { summary: "remove the local cluster", load: () => import("./cluster-down") },
  toolchain: { summary: "build the programs that this machine lacks (--help)", load: () => import("./toolchain") },
  lint: {
    summary: "check formatting, lint rules, types and unused exports",
    load: () => import("../../test/tasks/lint"),
  },
  format: { summary: "format all files", load: () => import("../../test/tasks/format") },
  generate: {
    summary: "write the pages, JSON Schema and types that are made from the code",
    load: () => import("../../test/tasks/generate"),
  },
};
