import * as sdk from "@pulumi/policy";

interface UnknownValues {
  /** Error that a resource's properties throw when a rule reads a value that only the update will know. */
  readonly UnknownValueError: new (...args: never[]) => Error;
  /** Wraps the properties of a resource as the SDK does for policies. */
  readonly unknownCheckingProxy: <T extends object>(properties: T) => T;
}

/** The SDK exports these without their types. */
export const { UnknownValueError, unknownCheckingProxy } = sdk as unknown as UnknownValues;
