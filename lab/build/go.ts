import { Failure, findOnPath, must } from "../host";
import type { GoBuild } from "./targets";

/**
 * The environment of every Go build here. All builds have the same flags, so that they share compiled packages. The packages
 * of the user's own projects have other flags and stay as they are. Debug information would take a quarter of the compile
 * time.
 */
export function goEnvironment(cgo: boolean, base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...base,
    CGO_ENABLED: cgo ? "1" : "0",
    // Versions come from go.mod and go.sum alone, and Go from the machine.
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    GOFLAGS: "-mod=readonly -buildvcs=false -trimpath -gcflags=all=-dwarf=false",
  };
}

export function compileArguments(build: GoBuild): string[] {
  // `go list -export` compiles without linking. Linking has one thread and runs beside the compiling of the next target.
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

/** Returns for example `go version go1.26.8 linux/amd64`, which is part of every result's key. */
export function goVersion(): Promise<string> {
  version ??= askVersion();
  return version;
}

async function askVersion(): Promise<string> {
  if (!findOnPath("go")) {
    throw new Failure(
      "`go` is not on the PATH, and programs that this machine lacks are built from source. Install Go 1.26.6 or newer " +
        "(https://go.dev/dl), or pulumi and kind, which need no Go (see lab/README.md).",
    );
  }
  return (await must("go", ["version"], { env: goEnvironment(false) })).stdout.trim();
}
