import fc from "fast-check";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { parsePipelines } from "../../../components/settings";
import { unknownKeys } from "../../../components/settings/stack-config";
import { badEdits } from "./bad";
import { editsOf } from "./edit";
import { firstScene, goodEdits } from "./good";
import { faultsOfRefusal } from "./invariants";
import { filesFolder, type Scene } from "./scene";

/** Returns the errors of a configuration, or an empty text. */
function errorsOf({ configuration, files }: Scene): string {
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

/** Makes edits of a configuration and parses each, without a cluster. Returns the edits that were judged wrongly. */
export function misjudgedEdits(count: number): string[] {
  let scene = firstScene;
  const wrong: string[] = [];
  const edits = editsOf(1, count, fc.oneof(goodEdits, badEdits));
  for (const [i, { name, apply }] of edits.entries()) {
    const { scene: next, verdict } = apply(scene);
    if (verdict.accepted) {
      if (errorsOf(next) !== "") wrong.push(`edit ${i} ${name} is refused:\n${errorsOf(next)}`);
      scene = next;
    } else if (verdict.by === "reader") {
      const at = verdict.at.startsWith("telemetry:") ? verdict.at.replace("telemetry:protect", "protect") : verdict.at;
      const faults = faultsOfRefusal(errorsOf(next), at);
      if (faults.length > 0) wrong.push(`edit ${i} ${name}: ${faults.join(", ")}\n${errorsOf(next)}`);
    }
  }
  return wrong;
}
