/**
 * The jobs that run outside the Pulumi program, by name. Each room adds its own jobs to this interface, beside their
 * code. So the compiler checks both sides, and this room depends on no other. Input and output are plain data that
 * travel as JSON.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- rooms add to it
export interface Jobs {}

/** A job's entry in `Jobs`. */
export interface Job<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export type JobName = keyof Jobs;

/** The one line of JSON that the program reads from its standard input. */
export interface Request<J extends JobName = JobName> {
  readonly job: J;
  readonly input: Jobs[J]["input"];
  /**
   * Seconds after which the program ends by itself. By default the program ends when its standard input closes, so that
   * it never outlives the process that started it.
   */
  readonly endAfter?: number;
}

/** The JSON that the program writes to its standard output. */
export type Answer = { readonly output: unknown } | { readonly error: string };
