import { parseArgs } from "node:util";
import { Failure } from "../lab/host";
import { readArguments } from "./arguments";

/** A command about a stack itself, not about its objects. */
export interface StackCommand {
  /** Arguments of pulumi. */
  readonly args: readonly string[];
  /** The stack that must exist. */
  readonly existing?: string;
  /** The stack into whose file the command writes a secret. */
  readonly secretOf?: string;
}

export const stackUsage = `npm run stack -- COMMAND

  ls                              list the stacks
  init NAME                       make a stack
  secret PATH [--stack NAME]      set a secret of a stack (dev): asks for its value, or reads it from standard input
  cancel NAME                     remove the lock that a killed update left
  rm NAME                         remove a stack whose objects are destroyed; its file Pulumi.NAME.yaml stays

Further options go to pulumi: \`npm run stack -- rm staging --yes\`.`;

/** Turns the arguments of `npm run stack` into those of pulumi. Throws a `Failure` with the usage. */
export function stackCommand([command, ...rest]: readonly string[]): StackCommand {
  switch (command) {
    case "ls":
      return { args: ["stack", "ls", ...rest] };
    case "init":
      return { args: ["stack", "init", ...named(command, rest)] };
    case "rm":
      return { args: ["stack", "rm", ...named(command, rest), "--preserve-config"], existing: rest[0] };
    case "cancel":
      return { args: ["cancel", ...named(command, rest)], existing: rest[0] };
    case "secret":
      return secret(rest);
    case undefined:
    default:
      throw new Failure(stackUsage);
  }
}

function named(command: string, rest: readonly string[]): readonly string[] {
  if (rest[0] === undefined || rest[0].startsWith("-"))
    throw new Failure(`${command} needs the name of a stack.\n\n${stackUsage}`);
  return rest;
}

/** The value is never an argument: other users of the machine can see arguments, and shells keep them. */
function secret(rest: readonly string[]): StackCommand {
  const { values, positionals } = readArguments(stackUsage, () =>
    parseArgs({
      args: [...rest],
      options: { stack: { type: "string", short: "s", default: "dev" } },
      allowPositionals: true,
    }),
  );
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new Failure(`secret needs one path, and asks for the value itself.\n\n${stackUsage}`);
  const key = path.startsWith("telemetry:") ? path : `telemetry:${path}`;
  const { stack } = values;
  if (stack === "") throw new Failure(`--stack needs the name of a stack.\n\n${stackUsage}`);
  return { args: ["config", "set", "--secret", "--path", "--stack", stack, key], secretOf: stack };
}
