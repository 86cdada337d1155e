import {
  idPart,
  inputs,
  noTargetOfItsOwn,
  type AnnotatedObject,
  type InputDefinition,
  type InputHealth,
} from "../inputs";
import { isChosen, type NamespaceSelection } from "../schema";
import { monitoredTargets, noMonitors, type WantedMonitors } from "./monitored-inputs";
import { condition, isWarning, type Judged } from "./condition";
import type { InputEvidence, KubeletReading, ScrapedTarget } from "./input-evidence";
import {
  agentsSilent,
  discoverySlow,
  kubeletsRead,
  kubeletsUnreachable,
  nothingMonitored,
  nothingScraped,
  nothingToScrape,
  targetsPending,
  targetsUp,
  type Missed,
} from "./input-words";

/** The inputs of a pipeline whose health can be read, by name, each with the namespaces that the pipeline wants. */
export type WantedInputs = Readonly<Record<string, NamespaceSelection>>;

/** The collector's log message for a scrape that failed completely. */
const failedScrape = "Error scraping metrics";

/** Reads the targets from the response of the scraper's interface. */
export function readTargets(input: string, text: string): ScrapedTarget[] {
  interface Answer {
    readonly data: {
      readonly activeTargets: readonly {
        readonly scrapeUrl: string;
        readonly scrapePool?: string;
        readonly health: ScrapedTarget["health"];
        readonly lastError: string;
        readonly discoveredLabels: Readonly<Record<string, string>>;
      }[];
    };
  }
  return (JSON.parse(text) as Answer).data.activeTargets.map(
    ({ scrapeUrl, scrapePool, health, lastError, discoveredLabels }) => ({
      input,
      url: scrapeUrl,
      ...(scrapePool !== undefined && { job: scrapePool }),
      namespace: discoveredLabels.__meta_kubernetes_namespace,
      pod: discoveredLabels.__meta_kubernetes_pod_name,
      ...(discoveredLabels.__meta_kubernetes_service_name !== undefined && {
        service: discoveredLabels.__meta_kubernetes_service_name,
      }),
      ...(discoveredLabels.__meta_kubernetes_pod_label_security_istio_io_tlsMode === "istio" && {
        inMesh: true as const,
      }),
      ...(discoveredLabels.__meta_kubernetes_pod_ip !== undefined &&
        discoveredLabels.__meta_kubernetes_pod_ip === discoveredLabels.__meta_kubernetes_pod_host_ip && {
          onNodeNetwork: true as const,
        }),
      health,
      error: lastError,
    }),
  );
}

/** Returns a receiver's last error in a collector's log, if it got nothing; skips partial failures. */
export function receiverError(receiver: string, log: string): string | undefined {
  const errors = log.split("\n").flatMap((line) => {
    if (!line.includes(`"${receiver}"`) || !line.includes(`"${failedScrape}"`)) return [];
    try {
      const { error } = JSON.parse(line) as { error?: unknown };
      return typeof error === "string" ? [error] : [];
    } catch {
      return [];
    }
  });
  return errors.at(-1);
}

/** An input whose health can be read, by the way it is read. */
interface Readable<Kind extends InputHealth["kind"]> {
  /** The input's name in messages, which is that of its setting. */
  readonly label: string;
  readonly name: string;
  readonly health: Extract<InputHealth, { kind: Kind }>;
}

function readable<Kind extends InputHealth["kind"]>(list: readonly InputDefinition[], kind: Kind): Readable<Kind>[] {
  return list.flatMap(({ name, setting, health }) =>
    health?.kind === kind ? [{ label: idPart(setting.key), name, health } as Readable<Kind>] : [],
  );
}

/** Judges the inputs of a pipeline together; `undefined` for a pipeline that collects nothing. */
export function judgeInputs(
  wanted: WantedInputs,
  evidence: InputEvidence,
  monitors: WantedMonitors = noMonitors,
  list: readonly InputDefinition[] = inputs,
): Judged | undefined {
  const judged = [
    ...readable(list, "targets").flatMap((input) => {
      const namespaces = wanted[input.name];
      if (namespaces === undefined) return [];
      return [
        input.health.monitors
          ? judgeMonitors(input, wanted, monitors, evidence)
          : judgeTargets(input, namespaces, evidence),
      ];
    }),
    ...(readable(list, "targets").some(({ name }) => wanted[name]) ? judgeDiscovery(evidence) : []),
    ...readable(list, "kubelet").flatMap((input) =>
      wanted[input.name] ? [judgeKubelets(input, evidence.kubelets)] : [],
    ),
  ];
  const [worst] = [...judged].sort((a, b) => severity(a) - severity(b));
  return worst && { ...worst, message: judged.map(({ message }) => message).join(" ") };
}

/** The lowest number is the worst. */
function severity(judged: Judged): number {
  return ["False", "Unknown", "True"].indexOf(judged.status) * 2 + (isWarning(judged) ? 0 : 1);
}

function judgeTargets(
  input: Readable<"targets">,
  namespaces: NamespaceSelection,
  { targets, annotated, nodes, isPartial = false }: InputEvidence,
): Judged {
  const { health } = input;
  const own = targets.filter((target) => target.input === input.name && isWanted(namespaces, target.namespace));
  const asking = annotated.filter(
    (object) => health.annotated?.isWanted(object) && isWanted(namespaces, object.namespace),
  );
  const missed = asking.flatMap((object) => {
    const why =
      health.annotated?.fault(object) ??
      (isPartial ? undefined : (withoutAgent(object, nodes) ?? withoutTarget(object, own)));
    return why === undefined ? [] : [{ object, why }];
  });
  if (own.length > 0) return judgeScraped(input, { own, missed, isPartial, changed: [], repeated: repeatedUrls(own) });
  return isPartial && missed.length < asking.length
    ? condition("InputsHealthy", "InputsPending", agentsSilent(input.label, missed))
    : noTargets(input, asking.length, missed);
}

