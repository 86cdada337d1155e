import { annotationFault, asksForScraping, mostListedPorts } from "./annotated-objects";
import { diagnosticMetrics, field, inputStackSettings, pullInput } from "../schema";
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
  portAt,
  setWhere,
  type RelabelRule,
} from "./relabel";
import { nodeLocalJob, scrapedResources, scrapingReceiver, selectScraped, targetTls, type ScrapeJob } from "./scrape";
import { scrapeFields } from "./scrape-settings";
import { wantedNamespaces } from "./wanted-namespaces";

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
      "The agent sends no credentials: let these targets serve their metrics without a login, or remove their annotations.",
    annotated: { isWanted: asksForScraping, fault: annotationFault },
  },
  isWanted: () => true,
  collect: (wanted, { interval, mesh, scrape }) => {
    const namespaces = wantedNamespaces(wanted.map(({ selection }) => namespacesOf(selection)));
    const jobs = scrapeJobs(namespaces, mesh, targetTls(scrape.tls)).map((job) =>
      nodeLocalJob({ ...job, metricRelabel: knownFromKubernetes }, interval, scrape),
    );
    return {
      receivers: scrapingReceiver(id, targetsPort, jobs),
      extensions: {},
      processors: scrapedResources(id, [podJob], [unsurePodJob, serviceJob, meshJob]),
      select: selectScraped,
    };
  },
  rights: () => ({ cluster: discoveryRights(), namespaces: [] }),
  egress: ({ hostNetworks }) => scrapedTargets(hostNetworks),
});

const podJob = "app-pods";
const serviceJob = "app-services";
const meshJob = "app-services-mesh";

/**
 * Name of the job of pods whose container is not certain. Discovery returns each port of each container. If the
 * annotation has a number, relabeling sets all of them to this port. They become one target, with the container of the
 * last one, and no rule can detect that. All targets of a pod get this name, because only equal targets are merged.
 * Targets of Services are always uncertain for the same reason: two Services may lead to one target.
 */
const unsurePodJob = "app-pods-by-number";

const certainty = setWhere("job", ["pod_annotation_prometheus_io_port"], "[0-9]+", unsurePodJob);

function scrapeJobs(namespaces: readonly RelabelRule[], mesh: boolean, tls: unknown): ScrapeJob[] {
  return Array.from({ length: mostListedPorts }, (_, place) =>
    jobsAt(place, namespaces, mesh, tls).map((job) =>
      place === 0 ? job : { ...job, name: `${job.name}-${place + 1}`, relabel: [named(job.name), ...job.relabel] },
    ),
  ).flat();
}

/** Calls the targets of a job like those of another one, so that all data of the input looks the same. */
const named = (job: string): RelabelRule => ({ action: "replace", target_label: "job", replacement: job });

/** The jobs for the port at one place of the annotation's list. */
function jobsAt(place: number, namespaces: readonly RelabelRule[], mesh: boolean, tls: unknown): ScrapeJob[] {
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
    // Only pods of this node are watched. Pods of other nodes, and targets that are not pods, have no node name here.
    keep("pod_node_name", ".+"),
    onlyRunningPods,
    // A pod that is annotated itself is scraped once, as a pod.
    mesh
      ? dropWhere(["pod_annotation_prometheus_io_scrape", "pod_label_security_istio_io_tlsMode"], `${scrapeTrue};`)
      : drop("pod_annotation_prometheus_io_scrape", scrapeTrue),
    drop("pod_container_name", proxy),
    declaredPorts("service", "endpointslice_port_protocol"),
    ...namedPortRules("service", ["pod_container_port_name", "endpointslice_port_name"]),
    ...annotationRules("service"),
  ];
}
