import assert from "node:assert/strict";
import type { BadInput } from "../unit/settings/helpers";
import { credentials } from "../unit/settings/inputs/credentials";
import { endpoints } from "../unit/settings/inputs/endpoints";
import { names } from "../unit/settings/inputs/names";
import { ottl } from "../unit/settings/inputs/ottl";
import { settings } from "../unit/settings/inputs/settings";
import { shapes } from "../unit/settings/inputs/shape";
import { tlsMaterial } from "../unit/settings/inputs/tls";
import { everyObject } from "./support/kubectl";
import { Stack } from "./support/stack";

/** One fault of each topic, and faults whose text could get lost between the file and the program. */
const sample: readonly (readonly [topic: readonly BadInput[], behaviour: string])[] = [
  [shapes, "a field that is misspelt"],
  [shapes, "a field called __proto__"],
  [names, "a name that occurs twice"],
  [endpoints, "gRPC without port"],
  [tlsMaterial, "an authority that is cut off"],
  [credentials, "basic and OAuth2"],
  [ottl, "a filter that changes data"],
  [settings, "a memory limit that is too small for the collector"],
];

describe("a configuration that is wrong, on the real engine", function () {
  this.timeout("8m");
  const stack = new Stack({});
  let objects: string[];

  before(async () => {
    objects = await everyObject();
    await stack.create();
  });

  after(() => stack.dispose());

  for (const [topic, behaviour] of sample) {
    it(`fails in the preview and names the place and the remedy: ${behaviour}`, async () => {
      const [, raw, lines] = topic.find(([name]) => name === behaviour) ?? [];
      assert.ok(raw && lines, "it is in the table");
      stack.configure({ ...raw });
      const { code, output } = await stack.preview();
      assert.notEqual(code, 0, output);
      for (const line of lines) assert.ok(output.includes(line), `${line}\nis not in\n${output}`);
      assert.doesNotMatch(output, /^ +at .*\(/m, "a stack trace is shown");
    });
  }

  it("fails in the update before anything is made or changed", async () => {
    await assert.rejects(stack.up(), /gateway\.resources\.limits\.memory/);
    assert.deepEqual(await everyObject(), objects);
  });
});