/** Any team can make an object that keeps the agents from finding the targets of all others. */
function judgeDiscovery({ crowded = [] }: InputEvidence): Judged[] {
  return crowded.length === 0 ? [] : [condition("InputsHealthy", "DiscoverySlow", discoverySlow(crowded))];
}

/** A target may be in several monitors: each is a job of its own, as with the operator. */
function judgeMonitors(
  input: Readable<"targets">,
  wanted: WantedInputs,
  { targets, problems }: WantedMonitors,
  evidence: InputEvidence,
): Judged {
  const isCollected = (target: ScrapedTarget): boolean => {
    const namespaces = wanted[target.input];
    return namespaces !== undefined && isWanted(namespaces, target.namespace);
  };
  const { own, missed, lacking, twice } = monitoredTargets(input.name, targets, evidence, isCollected);
  const changed = problems.map(({ why, ...object }): Missed => ({ object, why }));
  const { isPartial = false } = evidence;
  if (own.length > 0) return judgeScraped(input, { own, missed, lacking, isPartial, changed, repeated: twice });
  const { label, health } = input;
  if (isPartial && missed.length < targets.length)
    return condition("InputsHealthy", "InputsPending", agentsSilent(label, missed, changed));
  return targets.length + problems.length > 0
    ? condition("InputsHealthy", "NoTargets", nothingMonitored(label, targets.length, missed, changed), "False")
    : condition("InputsHealthy", "NoTargets", nothingToScrape(label, health.noTargets), "Unknown");
}

interface Scraped {
  readonly own: readonly ScrapedTarget[];
  readonly missed: readonly Missed[];
  /** Number of targets that are expected beside `own`; 0 by default. */
  readonly lacking?: number;
  /** Whether ready agents did not answer. */
  readonly isPartial: boolean;
  readonly changed: readonly Missed[];
  readonly repeated: readonly string[];
}

function judgeScraped({ label, health }: Readable<"targets">, scrapes: Scraped): Judged {
  const { own, missed, lacking = 0, isPartial, changed, repeated } = scrapes;
  const type = "InputsHealthy";
  const scraped = own.filter(({ health: state }) => state !== "unknown");
  const down = scraped.filter(({ health: state }) => state === "down");
  if (scraped.length === 0) return condition(type, "InputsPending", targetsPending(label, own.length));
  const message = targetsUp(label, {
    up: scraped.length - down.length,
    of: own.length + lacking,
    down,
    repeated,
    missed,
    changed,
    isPartial,
    refused: health.refused,
    onlyMesh: health.onlyMesh,
    redirected: health.redirected,
    untrusted: health.untrusted,
  });
  if (down.length === scraped.length) return condition(type, "AllTargetsDown", message);
  if (down.length + repeated.length > 0) return condition(type, "SomeTargetsDown", message);
  return condition(type, missed.length + changed.length > 0 ? "SomeObjectsNotScraped" : "InputsHealthy", message);
}

/** Whether no agent that was read runs on any node of an object. */
function withoutAgent({ kind, pods }: AnnotatedObject, nodes: readonly string[]): string | undefined {
  const isOwn = (pod: AnnotatedObject["pods"][number]): boolean => kind === "Pod" || !pod.isAnnotated;
  const own = pods.filter(isOwn).flatMap(({ node }) => node ?? []);
  const [first] = own;
  if (first === undefined || nodes.length === 0 || own.some((node) => nodes.includes(node))) return undefined;
  return `no ready agent runs on node ${first}`;
}

/** The pods behind a Service without a selector are not known, so its targets must show that it has any. */
function withoutTarget(
  { namespace, name, leadsTo }: AnnotatedObject,
  own: readonly ScrapedTarget[],
): string | undefined {
  const isScraped = own.some((target) => target.namespace === namespace && target.service === name);
  return leadsTo === "endpointSlices" && !isScraped ? noTargetOfItsOwn : undefined;
}

function noTargets({ label, health }: Readable<"targets">, asking: number, missed: readonly Missed[]): Judged {
  return asking > 0
    ? condition("InputsHealthy", "NoTargets", nothingScraped(label, asking, missed), "False")
    : condition("InputsHealthy", "NoTargets", nothingToScrape(label, health.noTargets), "Unknown");
}

function judgeKubelets({ label, health }: Readable<"kubelet">, kubelets: readonly KubeletReading[]): Judged {
  const type = "InputsHealthy";
  const silent = kubelets.filter(({ error }) => error !== undefined);
  if (silent.length > 0) {
    const message = kubeletsUnreachable(label, silent, kubelets.length, health.remedy);
    return condition(type, "KubeletUnreachable", message);
  }
  const answering = kubelets.filter(({ points }) => points > 0);
  const isComplete = answering.length === kubelets.length && kubelets.length > 0;
  const message = kubeletsRead(label, answering.length, kubelets.length);
  return condition(type, isComplete ? "InputsHealthy" : "InputsPending", message);
}

function isWanted(selection: NamespaceSelection, namespace: string | undefined): boolean {
  return namespace === undefined || isChosen(selection, namespace);
}

function repeatedUrls(targets: readonly ScrapedTarget[]): string[] {
  const urls = targets.map(({ url }) => url);
  return [...new Set(urls.filter((url, i) => urls.indexOf(url) !== i))].sort();
}
