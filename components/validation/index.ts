/** Configurations are validated before anything changes: here if a collector is found, and in the cluster. */
export { ConfigValidation, Validations, type ValidationPlan } from "./config-validation";
export { sizeFindings } from "./object-size";
export { placeholderFiles } from "./placeholders";
export { validateHere } from "./validate-here";
export { validationPod } from "./validation-pod";
