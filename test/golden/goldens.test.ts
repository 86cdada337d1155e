import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "./environments";
import { render, secretServer } from "./render";

/** Writes the files anew instead of comparing: `UPDATE_GOLDENS=1 npx mocha --import tsx test/golden/*.test.ts`. */
const update = process.env.UPDATE_GOLDENS === "1";

describe("what is rendered for an environment", () => {
  let server: Awaited<ReturnType<typeof secretServer>>;
  before(async () => {
    server = await secretServer();
  });
  after(() => server.stop());

  for (const [name, configuration] of Object.entries(environments)) {
    it(`is as it was: ${name}`, async () => {
      const file = join(__dirname, "files", `${name}.yaml`);
      const rendered = await render(configuration, server.kubeconfig);
      if (update) writeFileSync(file, rendered);
      assert.equal(rendered, existsSync(file) ? readFileSync(file, "utf8") : "");
    });
  }
});
