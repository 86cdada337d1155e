/** Configurations are validated before anything changes: here if a collector is found, and in the cluster. */
export { Validations, type ValidationPlan } from "./config-validation";
export { sizeFindings } from "./object-size";
export { placeholderFiles } from "./placeholders";
export { validateHere, type ValidatedCollector } from "./validate-here";
