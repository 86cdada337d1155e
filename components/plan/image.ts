/** Stock distribution with all components that the generated configurations use. */
export const collectorImage = "docker.io/otel/opentelemetry-collector-contrib:0.149.0";
