import { Failure, findOnPath, must } from "../../cli/process";
import type { GoBuild } from "./targets";

/**
 * Environment of every Go build here. All builds have the same flags, so that they share compiled packages; those of the
 * user's own projects differ and are left alone. Debug information is a quarter of the compile time.
 */
export function goEnvironment(cgo: boolean, base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...base,
    CGO_ENABLED: cgo ? "1" : "0",
    // What go.mod and go.sum say, with the Go that is there.
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    GOFLAGS: "-mod=readonly -buildvcs=false -trimpath -gcflags=all=-dwarf=false",
    // Compilers live for seconds; collecting their garbage costs more than the memory.
    GOGC: "400",
  };
}

export function compileArguments(build: GoBuild): string[] {
  // `go list -export` compiles without linking, which has one thread and can run beside the next target's compiling.
  return ["list", "-export", "-deps", "-v", ...tags(build), "-f", "{{.ImportPath}}", ...build.packages];
}

export function downloadArguments(build: GoBuild): string[] {
  return ["list", "-deps", ...tags(build), "-f", "{{.ImportPath}}", ...build.packages];
}

export function linkArguments(build: GoBuild, output: string): string[] {
  return ["build", ...tags(build), "-ldflags", `-s -w ${build.ldflags ?? ""}`.trim(), "-o", output, ...build.packages];
}

function tags(build: GoBuild): string[] {
  return build.tags ? ["-tags", build.tags] : [];
}

let version: Promise<string> | undefined;

/** For example `go version go1.26.8 linux/amd64`: part of every result's key. */
export function goVersion(): Promise<string> {
  version ??= askVersion();
  return version;
}

async function askVersion(): Promise<string> {
  if (!findOnPath("go")) {
    throw new Failure(
      "There is no `go` on the PATH. Programs this machine lacks are built from source: install Go 1.26.6 or newer " +
        "(https://go.dev/dl), or install pulumi and kind to need no Go (see lab/README.md).",
    );
  }
  return (await must("go", ["version"], { env: goEnvironment(false) })).stdout.trim();
}
