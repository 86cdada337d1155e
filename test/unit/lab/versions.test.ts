import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { targets } from "../../../lab/build/targets";
import { root } from "../../../lab/host";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The version that a target's program reports of itself. */
function reported(name: string): string {
  const flags = targets.find((target) => target.name === name)?.builds.map(({ ldflags = "" }) => ldflags) ?? [];
  return /version\.Version=(\S+)/.exec(flags.join(" "))?.[1] ?? assert.fail(`${name} reports no version`);
}

/** The version of a module that a target is built with. */
function built(name: string, module: string): string {
  const { module: folder } = targets.find((target) => target.name === name) ?? assert.fail(name);
  const text = read(`lab/${folder}/go.mod`);
  return new RegExp(`\\b${module} v(\\S+)`).exec(text)?.[1] ?? assert.fail(`${name} is built without ${module}`);
}

const minor = (version: string): string => version.split(".").slice(0, 2).join(".");

describe("the versions of Pulumi", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const dockerfile = read("manager/Dockerfile");

  for (const name of ["pulumi", "pulumi-oldest"]) {
    it(`are the same for the parts of an engine: ${name}`, () => {
      assert.equal(built(name, "github.com/pulumi/pulumi/pkg/v3"), reported(name));
      assert.equal(built(name, "github.com/pulumi/pulumi/sdk/v3"), reported(name));
    });
  }

  it("are in the manager's image those of the tests", () => {
    assert.equal(/^FROM \S+\/pulumi-base:(\S+)/m.exec(dockerfile)?.[1], reported("pulumi"));
  });

  it("are in the manager's image those of the npm packages", () => {
    const plugins = [...dockerfile.matchAll(/plugin install resource (\S+) v(\S+)/g)];
    const versions = plugins.map(([, name = "", version]) => [`@pulumi/${name}`, version]);
    const names = ["@pulumi/kubernetes", "@pulumi/random"];
    assert.deepEqual(
      versions,
      names.map((name) => [name, dependencies[name]]),
    );
  });

  it("are in the docs those of the tests", () => {
    const limits = read("docs/limits.md");
    assert.ok(limits.includes(`Pulumi ${minor(reported("pulumi"))}`), "docs/limits.md");
    assert.ok(read("README.md").includes(`≥ ${minor(reported("pulumi-oldest"))}`), "README.md");
  });
});
