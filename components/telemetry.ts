import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { gatewayPipelines, renderGatewayConfig } from "./plan/gateway-config";
import type { CollectionModel, PipelineModel } from "./collector/model";
import { agentCollectors, MetricAgent } from "./workloads/metric-agent";
import { collectorImage } from "./workloads/collector-workload";
import { DynamicProvider } from "./outside/dynamic-provider";
import type { FlowTargets, PipelineStatus } from "./verification";
import { BackendFlow, flowTargets, revision, type ServedBy } from "./verification/proof";
import { gatewayName, OtlpGateway } from "./workloads/otlp-gateway";
import {
  MergedSecret,
  referenceErrors,
  resolvePipelines,
  secretReader,
  writtenCredentials,
  type ClusterAccess,
  type ResolvedPipelines,
} from "./credentials/resolve";
import { apiGroupReader, isInMesh } from "./mesh/detect-mesh";
import { collectorModels } from "./plan/models";
import { Monitoring } from "./monitoring/monitoring";
import { contentName, defaultNamespace, resourceNameIn } from "./workloads/names";
import {
  formatFinding,
  isAboutToExpire,
  parsePipelines,
  PipelineConfigError,
  type Finding,
  type ParsedConfiguration,
  type Pipeline,
  type Pipelines,
  type PipelinesArgs,
  type TelemetrySettings,
} from "./settings";
import { gatewayQueueBytes, gatewayResources, gatewaySize, memoryShortage, type GatewaySize } from "./plan/sizing";
import { Validations } from "./validation/config-validation";
import { validateHere, type ValidatedCollector } from "./validation/validate-here";
import { sizeFindings } from "./validation/object-size";
import { restrictedNamespaceLabels } from "./workloads/pods";

/** Pipelines and settings as users write them, see `docs/pipelines.md`, and where everything goes. */
export interface TelemetryArgs extends PipelinesArgs {
  /**
   * Where Secrets are read, configurations validated and backends proven to take data, when that is not where `kubectl`
   * goes by default. It has to be the cluster that the kubernetes provider of this component works on.
   */
  readonly cluster?: ClusterAccess;
  /** What has to be there before backends can be proven to take data: backends that the same program makes. */
  readonly verifyAfter?: readonly pulumi.Resource[];
}

const takesPushed = (pipeline: Pipeline): boolean => pipeline.signal === "trace" || pipeline.input.otlp.enabled;

const isPulled = (pipeline: Pipeline): boolean =>
  pipeline.signal === "metric" &&
  Object.entries(pipeline.input).some(([input, { enabled }]) => input !== "otlp" && (enabled as boolean));

/** Telemetry of a whole cluster: pipelines in, a gateway on every node and collectors of metrics out. */
export class Telemetry extends pulumi.ComponentResource {
  /** The namespace of all objects. */
  declare readonly namespace: pulumi.Output<string>;
  /** Where applications push to; nothing when no pipeline takes pushed data. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string } | undefined>;
  /** What one gateway may take of its node; nothing when there is none. */
  declare readonly gatewaySize: pulumi.Output<GatewaySize | undefined>;
  /** There when a pipeline takes pushed data. */
  declare readonly gateway: OtlpGateway | undefined;
  /** How each pipeline is, found out in this update; nothing when that is turned off. */
  declare readonly pipelines: pulumi.Output<readonly PipelineStatus[] | undefined>;
  /** What there is to be verified, for whoever wants to know how the pipelines are without an update. */
  declare readonly targets: FlowTargets;

