import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles, targetHash } from "../../../lab/build/hash";
import type { Target } from "../../../lab/build/targets";
import { temporaryFolder, write } from "../helpers/temp";

const target: Target = {
  name: "one",
  module: "module",
  builds: [{ packages: ["."], output: "one" }],
  seconds: 1,
  gib: { modules: 0, build: 0, result: 0 },
};

describe("the key of a built target", () => {
  const folder = temporaryFolder();
  let count = 0;

  /** The key with these files as the module. */
  function key(
    files: Readonly<Record<string, string>>,
    changed: Partial<Target> = {},
    go = "go version go1.26.8",
  ): string {
    const test = join(folder, String((count += 1)));
    mkdirSync(test);
    write(test, files);
    return targetHash({ ...target, ...changed }, test, go);
  }
  const files = { "module/go.mod": "module m", "module/cmd/main.go": "package main", "module/web/page.html": "<p>" };

  it("is the same for the same files, wherever they are", () => {
    assert.equal(key(files), key(files));
    assert.match(key(files), /^[0-9a-f]{16}$/);
  });

  it("is the same however long the build is expected to take", () => {
    assert.equal(key(files, { seconds: 2 }), key(files));
  });

  const changes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "a file's content": { ...files, "module/go.mod": "module n" },
    "an embedded file": { ...files, "module/web/page.html": "<b>" },
    "one more file": { ...files, "module/go.sum": "" },
    "a file's name": {
      "module/go.mod": "module m",
      "module/cmd/other.go": "package main",
      "module/web/page.html": "<p>",
    },
  };
  for (const [what, other] of Object.entries(changes)) {
    it(`changes with ${what}`, () => assert.notEqual(key(other), key(files)));
  }

  it("differs for files whose texts join to the same bytes", () => {
    assert.notEqual(key({ "module/a": "12", "module/b": "3" }), key({ "module/a": "1", "module/b": "23" }));
  });

  it("changes with Go's version and with the target's own definition", () => {
    assert.notEqual(key(files, {}, "go version go1.26.9"), key(files));
    assert.notEqual(key(files, { builds: [{ packages: ["."], output: "one", tags: "x" }] }), key(files));
  });

  it("does not change with tests and other files that are not compiled in", () => {
    const more = { "module/cmd/main_test.go": "x", "module/README.md": "x", "module/a.test.ts": "x", "module/.x": "x" };
    assert.equal(key({ ...files, ...more }), key(files));
  });

  it("covers the generator of a generated source", () => {
    const generated = { ...files, "modules/collector-builder/go.mod": "v1" };
    const newer = { ...files, "modules/collector-builder/go.mod": "v2" };
    assert.notEqual(key(generated, { generator: "builder" }), key(newer, { generator: "builder" }));
    assert.equal(key(generated), key(newer));
  });

  it("reads files in an order that does not depend on the file system", () => {
    const test = join(folder, "order");
    write(test, { "b/z": "", "b/a": "", a: "", c: "" });
    assert.deepEqual(
      sourceFiles(test).map((file) => file.slice(test.length + 1)),
      ["a", "b/a", "b/z", "c"],
    );
  });
});
