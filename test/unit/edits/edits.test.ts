import assert from "node:assert/strict";
import fc from "fast-check";
import { formatFinding, PipelineConfigError } from "../../../components/schema";
import { parsePipelines } from "../../../components/settings";
import { unknownKeys } from "../../../components/settings/stack-config";
import { badEdits } from "../../edits/support/bad";
import { editsOf } from "../../edits/support/edit";
import { firstScene, goodEdits } from "../../edits/support/good";
import { faultsOfRefusal } from "../../edits/support/invariants";
import { filesFolder, type Scene } from "../../edits/support/scene";

/** What is said about a scene by whoever reads it; nothing when all is well. */
function said({ configuration, files }: Scene): string {
  const { development, ...written } = configuration;
  const problems = [
    ...unknownKeys(Object.keys(written)).map((finding) => `  ${formatFinding(finding)}`),
    ...(development === undefined ? [] : ["telemetry:development: does not have the expected form. Write."]),
  ];
  if (problems.length > 0) return problems.join("\n");
  try {
    parsePipelines(written, {
      now: new Date(),
      readFile: (path) => {
        const text = files[path.replace(`${filesFolder}/`, "")];
        if (text === undefined) throw new Error("ENOENT");
        return text;
      },
    });
    return "";
  } catch (error) {
    if (!(error instanceof PipelineConfigError)) throw error;
    return error.findings.map((finding) => `  ${formatFinding(finding)}`).join("\n");
  }
}

/** The edits of `npm run test:edits`, many more of them, and without a cluster: what can be told by reading. */
describe("random edits of a configuration, as far as they can be judged by reading", function () {
  this.timeout(60_000);

  it("are accepted when they are good, and refused at their place when they are not", () => {
    let scene = firstScene;
    const wrong: string[] = [];
    const edits = editsOf(1, 800, fc.oneof(goodEdits, badEdits));
    for (const [i, { name, apply }] of edits.entries()) {
      const { scene: next, verdict } = apply(scene);
      if (verdict.accepted) {
        if (said(next) !== "") wrong.push(`edit ${i} ${name} is refused:\n${said(next)}`);
        scene = next;
      } else if (verdict.by === "reader") {
        const at = verdict.at.startsWith("telemetry:")
          ? verdict.at.replace("telemetry:protect", "protect")
          : verdict.at;
        const faults = faultsOfRefusal(said(next), at);
        if (faults.length > 0) wrong.push(`edit ${i} ${name}: ${faults.join(", ")}\n${said(next)}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
});