  constructor(name: string, args: TelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Telemetry", name, {}, opts);
    const child = { parent: this };
    const { cluster = {}, verifyAfter = [], ...written } = args;
    const { namespace: namespaceName = defaultNamespace, protect = false } = written;
    const { pipelines, settings, files, backends, ...parsed } = this.parse(written, namespaceName, cluster);
    const models = collectorModels(pipelines);
    const served = gatewayPipelines(models);
    const enrichment = {
      clusterName: settings.clusterName,
      podLabels: settings.enrichments.extractPodLabels,
      service: settings.enrichments.service,
    };
    const resources = gatewayResources(served.length, settings.gateway.resources);
    const configuration = renderGatewayConfig({
      pipelines: served,
      enrichment,
      logLevel: settings.gateway.logLevel,
      queueBytes: gatewayQueueBytes(resources, served.length),
    });
    const pulled = models.filter(({ pull }) => pull !== undefined && Object.keys(pull).length > 0);
    const collection = this.collection(settings, pulled, namespaceName, cluster);
    const agentModel = { pipelines: pulled, enrichment, logLevel: settings.agent.logLevel, collection };
    const pulling = agentCollectors(agentModel, settings.agent.resources);
    this.validate(
      [
        ...(served.length > 0 ? [{ configuration, image: settings.gateway.image ?? collectorImage }] : []),
        ...pulling.map((collector) => ({
          configuration: collector.configuration,
          image: settings.agent.image ?? collectorImage,
        })),
      ],
      { pipelines, settings },
    );
    const dynamicProvider = new DynamicProvider(name, child);
    const component = { ...child, providers: [dynamicProvider] };
    const validations = new Validations();
    const validation = { validations, settings: settings.validation, pipelines, cluster };

    const resourceName = resourceNameIn(namespaceName, name);
    const namespace = new k8s.core.v1.Namespace(
      resourceName,
      { metadata: { name: namespaceName, labels: restrictedNamespaceLabels } },
      // Only this one: what is named by its content has to go when it changes.
      { ...child, protect },
    );
    this.namespace = namespace.metadata.name;

    const credentials =
      Object.keys(files).length === 0
        ? undefined
        : new MergedSecret(
            `${resourceName}-credentials`,
            { namespace: this.namespace, files, written: writtenCredentials(pipelines) },
            child,
          );
    const warnings = parsed.lateWarnings.apply((late) => [...parsed.warnings, ...late].filter(isAboutToExpire));
    this.gateway =
      served.length === 0
        ? undefined
        : new OtlpGateway(
            `${resourceName}-gateway`,
            {
              namespace: this.namespace,
              configuration,
              credentials: credentials?.secretName,
              backends: backends(takesPushed),
              egress: settings.egress,
              workload: settings.gateway,
              resources,
              validation,
            },
            component,
          );
    this.endpoints = pulumi.output(this.gateway?.endpoints);
    this.gatewaySize = pulumi.output(this.gateway && gatewaySize(resources, served.length));
    const shortage = this.gateway && memoryShortage(resources, served.length);
    if (shortage) void pulumi.log.warn(shortage, this);

    const metricAgent =
      pulled.length === 0
        ? undefined
        : new MetricAgent(
            `${resourceName}-agent`,
            {
              namespace: this.namespace,
              collectors: pulling,
              mesh: collection.mesh,
              workload: settings.agent,
              credentials: credentials?.secretName,
              backends: backends(isPulled),
              egress: settings.egress,
              hostNetworks: settings.scraping.hostNetworks,
              validation,
            },
            component,
          );
    validations.close();

    const gateway: ServedBy = {
      kind: "gateway",
      workload: "DaemonSet",
      name: gatewayName,
      served,
      memoryLimit: resources.memoryLimit,
      revision: revision(configuration, resources, settings.gateway),
    };
    const collectors = [...(this.gateway ? [gateway] : []), ...(metricAgent?.collectors ?? [])];
    if (collectors.length > 0) {
      const { monitoring } = settings;
      new Monitoring(
        `${resourceName}-monitoring`,
        { namespace: this.namespace, namespaceName, collectors, settings: monitoring, cluster },
        child,
      );
    }
    this.targets = flowTargets(namespaceName, pipelines, collectors, settings);
    const { mode } = settings.verification;
    // What else decides whether data flows.
    const ways = JSON.stringify([settings.egress, settings.scraping.hostNetworks, collectorImage, cluster.context]);
    this.pipelines = pulumi.output(
      mode === "off" || this.targets.pipelines.length === 0
        ? undefined
        : new BackendFlow(
            `${resourceName}-flow`,
            {
              targets: this.targets,
              certificates: warnings,
              cluster,
              settings: { ...settings.verification, mode },
              revision: pulumi
                .output(credentials?.secretName)
                .apply((secret) => contentName("r", [secret, ...collectors.map((one) => one.revision), ways].join())),
            },
            {
              ...child,
              provider: dynamicProvider,
              dependsOn: [this.gateway, metricAgent, ...verifyAfter].filter((one) => one !== undefined),
            },
          ).pipelines,
    );
    this.registerOutputs({
      namespace: this.namespace,
      endpoints: this.endpoints,
      gatewaySize: this.gatewaySize,
      pipelines: this.pipelines,
    });
  }

  /** What a collector on this machine says, before the first object is made. */
  private validate(
    collectors: readonly ValidatedCollector[],
    { pipelines, settings }: Pick<ParsedConfiguration, "pipelines" | "settings">,
  ): void {
    const tooLong = sizeFindings(
      collectors.map(({ configuration }) => configuration),
      pipelines,
    );
    if (tooLong.length > 0) throw new pulumi.ResourceError(new PipelineConfigError(tooLong).message, this, true);
    const { findings, notes } = validateHere({
      collectors,
      pipelines,
      settings: settings.validation,
      searchPath: process.env.PATH ?? "",
      preview: pulumi.runtime.isDryRun(),
    });
    for (const note of notes) void pulumi.log.warn(note, this);
    if (findings.length > 0) throw new pulumi.ResourceError(new PipelineConfigError(findings).message, this, true);
  }

  private collection(
    settings: TelemetrySettings,
    pipelines: readonly PipelineModel[],
    leaseNamespace: string,
    cluster: ClusterAccess,
  ): CollectionModel {
    return {
      intervals: settings.collectionInterval,
      targetTls: settings.scraping.tls,
      kubelet: settings.kubelet,
      limits: settings.scraping.limits,
      // Only scraping meets proxies.
      mesh:
        pipelines.some(({ pull }) => (pull?.prometheus ?? pull?.istio) !== undefined) &&
        isInMesh(settings.istioMode, apiGroupReader(cluster), (text) => void pulumi.log.warn(text, this)),
      leaseNamespace,
    };
  }

  /** All findings are the user's to mend: shown on this component, without a stack, before the first object is made. */
  private parse(
    written: PipelinesArgs,
    telemetryNamespace: string,
    cluster: ClusterAccess,
  ): ParsedConfiguration & ResolvedPipelines {
    const now = new Date();
    const warn = (message: string): void => void pulumi.log.warn(message, this);
    try {
      const read = secretReader(cluster);
      const whatElse = (readable: Pipelines): Finding[] => referenceErrors(readable, read, now);
      const parsed = parsePipelines(written, { now, telemetryNamespace, whatElse });
      for (const warning of parsed.warnings) warn(formatFinding(warning));
      return { ...parsed, ...resolvePipelines(parsed, read, now, warn) };
    } catch (error) {
      if (error instanceof PipelineConfigError) throw new pulumi.ResourceError(error.message, this, true);
      throw error;
    }
  }
}
