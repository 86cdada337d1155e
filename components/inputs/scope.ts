import { signalComponent, transform, type ComponentChain } from "../collector";

/**
 * OTTL that gives data the scope name of its input where a receiver has put its own there. A scope that the target
 * itself names stays.
 */
export function scopeStatements(input: string): string[] {
  const ofReceiver = `IsMatch(scope.name, "^github[.]com/open-telemetry/opentelemetry-collector-contrib/receiver/")`;
  return [
    `set(scope.version, "${scopeVersion}") where ${ofReceiver}`,
    `set(scope.name, "telemetry-pipelines/${input}") where ${ofReceiver}`,
  ];
}

/** The processor that does only that. */
export function scopeProcessor(input: string): ComponentChain[number] {
  return {
    id: signalComponent("transform", input, "metrics"),
    config: transform("metrics", [{ statements: scopeStatements(input) }]),
  };
}

/** Changes when what an input delivers does. */
const scopeVersion = "0.1.0";
