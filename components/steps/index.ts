/** The steps of a `Telemetry`, in the order in which it takes them. */
export { parse } from "./parse-step";
export { readMonitors } from "./monitors-step";
export { plan, sizeOfGateway } from "./plan-step";
export { validate } from "./validate-step";
export { place } from "./place-step";
export { prove } from "./prove-step";
