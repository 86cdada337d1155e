/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the types of settings follow from these functions */
import { inputs, scrapeSettings, settingsOf, type InputKey } from "../inputs";
import { bytes, defaultCollectionInterval, millicores, seconds } from "../schema";
import type { WrittenConfiguration } from "./configuration";
import { sortedSet } from "./normalize";
import { normalizeProxy } from "./proxy-settings";

/** Settings for all pipelines of the stack, with defaults applied. */
export type TelemetrySettings = ReturnType<typeof normalizeSettings>;
/** Settings of a workload; a missing field has a default that depends on the pipelines. */
export type WorkloadSettings = ReturnType<typeof workloadSettings>;
export type GatewaySettings = TelemetrySettings["gateway"];
export type ValidationSettings = TelemetrySettings["validation"];
export type VerificationSettings = TelemetrySettings["verification"];
export type MonitoringSettings = TelemetrySettings["monitoring"];
export type Toleration = NonNullable<WorkloadSettings["tolerations"]>[number];
export type SeLinuxOptions = NonNullable<WrittenConfiguration["logAgent"]["seLinuxOptions"]>;

export function normalizeSettings({
  metric,
  enrichments,
  istio,
  network,
  gateway,
  agent,
  logAgent,
  validation,
  verification,
  monitoring,
}: WrittenConfiguration) {
  const proxy = normalizeProxy(network.proxy);
  return {
    /** The Kubernetes metadata to add. */
    enrichment: {
      ...(enrichments.cluster.name !== undefined && { clusterName: enrichments.cluster.name }),
      podLabels: enrichments.extractPodLabels
        .map(({ key, keyPrefix }) => (key === undefined ? { keyPrefix: keyPrefix ?? "" } : { key }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      service: enrichments.service.enabled,
    },
    /** The stack's settings of each input, by the key of the setting. Its tokens are credentials, see `targetTokens`. */
    inputs: { ...metric, prometheus: { ...metric.prometheus, bearerTokens: [] } },
    /** Seconds between two collections, by the key of the inputs' setting. */
    intervals: Object.fromEntries(
      settingsOf(inputs).map(({ key }) => [
        key,
        seconds(metric[key].collectionInterval ?? metric.collectionInterval ?? defaultCollectionInterval),
      ]),
    ) as Readonly<Record<InputKey, number>>,
    scraping: scrapeSettings(metric.prometheus),
    /** Whether workloads are in an Istio mesh; `auto` detects that by the API server's kinds. */
    istioMode: istio.mode,
    /** CIDRs that the workloads may reach in addition to the needs of their pipelines. */
    egress: sortedSet(network.egress),
    /** The proxy to backends outside the cluster. */
    ...(proxy && { proxy }),
    gateway: { ...workloadSettings(gateway), legacyServices: gateway.legacyServices },
    agent: workloadSettings(agent),
    logAgent: {
      ...workloadSettings(logAgent),
      /** Missing for the default, which depends on the stack's namespace. */
      ...(logAgent.namespace !== undefined && { namespace: logAgent.namespace }),
      startAt: logAgent.startAt,
      diskQueueBytes: bytes(logAgent.diskQueue),
      ...(logAgent.seLinuxOptions && { seLinuxOptions: logAgent.seLinuxOptions }),
    },
    validation: {
      mode: validation.mode,
      ...(validation.collector !== undefined && { collector: validation.collector }),
      // Kubernetes requires whole seconds.
      timeoutSeconds: Math.ceil(seconds(validation.timeout)),
    },
    verification,
    monitoring,
  };
}

function workloadSettings(written: WrittenConfiguration["agent"]) {
  const { image, imagePullSecrets, priorityClassName, logLevel, tolerations, nodeSelector, labels, annotations } =
    written;
  const { requests, limits } = written.resources;
  return {
    ...(image !== undefined && { image }),
    ...(imagePullSecrets !== undefined && { imagePullSecrets }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(tolerations !== undefined && { tolerations }),
    logLevel,
    nodeSelector,
    labels,
    annotations,
    /** CPU in millicores, memory in bytes. */
    resources: {
      ...(requests.cpu !== undefined && { cpuMillis: millicores(requests.cpu) }),
      ...(requests.memory !== undefined && { memoryRequest: bytes(requests.memory) }),
      ...(limits.cpu !== undefined && { cpuLimitMillis: millicores(limits.cpu) }),
      ...(limits.memory !== undefined && { memoryLimit: bytes(limits.memory) }),
    },
  };
}
