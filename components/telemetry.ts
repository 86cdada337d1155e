import * as pulumi from "@pulumi/pulumi";
import { defaultNamespace } from "./contract";
import {
  credentialFiles,
  MergedSecret,
  referenceErrors,
  resolvePipelines,
  secretReader,
  writtenCredentials,
  type ResolvedPipelines,
} from "./credentials";
import {
  clusterFactsReader,
  clusterFindings,
  clusterUid,
  kubernetesMinor,
  priorityClassesOf,
  type ReadClusterFacts,
} from "./cluster-facts";
import { isInMesh } from "./mesh";
import { Monitoring, type WatchedCollector } from "./monitoring";
import { monitorReader, planMonitors, type Monitors } from "./monitors";
import type { ClusterAccess } from "./cluster-access";
import { DynamicProvider } from "./outside";
import {
  contentName,
  logNamespaces,
  pipelineModels,
  planCollectors,
  queueFindings,
  resourceNameIn,
  scrapesPods,
  type CollectorPlan,
  type PlannedPipeline,
} from "./plan";
import { BackendFlow, flowTargets } from "./proof";
import { formatFinding, PipelineConfigError, type Finding } from "./schema";
import {
  isAboutToExpire,
  parsePipelines,
  type ParsedConfiguration,
  type Pipeline,
  type PipelinesArgs,
  type TelemetrySettings,
} from "./settings";
import { gatewaySize, memoryShortage, queuesOf, type GatewaySize } from "./sizing";
import { placeholderFiles, sizeFindings, validateHere, Validations } from "./validation";
import type { FlowTargets, PipelineStatus } from "./verification";
import { LogAgent, MetricAgent, OtlpGateway, type Placing, restoringFields, stackNamespace } from "./workloads";

/** Pipelines and settings in the form that users write (see `docs/pipelines.md`), and the cluster to place them in. */
export interface TelemetryArgs extends PipelinesArgs {
  /**
   * The cluster in which Secrets are read, configurations are validated and backends are verified. Defaults to the one
   * that `kubectl` uses. It must be the cluster of this component's kubernetes provider.
   */
  readonly cluster?: ClusterAccess;
  /** Resources that must exist before backends are verified, such as backends that the same program makes. */
  readonly verifyAfter?: readonly pulumi.Resource[];
}

/** All facts that are known before the first resource is made. */
interface Parsed extends ParsedConfiguration, ResolvedPipelines {
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Whether others created the namespace. */
  readonly isExisting: boolean;
  readonly cluster: ClusterAccess;
  readonly facts: ReadClusterFacts;
  /** What monitors of the Prometheus Operator ask for. */
  readonly monitors: Monitors;
}

interface LogAgentPlacing extends Placing {
  readonly files: Parsed["files"];
  readonly workload: TelemetrySettings["logAgent"];
  readonly component: pulumi.ComponentResourceOptions;
}

/** Telemetry of a whole cluster: turns pipelines into a gateway on every node and collectors that pull metrics. */
export class Telemetry extends pulumi.ComponentResource {
  /** The namespace of all objects. */
  declare readonly namespace: pulumi.Output<string>;
  /** Addresses to which applications push; nothing when no pipeline takes pushed data. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string } | undefined>;
  /** Resources that one gateway may use of its node; nothing when there is no gateway. */
  declare readonly gatewaySize: pulumi.Output<GatewaySize | undefined>;
  /** The gateway, if any pipeline takes pushed data. */
  declare readonly gateway: OtlpGateway | undefined;
  /** Status of each pipeline, verified in this update; nothing when verification is off. */
  declare readonly pipelines: pulumi.Output<readonly PipelineStatus[] | undefined>;
  /** The targets of the verification, so that `npm run status` can check the pipelines without an update. */
  declare readonly targets: FlowTargets;

