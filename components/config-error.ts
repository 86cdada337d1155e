import { RunError } from "@pulumi/pulumi/errors";
import { formatFinding, recordFindings, type Finding } from "./schema";

/**
 * Everything that is wrong with the configuration, at once. Pulumi prints it without a stack. The findings are recorded
 * here for the manager, because errors also come from Outputs, which no other code catches. It is apart from `schema`,
 * because what runs outside the program needs no Pulumi, and would load it for half a second.
 */
export class PipelineConfigError extends RunError {
  constructor(readonly findings: readonly Finding[]) {
    const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
    super([`Invalid pipeline configuration (${count})`, ...findings.map((f) => `  ${formatFinding(f)}`)].join("\n"));
    this.name = "PipelineConfigError";
    recordFindings(findings);
  }
}
