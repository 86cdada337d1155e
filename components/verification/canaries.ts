import { canaryAttribute } from "../collector";
import type { Signal } from "../contract";
import type { PushRequest } from "./cluster";
import type { PipelineTarget } from "./targets";

const canaryName = "telemetry.canary";

/** Makes one OTLP/JSON request for each signal, with one item for each pipeline, to send through one pod. */
export function canaryRequests(pipelines: readonly PipelineTarget[], pod: string, now: Date): PushRequest[] {
  const signals = [...new Set(pipelines.map(({ signal }) => signal))];
  return signals.map((signal) => ({
    path: `/v1/${signal}`,
    body: JSON.stringify(
      requests[signal](
        pipelines.filter((pipeline) => pipeline.signal === signal).map(({ name }) => resource(name, pod)),
        `${now.getTime()}000000`,
      ),
    ),
  }));
}

type Resource = ReturnType<typeof resource>;

/** Contains the pod, so that a backend stores the canaries of two pods as two series. */
function resource(pipeline: string, pod: string): { attributes: object[] } {
  const attributes = { "service.name": "telemetry-canary", "service.instance.id": pod, [canaryAttribute]: pipeline };
  return { attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })) };
}

const scope = { name: canaryName };

const requests: Readonly<Record<Signal, (resources: readonly Resource[], nanoseconds: string) => object>> = {
  metrics: (resources, timeUnixNano) => ({
    resourceMetrics: resources.map((resource) => ({
      resource,
      scopeMetrics: [{ scope, metrics: [{ name: canaryName, gauge: { dataPoints: [{ timeUnixNano, asInt: "1" }] } }] }],
    })),
  }),
  traces: (resources, time) => ({
    resourceSpans: resources.map((resource) => ({
      resource,
      scopeSpans: [
        {
          scope,
          spans: [
            {
              traceId: randomHex(16),
              spanId: randomHex(8),
              name: canaryName,
              kind: 1,
              startTimeUnixNano: time,
              endTimeUnixNano: time,
            },
          ],
        },
      ],
    })),
  }),
  logs: (resources, timeUnixNano) => ({
    resourceLogs: resources.map((resource) => ({
      resource,
      scopeLogs: [
        {
          scope,
          logRecords: [{ timeUnixNano, eventName: canaryName, body: { stringValue: canaryName }, severityNumber: 9 }],
        },
      ],
    })),
  }),
};

function randomHex(bytes: number): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}