  constructor(name: string, args: TelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Telemetry", name, {}, restoringFields(opts));
    const { cluster = {}, verifyAfter = [], ...written } = args;
    const parsed = this.parse(written, written.namespace ?? defaultNamespace, cluster);
    const models = pipelineModels(parsed.pipelines);
    const plans = planCollectors(models, parsed.settings, {
      mesh: this.isInMesh(models, parsed),
      namespace: parsed.namespace,
      ...(pullsAnything(models) && { kubernetesMinor: kubernetesMinor(parsed.facts) }),
      monitorJobs: parsed.monitors.jobs,
    });
    for (const note of plans.flatMap(({ notes }) => notes)) void pulumi.log.warn(note, this);
    this.validate(plans, models, parsed);

    const dynamicProvider = new DynamicProvider(name, { parent: this });
    const resourceName = resourceNameIn(parsed.namespace, name);
    const placed = this.place(resourceName, plans, models, parsed, dynamicProvider, written.protect ?? false);
    this.namespace = placed.namespace;
    this.gateway = placed.gateway;
    this.endpoints = pulumi.output(this.gateway?.endpoints);
    this.gatewaySize = this.sizeOf(plans);
    this.targets = flowTargets(parsed.namespace, models, plans, parsed.monitors.jobs);
    const after = [...placed.workloads, ...verifyAfter];
    this.pipelines = this.prove(resourceName, plans, parsed, placed.credentials, { dynamicProvider, after });
    this.registerOutputs({
      namespace: this.namespace,
      endpoints: this.endpoints,
      gatewaySize: this.gatewaySize,
      pipelines: this.pipelines,
    });
  }

  /**
   * Parses the configuration. Users can fix all findings, so this component reports them without a stack trace, before
   * the first object is made.
   */
  private parse(written: PipelinesArgs, namespace: string, cluster: ClusterAccess): Parsed {
    const now = new Date();
    const warn = (message: string): void => void pulumi.log.warn(message, this);
    try {
      const read = secretReader(cluster);
      const whatElse = (readable: readonly Pipeline[]): Finding[] => referenceErrors(readable, read, now);
      const parsed = parsePipelines(written, { now, telemetryNamespace: namespace, whatElse });
      for (const warning of parsed.warnings) warn(formatFinding(warning));
      const { files, ...resolved } = resolvePipelines(parsed, read, now, warn);
      const readers = { monitors: monitorReader(cluster), secrets: read };
      const monitors = planMonitors(parsed.pipelines, parsed.settings, readers, now);
      for (const warning of monitors.findings) warn(formatFinding(warning));
      const monitorFiles = Object.entries(monitors.files).map(([key, text]) => [key, pulumi.secret(text)]);
      return {
        ...parsed,
        ...resolved,
        files: { ...files, ...(Object.fromEntries(monitorFiles) as typeof files) },
        monitors,
        namespace,
        isExisting: written.existingNamespace ?? false,
        cluster,
        facts: clusterFactsReader({
          ...cluster,
          namespaces: [namespace, ...logNamespaces(parsed.pipelines, parsed.settings, namespace)],
          priorityClasses: priorityClassesOf(parsed.settings),
        }),
      };
    } catch (error) {
      if (error instanceof PipelineConfigError) throw new pulumi.ResourceError(error.message, this, true);
      throw error;
    }
  }

  /** Asks the cluster for Istio only if a pipeline scrapes pods: proxies do not affect anything else. */
  private isInMesh(models: readonly PlannedPipeline[], { settings, facts }: Parsed): boolean {
    const warn = (text: string): void => void pulumi.log.warn(text, this);
    return scrapesPods(models) && isInMesh(settings.istioMode, () => facts().groups, warn);
  }

