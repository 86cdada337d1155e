import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Inputs, LastGood, addEvent, changedResources, emptyReport } from "../manager";

export interface WayBackOptions {
  /** The files from which the update is made. */
  readonly inputs: Inputs;
  /** The folder for the inputs of the stack's last good update. */
  readonly kept: string;
  /** Whether a failed update returns to those inputs. */
  readonly goBack: boolean;
}

/**
 * Runs an update and keeps its inputs if it succeeds. With `goBack`, an update that fails after it has changed something is
 * followed by one with the last good inputs. Returns the exit code of the first update.
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
    console.error("\nDid not go back: the update has changed nothing.");
    return code;
  }
  const way = lastGood.wayBackFrom(inputs);
  switch (way.kind) {
    case "none":
      console.error("\nDid not go back: no update from this checkout has succeeded yet.");
      return code;
    case "same":
      console.error(
        "\nDid not go back: these settings are those of the last good update. Check whether a Secret has changed.",
      );
      return code;
    case "snapshot":
      console.error("\nThe update failed. Going back to the settings of the last good update.");
      console.error(
        (await update("--config-file", way.snapshot.settings)) === 0
          ? `\nWent back: the cluster has the settings of the last good update. ${inputs.settings.path} is unchanged.`
          : "\nGoing back failed, too; see above.",
      );
      return code;
  }
}

/** Runs an update and counts the resources that it has changed. */
async function counted(
  update: (...more: string[]) => Promise<number>,
): Promise<{ readonly code: number; readonly changes: number }> {
  const folder = mkdtempSync(join(tmpdir(), "update-"));
  const log = join(folder, "events");
  try {
    // An update that ends before its engine starts writes no file.
    writeFileSync(log, "");
    const code = await update("--event-log", log);
    const summaries = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"summaryEvent"'));
    const report = summaries.map((line) => JSON.parse(line) as EngineEvent).reduce(addEvent, emptyReport);
    return { code, changes: changedResources(report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
