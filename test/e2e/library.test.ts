import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Stack } from "./support/stack";

const root = join(__dirname, "../..");
const modules = join(root, "node_modules");
const run = promisify(execFile);
const name = "telemetry-pipelines";
/** Packages that run TypeScript in a checkout: `pulumi up` needs them, the packed JavaScript does not. */
const forTypeScript = ["@types/node", "tsx", "typescript"];

describe("the package, as other programs import it", function () {
  this.timeout("6m");
  const folder = mkdtempSync(join(tmpdir(), "telemetry-library-"));
  const packed = join(folder, "package");
  const program = join(folder, "program");

  before(async () => {
    await run("npm", ["pack", "--pack-destination", folder], { cwd: root });
    const [tarball = ""] = globSync("*.tgz", { cwd: folder });
    await run("tar", ["-xzf", join(folder, tarball), "-C", folder]);
    // The same as after `npm install`: the packed package beside its dependencies.
    const installed = join(program, "node_modules");
    mkdirSync(installed, { recursive: true });
    for (const entry of readdirSync(modules).filter((entry) => entry !== name && !entry.startsWith("."))) {
      symlinkSync(join(modules, entry), join(installed, entry));
    }
    cpSync(packed, join(installed, name), { recursive: true });
    for (const file of readdirSync(join(root, "examples/library")).filter((file) => file !== "node_modules")) {
      cpSync(join(root, "examples/library", file), join(program, file));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has everything that it needs at run time, and lists all its dependencies", () => {
    assert.deepEqual(globSync("dist/program.*", { cwd: packed }).sort(), ["dist/program.d.ts", "dist/program.js"]);
    assert.deepEqual(
      globSync("**/*.ts", { cwd: packed }).filter((path) => !path.endsWith(".d.ts")),
      [],
    );
    const { dependencies } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const required = globSync("dist/**/*.js", { cwd: packed })
      .flatMap((path) => [...readFileSync(join(packed, path), "utf8").matchAll(/\brequire\("([^".][^"]*)"\)/g)])
      .map(([, module = ""]) => module.replace(/^((?:@[^/]+\/)?[^/]+).*$/, "$1"))
      .filter((module) => !module.startsWith("node:") && !builtinModules.includes(module));
    assert.deepEqual([...new Set(required), ...forTypeScript].sort(), Object.keys(dependencies).sort());
  });

  it("has types that the example program is checked against", async () => {
    const { stdout } = await run(process.execPath, [join(modules, "typescript/bin/tsc"), "--listFiles"], {
      cwd: program,
      maxBuffer: 16 * 1024 * 1024,
    });
    assert.ok(stdout.includes(`program/node_modules/${name}/dist/index.d.ts`), stdout);
    assert.ok(!stdout.includes(`${root}/components`));
  });

  it("is previewed by the example program", async () => {
    const stack = new Stack({ token: "hunter2" }, program, "shop-telemetry");
    try {
      await stack.create();
      const { code, output } = await stack.preview();
      assert.equal(code, 0, output);
      assert.match(output, /telemetry:index:OtlpGateway/);
      assert.match(output, /kubernetes:core\/v1:Secret/);
      assert.match(output, /OTEL_EXPORTER_OTLP_ENDPOINT: "http:\/\/telemetry-otlp\.telemetry:4318"/);
      assert.doesNotMatch(output, /hunter2/);
    } finally {
      stack.dispose();
    }
  });
});