  /** Validates the configurations with a collector on this machine, before the first object is made. */
  private validate(
    plans: readonly CollectorPlan[],
    models: readonly PlannedPipeline[],
    { pipelines, settings, namespace, isExisting, facts, monitors }: Parsed,
  ): void {
    const fail = (findings: readonly Finding[]): void => {
      if (findings.length > 0) throw new pulumi.ResourceError(new PipelineConfigError(findings).message, this, true);
    };
    const configurations = plans.map(({ configuration }) => configuration);
    const stack = thisStack();
    const wanted = [
      { name: namespace, stack, isExisting, path: "namespace", existingPath: "existingNamespace" },
      ...plans.flatMap(({ namespace: name }) =>
        name === undefined ? [] : [{ name, stack, isExisting: false, path: "logAgent.namespace" }],
      ),
    ];
    fail([
      ...clusterFindings(wanted, settings, facts),
      ...queueFindings(plans),
      ...sizeFindings(configurations, models, monitors.jobs),
    ]);
    const { findings, notes } = validateHere({
      collectors: plans,
      pipelines: models,
      files: placeholderFiles(pipelines, monitors),
      settings: settings.validation,
      searchPath: process.env.PATH ?? "",
      preview: pulumi.runtime.isDryRun(),
    });
    for (const note of notes) void pulumi.log.warn(note, this);
    fail(findings);
  }

  /** Makes the namespace, the merged Secret, the monitoring and, after their validation, the collectors. */
  private place(
    resourceName: string,
    plans: readonly CollectorPlan[],
    models: readonly PlannedPipeline[],
    { pipelines, settings, files, backends, namespace: namespaceName, isExisting, cluster, facts }: Parsed,
    dynamicProvider: DynamicProvider,
    protect: boolean,
  ) {
    const child = { parent: this };
    const own = { name: namespaceName, stack: thisStack(), isExisting };
    // Only the namespace is protected: objects that are named by their content must be deleted when it changes.
    const namespace = stackNamespace(resourceName, own, { ...child, protect });
    const credentials =
      Object.keys(files).length === 0
        ? undefined
        : new MergedSecret(
            `${resourceName}-credentials`,
            { namespace, files, written: writtenCredentials(pipelines) },
            child,
          ).secretName;
    const validations = new Validations();
    const validation = { validations, settings: settings.validation, pipelines: models, cluster };
    const warn = (text: string): void => void pulumi.log.warn(text, this);
    const uid = plans.length === 0 ? undefined : clusterUid(facts, warn);
    // A stack that neither validates in the cluster nor verifies sends no requests of its own to the cluster.
    const followsRollouts = settings.validation.mode === "full" || settings.verification.mode !== "off";
    const placing: Placing = { namespace, clusterUid: uid, credentials, backends, validation, followsRollouts };
    const component = { ...child, providers: [dynamicProvider] };
    const gatewayPlan = gatewayOf(plans);
    const gateway =
      gatewayPlan &&
      new OtlpGateway(
        `${resourceName}-gateway`,
        { ...placing, plan: gatewayPlan, workload: settings.gateway },
        component,
      );
    const logAgent = this.placeLogAgent(`${resourceName}-log-agent`, plans, pipelines, {
      ...placing,
      files,
      workload: settings.logAgent,
      component,
    });
    const agentPlans = plans.filter(({ kind }) => kind === "agent");
    const agent =
      agentPlans.length > 0
        ? new MetricAgent(
            `${resourceName}-agent`,
            { ...placing, plans: agentPlans, workload: settings.agent },
            component,
          )
        : undefined;
    validations.close();
    if (plans.length > 0) {
      new Monitoring(
        `${resourceName}-monitoring`,
        {
          namespace,
          namespaceName,
          collectors: plans.map(watched),
          settings: settings.monitoring,
          operatorKinds: () => facts().operatorKinds,
        },
        child,
      );
    }
    return {
      namespace,
      credentials,
      gateway,
      workloads: [gateway, agent, logAgent].filter((one) => one !== undefined),
    };
  }

