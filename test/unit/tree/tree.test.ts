import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

const root = join(__dirname, "../../..");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const sources = files.filter((file) => /^(components|cli|lab|manager|policy|docs|test)\/.*\.(ts|mjs)$/.test(file));

/** Doors and entries have the same name everywhere. */
const isNamedByItsFolder = (file: string): boolean => /^(index|main)\.(ts|mjs)$/.test(basename(file));

/** The room of a file in `components`, or the file itself where it is in none. */
function roomOf(file: string): string {
  const [, room = "", inner] = file.split("/");
  return inner === undefined ? basename(room, ".ts") : room;
}

/** Which rooms of `components` import which. The program that runs outside is an entry: it loads the code of each job. */
function imports(): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const file of files.filter((one) => /^components\/.*\.ts$/.test(one) && one !== "components/program.ts")) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, path = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)) {
      const [from, to] = [roomOf(file), roomOf(normalize(join(dirname(file), path)) + (path.endsWith("/") ? "x" : ""))];
      if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  return edges;
}

/** Imports that remain at run time: no types, and no import in a template of code. */
function loads(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = text.matchAll(/^(?:import|export) (?!type )([^;]*?) from "([^"]+)";|import\("([^"]+)"\)/gm);
  return [...statements].flatMap(([, names = "", from = "", later = ""]) => {
    const isOnlyTypes = /^\{[^}]*\}$/.test(names) && [...names.matchAll(/[{,] *(type )?\w/g)].every(([, type]) => type);
    return isOnlyTypes ? [] : [from || later];
  });
}

/** All packages that a file loads, by itself or through others of this project, each with one file that does. */
function packagesOf(entry: string): Map<string, string> {
  const [seen, packages] = [new Set([entry]), new Map<string, string>()];
  for (const file of seen)
    for (const from of loads(file)) {
      if (!from.startsWith(".")) packages.set(from, file);
      else {
        const path = normalize(join(dirname(file), from));
        const target = [`${path}.ts`, join(path, "index.ts")].find((one) => existsSync(join(root, one)));
        assert.ok(target !== undefined, `${file} imports ${from}`);
        seen.add(target);
      }
    }
  return packages;
}

describe("the tree", () => {
  it("has file names in kebab-case", () => {
    assert.deepEqual(
      sources.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(ts|mjs)$/.test(basename(file))),
      [],
    );
  });

  for (const [what, folders] of [
    ["the library, the command line and the manager", /^(components|cli|manager)\//],
    ["the policy pack", /^policy\//],
    ["the lab", /^lab\//],
  ] as const) {
    it(`has no two files of one name, except doors, in ${what}`, () => {
      const names = sources
        .filter((file) => folders.test(file) && !isNamedByItsFolder(file))
        .map((file) => basename(file));
      assert.deepEqual(
        names.filter((name, i) => names.indexOf(name) !== i),
        [],
      );
    });
  }

  it("has no script of another module system", () => {
    assert.deepEqual(
      files.filter((file) => file.endsWith(".cjs") || file.endsWith(".d.cts")),
      [],
    );
  });

  it("has rooms that import in the order that the page of the architecture gives", () => {
    const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const [, list = ""] = /imports only what stands before it in this order:([^.]+)\./.exec(page) ?? [];
    const order = list.split(",").map((name) => name.trim());
    const edges = [...imports()].flatMap(([from, to]) => [...to].map((one) => [from, one] as const));
    const unknown = edges.flat().filter((room) => !order.includes(room));
    assert.deepEqual([...new Set(unknown)], [], "rooms that the page does not name");
    const upwards = edges.filter(([from, to]) => order.indexOf(to) >= order.indexOf(from));
    assert.deepEqual(
      upwards.map((edge) => edge.join(" imports ")),
      [],
    );
  });

  it("loads no Pulumi in programs that run outside the Pulumi program, which each would wait for", () => {
    const packages = packagesOf("components/program.ts");
    assert.deepEqual(
      [...packages].filter(([name]) => name.startsWith("@pulumi/")),
      [],
    );
    assert.ok(packages.has("@kubernetes/client-node") && packages.has("zod"), [...packages.keys()].join(", "));
  });

  it("names the switch that skips certificates in few places", () => {
    const named = files
      .filter((file) => /^components\//.test(file))
      .filter((file) => {
        return readFileSync(join(root, file), "utf8").includes("insecureSkipVerify");
      });
    assert.ok(named.length <= 4, named.join(", "));
  });
});
