import type { TokenTargets } from "./bearer-tokens";
import { annotationFault, asksForScraping, mostListedPorts } from "./annotated-objects";
import { diagnosticMetrics, field, inputStackSettings, pullInput, skipVerifyField } from "../schema";
import { defineInput, idPart, namespacesOf } from "./define-input";
import { discoveryRights } from "./discovery-rights";
import { scrapedTargets } from "./egress";
import { meshTls } from "./mesh-tls";
import {
  annotationRules,
  anyCase,
  declaredPorts,
  drop,
  dropWhere,
  keep,
  knownFromKubernetes,
  namedPortRules,
  onlyRunningPods,
  podAddress,
  portAt,
  setWhere,
  type RelabelRule,
} from "./relabel";
import { nodeLocalJob, scrapedResources, scrapingReceiver, selectScraped, targetTls, type ScrapeJob } from "./scrape";
import { scrapeFields, type ScrapeSettings } from "./scrape-settings";
import { dropMoved, onlyOwnPods, rememberAddress } from "./target-guard";
import { anyOf, wantedNamespaces } from "./wanted-namespaces";

const setting = {
  key: "prometheus",
  pipeline: field(pullInput("from annotated targets", { diagnosticMetrics: diagnosticMetrics() }).prefault({}), {
    description: 'Pods and Services annotated with `prometheus.io/scrape: "true"`.',
    example: "{ enabled: true }",
  }),
  stack: inputStackSettings("prometheus", scrapeFields),
  everything: { enabled: true },
} as const;

const id = idPart(setting.key);
const targetsPort = 9390;

/** Pods and Services annotated with `prometheus.io/scrape: "true"` whose pods run on this node. */
export const prometheus = defineInput({
  name: "prometheus",
  setting,
  role: "node",
  health: {
    kind: "targets",
    port: targetsPort,
    noTargets: 'no Pod or Service in its namespaces is annotated with prometheus.io/scrape: "true"',
    refused:
      "Write the right token for their namespace in metric.prometheus.bearerTokens, let these targets serve their metrics " +
      "without a login, or remove their annotations.",
    untrusted:
      "Targets with https are verified by metric.prometheus.tls: set ca to the authority that signs their certificates, and " +
      `serverName to the name in them, or set ${skipVerifyField}: true.`,
    redirected:
      "To targets in namespaces of metric.prometheus.bearerTokens, the agent follows no redirect: name the scheme and path " +
      "of the metrics in the annotations.",
    annotated: { isWanted: asksForScraping, fault: annotationFault },
  },
  isWanted: () => true,
  collect: (wanted, { interval, mesh, scrape }) => {
    const namespaces = wantedNamespaces(wanted.map(({ selection }) => namespacesOf(selection)));
    const jobs = scrapeJobs(namespaces, mesh, scrape).map((job) =>
      nodeLocalJob({ ...job, metricRelabel: knownFromKubernetes }, interval, scrape),
    );
    return {
      receivers: scrapingReceiver(id, targetsPort, jobs),
      extensions: {},
      processors: scrapedResources(id, [podJob, unsurePodJob, ...serviceJobs], {
        container: [unsurePodJob, ...serviceJobs],
        namespace: serviceJobs,
      }),
      select: selectScraped,
    };
  },
  rights: () => ({ cluster: discoveryRights(), namespaces: [] }),
  egress: ({ hostNetworks }) => scrapedTargets(hostNetworks),
});

const podJob = "app-pods";
const serviceJob = "app-services";
const meshJob = "app-services-mesh";
const serviceJobs = [serviceJob, meshJob];

/**
 * Name of the job of pods whose container is not certain. Discovery returns each port of each container. If the
 * annotation has a number, relabeling sets all of them to this port. They become one target, with the container of the
 * last one, and no rule can detect that. All targets of a pod get this name, because only equal targets are merged.
 * Targets of Services are always uncertain for the same reason: two Services may lead to one target.
 */
const unsurePodJob = "app-pods-by-number";

const certainty = setWhere("job", ["pod_annotation_prometheus_io_port"], "[0-9]+", unsurePodJob);

/** The targets of a job: which namespaces they are in, the token that they get, and how they are asked. */
interface Group {
  readonly namespaces: readonly RelabelRule[];
  readonly token?: TokenTargets;
  readonly mesh: boolean;
  readonly tls: unknown;
}

