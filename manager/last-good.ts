import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, writeSnapshot, type Inputs, type Snapshot } from "./stack-inputs";

/** The way back from inputs that have failed. */
export type WayBack =
  | { readonly kind: "none" }
  /** The last good files are the same, so something else has changed, such as a Secret. */
  | { readonly kind: "same" }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot };

/** Keeps the inputs of a stack's last successful update in a folder. */
export class LastGood {
  constructor(private readonly folder: string) {}

  save(inputs: Inputs): void {
    const snapshot = writeSnapshot(join(this.folder, "inputs"), inputs);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, "last-good.json"),
      JSON.stringify({ fingerprint: fingerprint(inputs, []), snapshot }),
    );
  }

  wayBackFrom(failed: Inputs): WayBack {
    const good = this.read();
    if (good === undefined) return { kind: "none" };
    return good.fingerprint === fingerprint(failed, [])
      ? { kind: "same" }
      : { kind: "snapshot", snapshot: good.snapshot };
  }

  private read(): { fingerprint: string; snapshot: Snapshot } | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, "last-good.json"), "utf8")) as never;
    } catch {
      return undefined;
    }
  }
}