  /** Makes the log agent with its namespace and the credentials of its pipelines, if a pipeline takes container logs. */
  private placeLogAgent(
    resourceName: string,
    plans: readonly CollectorPlan[],
    pipelines: readonly Pipeline[],
    { namespace, files, component, ...placing }: LogAgentPlacing,
  ): LogAgent | undefined {
    const plan = plans.find(({ kind }) => kind === "log-agent");
    if (plan?.namespace === undefined) return undefined;
    const served = pipelines.filter(({ id }) => plan.served.some((one) => one.id === id));
    const keys = credentialFiles(served).map(({ key }) => key);
    return new LogAgent(
      resourceName,
      {
        ...placing,
        stack: thisStack(),
        stackNamespace: namespace,
        plan: { ...plan, namespace: plan.namespace },
        files: Object.fromEntries(Object.entries(files).filter(([key]) => keys.includes(key))),
        written: writtenCredentials(served),
      },
      component,
    );
  }

  private sizeOf(plans: readonly CollectorPlan[]): pulumi.Output<GatewaySize | undefined> {
    const gateway = gatewayOf(plans);
    if (gateway === undefined) return pulumi.output(undefined);
    const queues = queuesOf(gateway.served);
    const shortage = memoryShortage(gateway.resources, queues);
    if (shortage) void pulumi.log.warn(shortage, this);
    return pulumi.output(gatewaySize(gateway.resources, queues));
  }

  /** Verifies at the end of the update that backends accept data; returns nothing when verification is off. */
  private prove(
    resourceName: string,
    plans: readonly CollectorPlan[],
    { settings, warnings, lateWarnings, cluster }: Parsed,
    credentials: pulumi.Output<string> | undefined,
    { dynamicProvider, after }: { dynamicProvider: DynamicProvider; after: readonly pulumi.Resource[] },
  ): pulumi.Output<readonly PipelineStatus[] | undefined> {
    const { mode } = settings.verification;
    if (mode === "off" || this.targets.pipelines.length === 0) return pulumi.output(undefined);
    const certificates = lateWarnings.apply((late) => [...warnings, ...late].filter(isAboutToExpire));
    return new BackendFlow(
      `${resourceName}-flow`,
      {
        targets: this.targets,
        certificates,
        cluster,
        settings: { ...settings.verification, mode },
        revision: pulumi.output(credentials).apply((secret) => revisionOf(plans, settings, secret, cluster)),
      },
      { parent: this, provider: dynamicProvider, dependsOn: [...after] },
    ).pipelines;
  }
}

const pullsAnything = (models: readonly PlannedPipeline[]): boolean =>
  models.some(({ pull }) => Object.keys(pull).length > 0);

/** The stack as annotations name it. */
const thisStack = (): string => `${pulumi.getProject()}/${pulumi.getStack()}`;

const gatewayOf = (plans: readonly CollectorPlan[]): CollectorPlan | undefined =>
  plans.find(({ kind }) => kind === "gateway");

const watched = ({ name, kind, namespace, resources: { memoryLimit }, served }: CollectorPlan): WatchedCollector => ({
  name,
  kind,
  ...(namespace !== undefined && { namespace }),
  memoryLimit,
  // The log agent has its own budgets.
  retries: kind === "log-agent" ? [] : served.map(({ exporter }) => exporter.retrySeconds),
  hasOwnQueues: kind !== "log-agent" && queuesOf(served).own.length > 0,
});

/** Returns a hash that changes whenever something changes that decides whether data flows. */
function revisionOf(
  plans: readonly CollectorPlan[],
  { egress, proxy, scraping }: TelemetrySettings,
  secret: string | undefined,
  { context }: ClusterAccess,
): string {
  const images = plans.map(({ image }) => image);
  const ways = JSON.stringify([egress, scraping.hostNetworks, images, context, ...(proxy ? [proxy] : [])]);
  return contentName("r", [secret, ...plans.map((one) => one.revision), ways].join());
}
