import { signalComponent, transform, type ComponentChain } from "../collector";

/**
 * Returns OTTL statements that replace a receiver's own scope name by that of the input. A scope name from the target
 * stays.
 */
export function scopeStatements(input: string): string[] {
  const ofReceiver = `IsMatch(scope.name, "^github[.]com/open-telemetry/opentelemetry-collector-contrib/receiver/")`;
  return [
    `set(scope.version, "${scopeVersion}") where ${ofReceiver}`,
    `set(scope.name, "telemetry-pipelines/${input}") where ${ofReceiver}`,
  ];
}

/** Returns OTTL statements that set the scope of an input whose receiver sets none. */
export function ownScope(input: string): string[] {
  return [`set(scope.version, "${scopeVersion}")`, `set(scope.name, "telemetry-pipelines/${input}")`];
}

/**
 * Returns a processor that sets the scope. `part` is the input's part of component ids, if that is another one.
 * `before` are statements about resources that come first.
 */
export function scopeProcessor(part: string, input = part, before: readonly string[] = []): ComponentChain[number] {
  return {
    id: signalComponent("transform", part, "metrics"),
    config: transform("metrics", [
      ...(before.length > 0 ? [{ statements: before }] : []),
      { statements: scopeStatements(input) },
    ]),
  };
}

/** Version of the scope. It changes whenever the data of an input changes. */
const scopeVersion = "0.1.0";
