import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../lab/host";

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const dependencies = (folder: string): Package["dependencies"] =>
  (JSON.parse(read(join(folder, "package.json"))) as Package).dependencies;

/** The installed packages that the files import, for their types or at run time. */
function imported(patterns: readonly string[]): string[] {
  const files = globSync([...patterns], { cwd: root }).filter((file) => !/(^|\/)(node_modules|test)\//.test(file));
  const names = files
    .flatMap((file) => [...read(file).matchAll(/(?:\bfrom |\bimport\()"([^".][^"]*)"/g)])
    .map(([, specifier = ""]) => specifier)
    .filter((specifier) => !specifier.startsWith("node:"))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
  return [...new Set(names)].sort();
}

// `npm ci --omit=dev` installs these dependencies and nothing else.
describe("the dependencies of", () => {
  const packages: Readonly<Record<string, readonly string[]>> = {
    ".": ["index.ts", "components/**/*.ts", "lab/*.ts", "lab/build/*.ts"],
    cli: ["cli/**/*.ts"],
    manager: ["manager/**/*.ts"],
    policy: ["policy/**/*.ts"],
  };
  for (const [folder, patterns] of Object.entries(packages)) {
    it(`${folder} are all that it imports`, () => {
      const known = Object.keys(dependencies(folder));
      assert.deepEqual(
        imported(patterns).filter((name) => !known.includes(name)),
        [],
      );
    });
  }

  it("the program are all that pulumi needs to compile it", () => {
    const [, list = ""] = /"types": \[([^\]]*)\]/.exec(read("tsconfig.json")) ?? [];
    const types = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => `@types/${name}`);
    assert.deepEqual(
      ["typescript", ...types].filter((name) => !(name in dependencies("."))),
      [],
    );
  });

  it("the program lead to the same code in an update as in the tests", () => {
    const option = (file: string, name: string): string | undefined =>
      new RegExp(`"${name}": "([^"]*)"`).exec(read(file))?.[1];
    for (const name of ["target", "module", "moduleResolution"]) {
      assert.ok(option("tsconfig.json", name), name);
      assert.equal(option("tsconfig.pulumi.json", name), option("tsconfig.json", name), name);
    }
  });

  it("the library are none of those of the status page and the manager's metrics", () => {
    const all = Object.keys(dependencies("."));
    assert.deepEqual(
      ["echarts", "prom-client"].filter((name) => all.includes(name)),
      [],
    );
  });

  it("two packages have the same version in both", () => {
    const versions = new Map<string, string>();
    for (const folder of Object.keys(packages)) {
      for (const [name, version] of Object.entries(dependencies(folder))) {
        assert.equal(versions.get(name) ?? version, version, `${name} in ${folder}/package.json`);
        versions.set(name, version);
      }
    }
  });
});
