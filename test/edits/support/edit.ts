import fc from "fast-check";
import type { Scene } from "./scene";

/** The judge of a wrong edit: the parser of the configuration, the collector, the reader of Secrets, or a pod. */
export type Judge = "reader" | "collector" | "secrets" | "cluster";

/** The required result of an edit. The edit itself states it, not the program under test. */
type Verdict =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      readonly by: Judge;
      /** The beginning of the path that the refusal must name. */
      readonly at: string;
    };

export interface Edited {
  readonly scene: Scene;
  readonly verdict: Verdict;
}

/** A user's change to a good configuration. */
export interface Edit {
  readonly name: string;
  readonly apply: (before: Scene) => Edited;
}

export type EditArbitrary = fc.Arbitrary<Edit>;

export const accepted = (scene: Scene): Edited => ({ scene, verdict: { accepted: true } });
export const refused = (scene: Scene, at: string, by: Judge = "reader"): Edited => ({
  scene,
  verdict: { accepted: false, by, at },
});

/** Makes an edit with random choices. */
export const edit = <T>(
  name: string,
  choices: fc.Arbitrary<T>,
  apply: (before: Scene, choice: T) => Edited,
): EditArbitrary =>
  choices.map((choice) => ({
    name: `${name} ${shortened(JSON.stringify(choice))}`,
    apply: (before) => apply(before, choice),
  }));

const shortened = (text: string): string => (text.length > 90 ? `${text.slice(0, 90)}…` : text);

/** Returns random edits. The same seed gives the same edits, whatever their number. */
export function editsOf(seed: number, count: number, all: EditArbitrary): Edit[] {
  return fc.sample(fc.noShrink(all), { seed, numRuns: count });
}
