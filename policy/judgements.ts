/** What a rule has looked at in this run of the engine, by URN. */
interface Judgement {
  readonly judged: Set<string>;
  readonly violating: Set<string>;
  readonly unknown: Set<string>;
}

/** Keeps account of the rules' work, for the report at the end. */
export class Judgements {
  private readonly byRule = new Map<string, Judgement>();

  /** Notes that a rule begins with a resource; the returned functions note what came of it. */
  begin(rule: string, urn: string): { violation: () => void; unknown: () => void } {
    const judgement = this.byRule.get(rule) ?? { judged: new Set(), violating: new Set(), unknown: new Set() };
    this.byRule.set(rule, judgement);
    judgement.judged.add(urn);
    return {
      violation: () => void judgement.violating.add(urn),
      unknown: () => void judgement.unknown.add(urn),
    };
  }

  /** One line per state that a rule can be in. Rules that were switched off have judged nothing. */
  report(rules: readonly string[]): string {
    const judged = rules.flatMap((rule) => {
      const judgement = this.byRule.get(rule);
      return judgement === undefined ? [] : [[rule, judgement] as const];
    });
    const idle = rules.filter((rule) => !this.byRule.has(rule));
    const objects = new Set(judged.flatMap(([, judgement]) => [...judgement.judged]));
    return [
      `Policy report: ${judged.length} of ${rules.length} rules judged ${objects.size} resources.`,
      ...judged.map(([rule, judgement]) => `  ${rule}: ${described(judgement)}`),
      ...(idle.length > 0 ? [`  nothing to judge, or switched off: ${idle.join(", ")}`] : []),
    ].join("\n");
  }
}

function described({ judged, violating, unknown }: Judgement): string {
  const parts = [
    `${judged.size} judged`,
    ...(violating.size > 0 ? [`${violating.size} violating`] : []),
    ...(unknown.size > 0 ? [`${unknown.size} not known before the update`] : []),
  ];
  return parts.join(", ");
}
