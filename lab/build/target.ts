import { chmodSync, copyFileSync, cpSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, lastLines, run } from "../host";
import { compileArguments, downloadArguments, goEnvironment, linkArguments } from "./go";
import { heartbeat } from "./progress";
import { sourceFolders } from "./hash";
import type { Target } from "./targets";

/** Builds one target in its own folder. The steps are separate, because steps of different targets run side by side. */
export class TargetBuild {
  private readonly env: NodeJS.ProcessEnv;
  private readonly source: string;
  /** The folder of the result. */
  readonly result: string;

  constructor(
    readonly target: Target,
    private readonly labFolder: string,
    staging: string,
  ) {
    const work = join(staging, "go");
    this.result = join(staging, "result");
    mkdirSync(work, { recursive: true });
    mkdirSync(this.result, { recursive: true });
    // The staging folder also holds Go's temporary files, so that an interrupted build leaves none behind.
    this.env = { ...goEnvironment(target.cgo ?? false), GOTMPDIR: work };
    this.source = target.generator ? join(staging, "source") : join(labFolder, target.module);
  }

  /** Downloads the source. Needs the network, but hardly the processor. */
  async download(): Promise<void> {
    if (this.target.generator) await this.generate(this.target.generator);
    for (const build of this.target.builds) await this.go("downloading", downloadArguments(build));
  }

  /** Compiles, and shows how far the whole build is. */
  async compile(forecast: () => string): Promise<void> {
    for (const build of this.target.builds) await this.go("compiling", compileArguments(build), forecast);
  }

  async link(): Promise<void> {
    for (const build of this.target.builds) {
      const output = join(this.result, build.output) + (build.output.endsWith("/") ? "/" : "");
      if (build.output.endsWith("/")) mkdirSync(output, { recursive: true });
      await this.go("linking", linkArguments(build, output));
    }
    for (const [program, names] of Object.entries(this.target.aliases ?? {})) {
      for (const name of names) symlinkSync(program, join(this.result, name));
    }
    await this.copyScripts();
  }

  private async copyScripts(): Promise<void> {
    for (const { module, file, folder = "." } of this.target.scripts ?? []) {
      const { stdout } = await this.go("copying scripts", ["list", "-m", "-f", "{{.Dir}}", module]);
      const copy = join(this.result, folder, basename(file));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(join(stdout.trim(), file), copy);
      chmodSync(copy, 0o755);
    }
  }

  /** Generates the module's source from its `builder.yaml`. */
  private async generate(generator: string): Promise<void> {
    const [module, generatorModule] = sourceFolders(this.target, this.labFolder) as [string, string];
    const program = join(this.source, "..", "generator");
    const options = { cwd: generatorModule, env: this.env };
    await this.step("building its generator", ["go", "build", "-o", program, generator], options);
    cpSync(module, this.source, { recursive: true });
    const generate = [program, "--config", "builder.yaml", "--skip-compilation", "--skip-get-modules"];
    await this.step("generating its source", generate, { cwd: this.source, env: this.env });
    // The generator writes a go.mod with versions that it chooses. Ours are pinned.
    for (const file of ["go.mod", "go.sum"]) copyFileSync(join(module, file), join(this.source, file));
  }

  private go(step: string, args: readonly string[], forecast?: () => string): Promise<{ stdout: string }> {
    return this.step(step, ["go", ...args], { cwd: this.source, env: this.env }, forecast);
  }

  /** Runs one step with progress. A failure names the step, and shows its last lines and a remedy. */
  private async step(
    step: string,
    [command, ...args]: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv },
    forecast?: () => string,
  ): Promise<{ stdout: string }> {
    const { name } = this.target;
    let packages = 0;
    // While it compiles, Go prints each package that is not in its cache. At the end, it prints the full list.
    const beat = heartbeat(name, step, () => (forecast ? `${packages} packages; ${forecast()}` : ""));
    try {
      const ran = await run(command ?? "", args, { ...options, onLine: () => (packages += 1) });
      if (ran.code !== 0) throw new Failure(explain(name, step, ran.output));
      return ran;
    } finally {
      beat.stop();
    }
  }
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/i, "The disk is full. Make room and run it again. Finished parts are kept."],
  [/403 Forbidden|404 Not Found|410 Gone/, "The module proxy does not serve this version. Check `go env GOPROXY`."],
  [
    /dial tcp|i\/o timeout|TLS handshake|connection refused|no such host/,
    "The module proxy cannot be reached. Check `go env GOPROXY`.",
  ],
  [/signal: killed|cannot allocate memory/, "The machine ran out of memory. End other programs and run it again."],
  [/requires go >= |go: download go1\./, "Install a newer Go (https://go.dev/dl)."],
  [/checksum mismatch|missing go\.sum/, "Files in lab/modules differ from the committed ones. Check git status."],
];

export function explain(name: string, step: string, output: string): string {
  const remedy = remedies.find(([pattern]) => pattern.test(output))?.[1];
  const always = "Run it again: finished parts are kept.";
  return `${name}: ${step} failed.\n\n${lastLines(output, 20)}\n\n${remedy ?? always}`;
}
