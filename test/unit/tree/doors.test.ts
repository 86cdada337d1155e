import assert from "node:assert/strict";
import { Linter } from "eslint";
import { doorRules } from "../../runner/doors.mjs";

/** Returns the rules that a line of code breaks. */
function broken(code: string): (string | null)[] {
  const rules = doorRules as unknown as Linter.RulesRecord;
  return new Linter().verify(code, [{ rules }]).map(({ ruleId }) => ruleId);
}

describe("the lint rule about doors", () => {
  const forms: Readonly<Record<string, (path: string) => string>> = {
    "no-restricted-imports": (path) => `import { one } from "${path}";`,
    "no-restricted-syntax": (path) => `import("${path}");`,
  };

  for (const path of [
    "./watch/informer",
    "../watch/index",
    "../manager/exit",
    "../../manager/watch",
    "../../manager/deployment/telemetry-manager",
    "../components/settings/parse",
    "../../components/settings/checks",
    "./components/settings/checks",
    "./checks/tls",
    "../facts/objects",
    "../../lab/host/paths",
    "../../test/e2e/support/stack",
  ]) {
    it(`rejects ${path}`, () => {
      for (const [rule, code] of Object.entries(forms)) assert.deepEqual(broken(code(path)), [rule]);
      assert.deepEqual(broken(`export * from "${path}";`), ["no-restricted-imports"]);
    });
  }

  for (const path of [
    "./informer",
    "./watch",
    "../watch",
    "../kinds",
    "../../manager",
    "../../manager/deployment",
    "../manager/status-page",
    "./components/telemetry",
    "./components/settings",
    "../../components/contract",
    "../../components/verification",
    "../../lab/host",
    "../../lab/build",
    "../../test/tasks/lint",
    "node:fs/promises",
    "@pulumi/pulumi/automation",
  ]) {
    it(`allows ${path}`, () => {
      for (const code of Object.values(forms)) assert.deepEqual(broken(code(path)), []);
    });
  }
});
