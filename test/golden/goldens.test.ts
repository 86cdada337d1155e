import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "./environments";
import { render } from "./render";

const updateCommand = "UPDATE_GOLDENS=1 npx mocha --import tsx 'test/golden/*.test.ts'";
/** Writes the golden files instead of comparing. */
const update = process.env.UPDATE_GOLDENS === "1";

describe("the rendered objects of an environment", () => {
  for (const [name, configuration] of Object.entries(environments)) {
    it(`are the golden file: ${name}`, async () => {
      const file = join(__dirname, "files", `${name}.yaml`);
      const rendered = await render(configuration);
      if (update) writeFileSync(file, rendered);
      const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
      if (rendered !== golden) assert.equal(rendered, golden, `${file} differs. If that is intended: ${updateCommand}`);
    });
  }
});
