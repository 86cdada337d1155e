import { Failure } from "../lab/host";

/** Reads arguments with `read`. An error about them becomes a failure that also shows the usage. */
export function readArguments<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${usage}`);
  }
}
