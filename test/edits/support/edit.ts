import fc from "fast-check";
import type { Scene } from "./scene";

/** Who can tell that an edit is wrong: whoever reads the configuration, the collector, whoever reads Secrets, a pod. */
export type Judge = "reader" | "collector" | "secrets" | "cluster";

/** What has to come of an edit. The one who makes the edit knows it, not the program under test. */
type Verdict =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      readonly by: Judge;
      /** How the path begins that the refusal has to name. */
      readonly at: string;
    };

export interface Edited {
  readonly scene: Scene;
  readonly verdict: Verdict;
}

/** A change that somebody makes to a configuration that was good. */
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

/** An edit with choices of its own. */
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

/** The same seed gives the same edits, whatever their number. */
export function editsOf(seed: number, count: number, all: EditArbitrary): Edit[] {
  return fc.sample(fc.noShrink(all), { seed, numRuns: count });
}
