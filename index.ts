import { readConfiguration } from "./components/settings";
import { DevelopmentBackend, SampleApplication } from "./components/development";
import { Telemetry } from "./components/telemetry";
import { managerConfiguration, TelemetryManager } from "./manager/deployment";

const manager = managerConfiguration();
if (manager) new TelemetryManager("manager", { settings: manager });

const { telemetry: args, development } = readConfiguration();
const backend = development.backend ? new DevelopmentBackend("backend", {}) : undefined;
const telemetry = manager ? undefined : new Telemetry("telemetry", { ...args, verifyAfter: backend ? [backend] : [] });
const sample =
  development.sampleApplication && telemetry?.gateway
    ? new SampleApplication("sample", { endpoint: telemetry.gateway.endpoints.grpc })
    : undefined;

/** Namespace of gateway and agent. */
export const namespace = telemetry?.namespace;
/** Where applications in the cluster push to. */
export const endpoints = telemetry?.endpoints;
/** What one gateway, on each node, may take, and how much it keeps of each pipeline while its backend is away. */
export const gatewayResources = telemetry?.gatewaySize;
/** What only development environments have: the backend's address inside the cluster, the sample's namespace. */
export const developmentOutputs = { backendAddress: backend?.address, sampleNamespace: sample?.namespace };
/** How each pipeline is: configuration, workloads, and whether its backend takes data. */
export const pipelines = telemetry?.pipelines;
/** What `npm run status` looks at. */
export const verification = telemetry?.targets;
