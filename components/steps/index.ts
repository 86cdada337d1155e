/** The steps of a `Telemetry`, in the order in which it takes them. */
export { parse } from "./parse-step";
export { planAndValidate } from "./plan-and-validate";
export { sizeOfGateway } from "./plan-step";
export { place } from "./place-step";
export { prove } from "./prove-step";
