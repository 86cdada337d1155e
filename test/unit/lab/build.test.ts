import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { compileArguments, goEnvironment, linkArguments } from "../../../lab/build/go";
import { explain } from "../../../lab/build/target";
import {
  clusterTargets,
  engineTargets,
  imageTargets,
  kindTestTargets,
  targets,
  testTargets,
  versionTargets,
} from "../../../lab/build/targets";
import { root } from "../../../lab/host";
import { eventually, temporaryFolder, write } from "../helpers/temp";

/** A `go` that answers the questions before compiling, and then compiles for ever in a child process. */
const slowGo = `#!/bin/sh
case "$1 $2" in
  "version ") echo "go version go1.26.8 test" ;;
  "env GOMODCACHE") printf '%s\\n%s\\n' "$FAKE/mod" "$FAKE/build" ;;
  "list -export") sleep 1000 & echo $! > "$FAKE/compiler"; wait ;;
esac
`;
const failingGo = slowGo.replace("sleep 1000 & echo", "echo 'x.go:1: no space left on device' >&2; exit 1; echo");

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("a build", function () {
  this.timeout("4m");
  const folder = temporaryFolder();

  function start(
    name: string,
    go: string,
  ): { fake: string; ended: Promise<number | null>; kill: () => void; output: () => string } {
    const fake = join(folder, name);
    write(fake, { "bin/go": go }, 0o755);
    const child = spawn(process.execPath, ["--import", "tsx", "cli/main.ts", "toolchain", "telemetrygen"], {
      cwd: root,
      env: { ...process.env, FAKE: fake, XDG_CACHE_HOME: join(fake, "cache"), PATH: path(fake) },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { fake, ended, kill: () => child.kill("SIGTERM"), output: () => output };
  }
  const path = (fake: string): string =>
    [join(fake, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
  const results = (fake: string): string[] => readdirSync(join(fake, "cache/telemetry-pipelines/toolchain"));

  it("that is interrupted ends its compilers and leaves nothing behind", async () => {
    const { fake, ended, kill, output } = start("interrupted", slowGo);
    const file = join(fake, "compiler");
    const compiler = await eventually(
      () => (existsSync(file) && Number(readFileSync(file, "utf8"))) || undefined,
      output(),
    );
    assert.ok(alive(compiler));
    kill();
    assert.equal(await ended, 143, output());
    await eventually(() => !alive(compiler) || undefined, "the compiler ends");
    assert.deepEqual(results(fake), []);
  });

  it("that fails names the step, its last lines and the remedy, and leaves nothing behind", async () => {
    const { fake, ended, output } = start("failing", failingGo);
    assert.equal(await ended, 1);
    assert.match(output(), /telemetrygen: compiling failed.*no space left on device.*The disk is full/s);
    assert.deepEqual(results(fake), []);
  });

  it("explains only known errors", () => {
    assert.match(explain("kube", "linking", "odd"), /kube: linking failed\.\n\nodd\n\nRun it again/);
    assert.match(explain("kube", "downloading", "x: 403 Forbidden"), /GOPROXY/);
    const long = Array.from({ length: 50 }, (_, line) => `line ${line}.`).join("\n");
    assert.ok(!explain("kube", "linking", long).includes("line 29."));
    assert.ok(explain("kube", "linking", long).includes("line 30."));
  });
});

describe("Go builds", () => {
  it("have the same flags whatever the user's are, so that they share compiled packages", () => {
    const env = goEnvironment(false, { GOFLAGS: "-mod=vendor", GOWORK: "/x/go.work", HOME: "/home/me" });
    assert.equal(env.GOFLAGS, "-mod=readonly -buildvcs=false -trimpath -gcflags=all=-dwarf=false");
    assert.deepEqual([env.CGO_ENABLED, env.GOTOOLCHAIN, env.GOWORK, env.HOME], ["0", "local", "off", "/home/me"]);
    assert.equal(goEnvironment(true).CGO_ENABLED, "1");
  });

  it("compile and link the same packages with the same tags", () => {
    const build = { packages: ["./a", "./b"], output: "./", tags: "x,y", ldflags: "-X v=1" };
    const compile = "list -export -deps -v -tags x,y -f {{.ImportPath}} ./a ./b";
    assert.equal(compileArguments(build).join(" "), compile);
    assert.equal(linkArguments(build, "/out/").join(" "), "build -tags x,y -ldflags -s -w -X v=1 -o /out/ ./a ./b");
  });
});

describe("the table of targets", () => {
  it("is in the order of need: cluster, engine, images", () => {
    const names = targets.map(({ name }) => name);
    assert.deepEqual(names.slice(0, clusterTargets.length), clusterTargets);
    const groups = [clusterTargets, engineTargets, imageTargets, testTargets, kindTestTargets, versionTargets];
    assert.deepEqual([...names].sort(), groups.flat().sort());
  });

  it("has a committed module for each", () => {
    for (const { name, module } of targets) {
      for (const file of ["go.mod", "go.sum"])
        assert.ok(existsSync(join(root, "lab", module, file)), `${name} ${file}`);
    }
  });
});
