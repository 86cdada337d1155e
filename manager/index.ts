/**
 * The parts of the manager that the command line uses. No file behind this door loads a Kubernetes client or the engine's
 * library, because every command loads the door.
 */
export { addEvent, changedResources, emptyReport } from "./engine-report";
export { plainText } from "./engine-texts";
export type { StackOutputs } from "./engine";
export { exitWhenWritten } from "./exit";
export { LastGood } from "./last-good";
export { readInputs, type Inputs } from "./stack-inputs";
