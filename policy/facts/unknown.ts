import * as sdk from "@pulumi/policy";

interface UnknownValues {
  /** Thrown by a resource's properties when a value is asked for that only the update will know. */
  readonly UnknownValueError: new (...args: never[]) => Error;
  /** Properties of a resource as the SDK hands them to policies. */
  readonly unknownCheckingProxy: <T extends object>(properties: T) => T;
}

/** The SDK exports these without their types. */
export const { UnknownValueError, unknownCheckingProxy } = sdk as unknown as UnknownValues;
