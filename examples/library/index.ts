import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Telemetry, type OtlpOutputArgs } from "telemetry-pipelines";

const config = new pulumi.Config();

/** The backend. The token is a secret of this program, but it may also be an Output of another resource. */
const output: { otlp: OtlpOutputArgs } = {
  otlp: {
    endpoint: { value: config.get("backend") ?? "https://otlp.example.com:4317" },
    headers: [{ name: "authorization", prefix: "Bearer", value: config.requireSecret("token") }],
  },
};

const telemetry = new Telemetry("telemetry", {
  protect: pulumi.getStack() === "prod",
  tracePipelines: [{ name: "shop", output }],
  logPipelines: [{ name: "shop", input: { otlp: { namespaces: { include: ["shop"] } } }, output }],
});

/** Passes the gateway's address to applications. */
new k8s.core.v1.ConfigMap("shop", {
  metadata: { name: "telemetry", namespace: "default" },
  data: { OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoints.apply((endpoints) => endpoints?.http ?? "") },
});

export const endpoints = telemetry.endpoints;
