interface Task {
  /** Returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

interface Entry {
  readonly summary: string;
  /** A task's code is loaded when it is asked for, so that every command starts fast. */
  readonly load: () => Promise<Task>;
}

export const tasks: Readonly<Record<string, Entry>> = {
  start: { summary: "everything from nothing to metrics in a backend", load: () => import("./start") },
  test: { summary: "all that needs no cluster: lint, types, unit tests", load: () => import("../../test/tasks/test") },
  "test:e2e": { summary: "the real cluster with the real engine", load: () => import("../../test/tasks/e2e") },
  "test:faults": { summary: "the truth table of faults and verdicts", load: () => import("../../test/tasks/faults") },
  "test:edits": { summary: "random edits of a stack's configuration", load: () => import("../../test/tasks/edits") },
  bench: { summary: "a measurement: npm run bench -- NAME", load: () => import("../../test/tasks/bench") },
  up: { summary: "pulumi up on the development stack", load: () => import("./up") },
  preview: { summary: "pulumi preview on the development stack", load: () => import("./preview") },
  status: { summary: "how the pipelines are now, without an update", load: () => import("./status") },
  manager: { summary: "keeps a stack as its inputs say (--help)", load: () => import("./manager") },
  destroy: { summary: "pulumi destroy on the development stack", load: () => import("./destroy") },
  build: { summary: "the package that other programs import, into dist", load: () => import("./build") },
  render: { summary: "manifests and collector configurations as files: -- --out DIR", load: () => import("./render") },
  "cluster:up": { summary: "start or repair the local cluster", load: () => import("./cluster-up") },
  "cluster:down": { summary: "remove the local cluster", load: () => import("./cluster-down") },
  toolchain: { summary: "build what the machine lacks (--help)", load: () => import("./toolchain") },
  lint: { summary: "formatting, lint rules and types", load: () => import("../../test/tasks/lint") },
  format: { summary: "format all files", load: () => import("../../test/tasks/format") },
};
