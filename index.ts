import { readConfiguration } from "./components/settings";
import { DevelopmentBackend, SampleApplication } from "./components/development";
import { Telemetry } from "./components/telemetry";
import { managerConfiguration, TelemetryManager } from "./manager/deployment";

const { telemetry: args, development } = readConfiguration();
const manager = managerConfiguration();
if (manager) new TelemetryManager("manager", { ...manager, cluster: args.cluster });
const backend = development.backend ? new DevelopmentBackend("backend", {}) : undefined;
const telemetry = manager ? undefined : new Telemetry("telemetry", { ...args, verifyAfter: backend ? [backend] : [] });
const sample =
  development.sampleApplication && telemetry?.gateway
    ? new SampleApplication("sample", { endpoint: telemetry.gateway.endpoints.grpc })
    : undefined;

/** Namespace of gateway and agent. */
export const namespace = telemetry?.namespace;
/** Addresses to which applications in the cluster push. */
export const endpoints = telemetry?.endpoints;
/** Resources of the gateway on each node, and the data that it keeps for each pipeline while its backend is down. */
export const gatewayResources = telemetry?.gatewaySize;
/** Only in development environments: the backend's address inside the cluster and the sample's namespace. */
export const developmentOutputs = { backendAddress: backend?.address, sampleNamespace: sample?.namespace };
/** Status of each pipeline: its configuration, its workloads, and whether its backend accepts data. */
export const pipelines = telemetry?.pipelines;
/** Targets that `npm run status` checks. */
export const verification = telemetry?.targets;
