import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(__dirname, "../../..");

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly if: string; readonly steps: readonly { with?: Step }[] }>>;
}
interface Step {
  readonly command?: string;
  readonly "stack-name"?: string;
  readonly policyPacks?: string;
  readonly policyPackConfigs?: string;
}

describe("The workflow for CI", () => {
  const { jobs } = parse(readFileSync(join(root, "docs/ci/github-workflow.yml"), "utf8")) as Workflow;
  const steps = Object.entries(jobs).map(([job, { if: condition, steps }]) => ({
    job,
    condition,
    pulumi: steps.find(({ with: step }) => step?.command !== undefined)?.with,
  }));

  it("previews on pull requests of the repository itself and updates on pushes, nothing else", () => {
    assert.deepEqual(
      steps.map(({ job, pulumi }) => [job, pulumi?.command]),
      [
        ["preview", "preview"],
        ["up", "up"],
      ],
    );
    assert.match(
      steps[0]?.condition ?? "",
      /^github\.event_name == 'pull_request' && .*full_name == github\.repository$/,
    );
    assert.equal(steps[1]?.condition, "github.event_name == 'push'");
  });

  it("names a stack, a pack and a configuration that exist", () => {
    for (const { pulumi } of steps) {
      for (const file of [`Pulumi.${pulumi?.["stack-name"]}.yaml`, pulumi?.policyPacks, pulumi?.policyPackConfigs]) {
        assert.ok(file && existsSync(join(root, file)), file);
      }
    }
  });
});