/** Returns the jobs of all targets. Those that get a token have jobs of their own. */
function scrapeJobs(wanted: readonly RelabelRule[], mesh: boolean, { tls, tokens }: ScrapeSettings): ScrapeJob[] {
  const way = { mesh, tls: targetTls(tls) };
  const known = tokens.flatMap(({ namespaces }) => namespaces);
  const without = { ...way, namespaces: known.length === 0 ? wanted : [...wanted, drop("namespace", anyOf(known))] };
  const groups = tokens.map((token): Group => {
    const namespaces = [...wanted, keep("namespace", anyOf(token.namespaces))];
    return { ...way, namespaces, token };
  });
  return [without, ...groups].flatMap((group) =>
    Array.from({ length: mostListedPorts }, (_, place) =>
      jobsAt(place, group).map((job) => ofGroup(job, place, group)),
    ).flat(),
  );
}

/** Calls the targets of a job like those of the first one, so that all data of the input looks the same. */
function ofGroup(job: ScrapeJob, place: number, { token }: Group): ScrapeJob {
  if (place === 0 && token === undefined) return job;
  const suffixes = [...(token ? [`token-${token.id}`] : []), ...(place === 0 ? [] : [place + 1])];
  const named: RelabelRule = { action: "replace", target_label: "job", replacement: job.name };
  return { ...job, ...(token && { token }), name: [job.name, ...suffixes].join("-"), relabel: [named, ...job.relabel] };
}

/** The jobs for the port at one place of the annotation's list. */
function jobsAt(place: number, { namespaces, mesh, tls }: Group): ScrapeJob[] {
  const services = serviceRules(place, namespaces, mesh);
  return [
    { name: podJob, role: "pod", relabel: podRules(place, namespaces, mesh), tls },
    {
      name: serviceJob,
      role: "endpointslice",
      relabel: mesh ? [...services, dropWhere(meshAndScheme, `istio;(|${anyCase("https")})`)] : services,
      tls,
    },
    ...(mesh
      ? [
          {
            name: meshJob,
            role: "endpointslice" as const,
            relabel: [
              ...services,
              keep("pod_label_security_istio_io_tlsMode", "istio"),
              drop("service_annotation_prometheus_io_scheme", anyCase("http")),
              { action: "replace", target_label: "__scheme__", replacement: "https" },
            ],
            tls: meshTls,
          },
        ]
      : []),
  ];
}

const meshAndScheme = ["pod_label_security_istio_io_tlsMode", "service_annotation_prometheus_io_scheme"];

const scrapeTrue = anyCase("true");

function podRules(place: number, namespaces: readonly RelabelRule[], mesh: boolean): RelabelRule[] {
  return [
    keep("pod_annotation_prometheus_io_scrape", scrapeTrue),
    ...namespaces,
    ...portAt(place, "pod"),
    onlyRunningPods,
    // Pods whose proxy requires certificates of the mesh are scraped through their Service, by the mesh job.
    ...(mesh ? [dropWhere(["pod_label_security_istio_io_tlsMode"], "istio"), drop("pod_container_name", proxy)] : []),
    declaredPorts("pod", "pod_container_port_protocol"),
    ...namedPortRules("pod", ["pod_container_port_name"]),
    certainty,
    ...annotationRules("pod"),
  ];
}

const proxy = "istio-proxy";

function serviceRules(place: number, namespaces: readonly RelabelRule[], mesh: boolean): RelabelRule[] {
  return [
    keep("service_annotation_prometheus_io_scrape", scrapeTrue),
    ...namespaces,
    ...portAt(place, "service"),
    onlyOwnPods,
    rememberAddress,
    // An EndpointSlice may have another address of its pod, or one of something else.
    ...podAddress("endpointslice_port"),
    onlyRunningPods,
    // A pod that is annotated itself is scraped once, as a pod.
    mesh
      ? dropWhere(["pod_annotation_prometheus_io_scrape", "pod_label_security_istio_io_tlsMode"], `${scrapeTrue};`)
      : drop("pod_annotation_prometheus_io_scrape", scrapeTrue),
    drop("pod_container_name", proxy),
    declaredPorts("service", "endpointslice_port_protocol"),
    ...namedPortRules("service", ["pod_container_port_name", "endpointslice_port_name"]),
    ...annotationRules("service"),
    ...dropMoved(),
  ];
}
