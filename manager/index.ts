/**
 * The parts of the manager that the command line uses. No file behind this door loads a Kubernetes client or the engine's
 * library, because commands must start fast.
 */
export { addEvent, changedResources, emptyReport } from "./engine-report";
export { plainText } from "./engine-texts";
export type { StackOutputs } from "./engine";
export { LastGood } from "./last-good";
export { readInputs, settingsFile, shortName, type Inputs } from "./stack-inputs";
