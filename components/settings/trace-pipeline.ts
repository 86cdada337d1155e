import { pipeline } from "./pipeline-fields";

/** Traces only come in by OTLP, from all namespaces: there is nothing to choose. */
export const tracePipeline = pipeline("traces", {}, {});
