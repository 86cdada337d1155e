import type { CollectionModel, PipelineModel } from "../collector/model";
import type { Input } from "./define-input";
import { meshTls } from "./mesh-tls";
import { wantedNamespaces } from "./wanted-namespaces";
import {
  annotationRules,
  declaredPorts,
  drop,
  dropWhere,
  keep,
  knownFromKubernetes,
  namedPortRules,
  onlyRunningPods,
  setWhere,
} from "./relabel";
import { nodeLocalJob, scrapedResources, scrapingInput, selectScraped, targetTls, type ScrapeJob } from "./scrape";
import type { RelabelRule } from "./relabel";

const name = "prometheus";

/** Pods and Services annotated with `prometheus.io/scrape: "true"` whose pods run on this node. */
export function prometheusInput(pipelines: readonly PipelineModel[], collection: CollectionModel): Input | undefined {
  const selections = pipelines.flatMap(({ pull }) => pull?.prometheus ?? []);
  if (selections.length === 0) return undefined;
  const namespaces = wantedNamespaces(selections.map((selection) => selection.namespaces));
  const jobs = scrapeJobs(namespaces, collection).map((job) => ({ ...job, metricRelabel: knownFromKubernetes }));
  return {
    ...scrapingInput(
      name,
      jobs.map((job) => nodeLocalJob(job, collection.intervals.prometheus, collection.limits)),
    ),
    processors: scrapedResources(name, [podJob], [unsurePodJob, serviceJob, meshJob]),
    select: (pipeline) => {
      const wanted = pipeline.pull?.prometheus;
      return wanted && selectScraped(name, pipeline, wanted);
    },
  };
}

const podJob = "app-pods";
const serviceJob = "app-services";
const meshJob = "app-services-mesh";

/**
 * What the job of pods is called where the container is not certain. Discovery offers each port of each container, and
 * all of them become the one that the annotation has the number of: then they are one target, with the container of
 * the last one, which relabeling can't see. All of a pod's targets get this name, or they would no longer be one. For
 * the same reason, targets of Services are always taken for uncertain: two Services may lead to one target.
 */
const unsurePodJob = "app-pods-by-number";

const certainty = setWhere("job", ["pod_annotation_prometheus_io_port"], "[0-9]+", unsurePodJob);

function scrapeJobs(namespaces: readonly RelabelRule[], { mesh, targetTls: tls }: CollectionModel): ScrapeJob[] {
  const services = serviceRules(namespaces, mesh);
  return [
    { name: podJob, role: "pod", relabel: podRules(namespaces, mesh), tls: targetTls(tls) },
    {
      name: serviceJob,
      role: "endpointslice",
      relabel: mesh ? [...services, dropWhere(meshAndScheme, "istio;(|https)")] : services,
      tls: targetTls(tls),
    },
    ...(mesh
      ? [
          {
            name: meshJob,
            role: "endpointslice" as const,
            relabel: [
              ...services,
              keep("pod_label_security_istio_io_tlsMode", "istio"),
              drop("service_annotation_prometheus_io_scheme", "http"),
              { action: "replace", target_label: "__scheme__", replacement: "https" },
            ],
            tls: meshTls,
          },
        ]
      : []),
  ];
}

const meshAndScheme = ["pod_label_security_istio_io_tlsMode", "service_annotation_prometheus_io_scheme"];

function podRules(namespaces: readonly RelabelRule[], mesh: boolean): RelabelRule[] {
  return [
    keep("pod_annotation_prometheus_io_scrape", "true"),
    ...namespaces,
    onlyRunningPods,
    // A proxy that demands certificates of the mesh answers the scraping of its Service; see the job for that.
    ...(mesh ? [dropWhere(["pod_label_security_istio_io_tlsMode"], "istio"), drop("pod_container_name", proxy)] : []),
    declaredPorts("pod", "pod_container_port_protocol"),
    ...namedPortRules("pod", ["pod_container_port_name"]),
    certainty,
    ...annotationRules("pod"),
  ];
}

const proxy = "istio-proxy";

function serviceRules(namespaces: readonly RelabelRule[], mesh: boolean): RelabelRule[] {
  return [
    keep("service_annotation_prometheus_io_scrape", "true"),
    ...namespaces,
    // Only pods of this node are watched, so those of others have no name here, and neither has what is no pod.
    keep("pod_node_name", ".+"),
    onlyRunningPods,
    // A pod that is annotated, too, is scraped as a pod, and once.
    mesh
      ? dropWhere(["pod_annotation_prometheus_io_scrape", "pod_label_security_istio_io_tlsMode"], "true;")
      : drop("pod_annotation_prometheus_io_scrape", "true"),
    drop("pod_container_name", proxy),
    declaredPorts("service", "endpointslice_port_protocol"),
    ...namedPortRules("service", ["pod_container_port_name", "endpointslice_port_name"]),
    ...annotationRules("service"),
  ];
}
