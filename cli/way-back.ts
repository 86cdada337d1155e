import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Inputs } from "../manager/stack-inputs";
import { LastGood } from "../manager/last-good";
import { changedResources, hear, nothingSaid } from "../manager/outcome";

export interface WayBackOptions {
  /** What the update is made from. */
  readonly inputs: Inputs;
  /** Folder for the inputs of the last good update of the stack. */
  readonly kept: string;
  /** Whether a failed update is undone by them. */
  readonly goBack: boolean;
}

/**
 * An update that leaves behind what can be gone back to, and goes back when it fails after it has changed something.
 * Returns the update's exit code.
 */
export async function updateWithWayBack(
  { inputs, kept, goBack }: WayBackOptions,
  update: (...more: string[]) => Promise<number>,
): Promise<number> {
  const lastGood = new LastGood(kept);
  const { code, changes } = goBack ? await counted(update) : { code: await update(), changes: 0 };
  if (code === 0) lastGood.save(inputs);
  if (code === 0 || !goBack) return code;
  if (changes === 0) {
    console.error("\nThere is nothing to go back from: the update has changed nothing.");
    return code;
  }
  const way = lastGood.wayBackFrom(inputs);
  switch (way.kind) {
    case "none":
      console.error("\nThere is nothing to go back to: no update from here has gone well yet.");
      return code;
    case "same":
      console.error(
        "\nThere is nothing to go back to: these are the last settings that were good. Did a Secret change?",
      );
      return code;
    case "snapshot":
      console.error("\nThe update failed: going back to the last settings that were good.");
      console.error(
        (await update("--config-file", way.snapshot.settings)) === 0
          ? `\nWent back. What was before serves now; ${inputs.settings.path} is as you have written it.`
          : "\nGoing back failed, too; see above.",
      );
      return code;
  }
}

/** An update, and how many resources it has changed. */
async function counted(
  update: (...more: string[]) => Promise<number>,
): Promise<{ readonly code: number; readonly changes: number }> {
  const folder = mkdtempSync(join(tmpdir(), "update-"));
  const log = join(folder, "events");
  try {
    // An update that ends before its engine begins writes none.
    writeFileSync(log, "");
    const code = await update("--event-log", log);
    const summaries = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"summaryEvent"'));
    const said = summaries.map((line) => JSON.parse(line) as EngineEvent).reduce(hear, nothingSaid);
    return { code, changes: changedResources(said) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
