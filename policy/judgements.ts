/** Resources that a rule has judged in this run of the engine, by URN. */
interface Judgement {
  readonly judged: Set<string>;
  readonly violating: Set<string>;
  readonly unknown: Set<string>;
}

/** Counts the rules' judgements for the report at the end. */
export class Judgements {
  private readonly byRule = new Map<string, Judgement>();

  /** Records that a rule starts to judge a resource. The returned functions record the result. */
  begin(rule: string, urn: string): { violation: () => void; unknown: () => void } {
    const judgement = this.byRule.get(rule) ?? { judged: new Set(), violating: new Set(), unknown: new Set() };
    this.byRule.set(rule, judgement);
    judgement.judged.add(urn);
    return {
      violation: () => void judgement.violating.add(urn),
      unknown: () => void judgement.unknown.add(urn),
    };
  }

  /** Writes one line for each rule that judged something, and one for all others. A disabled rule judges nothing. */
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
