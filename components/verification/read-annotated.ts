import { isScraped, type AnnotatedObject, type ObjectPort } from "../inputs";

/** Objects of the API, as far as scraping depends on them. */
export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

interface ApiService {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ObjectPort[];
  };
}

interface ApiPod {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly ports?: readonly ObjectPort[] }[];
    readonly initContainers?: readonly { readonly ports?: readonly ObjectPort[] }[];
  };
  readonly status?: { readonly phase?: string };
}

const prefix = "prometheus.io/";

/** Returns the running Pods, and the Services, with annotations for scraping, each with what its targets depend on. */
export function annotatedObjects(services: readonly ApiService[], pods: readonly ApiPod[]): AnnotatedObject[] {
  const running = pods.filter(({ status }) => status?.phase === "Running").map(readPod);
  const own = running.filter(({ annotations }) => Object.keys(annotations).length > 0);
  return [
    ...own.map(({ namespace, name, annotations, ports, node, isAnnotated }): AnnotatedObject => ({
      kind: "Pod",
      namespace,
      name,
      annotations,
      ports,
      pods: [{ ...(node !== undefined && { node }), isAnnotated, ports }],
    })),
    ...services.flatMap(({ metadata = {}, spec = {} }): AnnotatedObject[] => {
      const annotations = scrapeAnnotations(metadata);
      const { name = "", namespace = "" } = metadata;
      if (Object.keys(annotations).length === 0) return [];
      const service = { kind: "Service", namespace, name, annotations, ports: (spec.ports ?? []).map(portOf) } as const;
      const leadsTo = withoutSelector(spec);
      if (leadsTo !== undefined) return [{ ...service, leadsTo, pods: [] }];
      const isSelected = ({ labels }: ReadPod): boolean =>
        Object.entries(spec.selector ?? {}).every(([key, value]) => labels[key] === value);
      const behind = running.filter((pod) => pod.namespace === namespace && isSelected(pod));
      return [{ ...service, pods: behind.map(podOf) }];
    }),
  ];
}

/** Kubernetes makes EndpointSlices only for a selector, and an empty one is none. Somebody else may make them. */
function withoutSelector({ type, selector = {} }: NonNullable<ApiService["spec"]>): AnnotatedObject["leadsTo"] {
  if (type === "ExternalName") return "externalName";
  return Object.keys(selector).length === 0 ? "endpointSlices" : undefined;
}

type ReadPod = ReturnType<typeof readPod>;

function readPod({ metadata = {}, spec = {} }: ApiPod) {
  const annotations = scrapeAnnotations(metadata);
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name ?? "",
    labels: metadata.labels ?? {},
    annotations,
    isAnnotated: isScraped(annotations.scrape),
    node: spec.nodeName,
    ports: [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports.map(portOf)),
  };
}

const podOf = ({ node, isAnnotated, ports }: ReadPod): AnnotatedObject["pods"][number] => ({
  ...(node !== undefined && { node }),
  isAnnotated,
  ports,
});

const portOf = ({ name, protocol }: ObjectPort): ObjectPort => ({
  ...(name !== undefined && { name }),
  ...(protocol !== undefined && { protocol }),
});

function scrapeAnnotations({ annotations = {} }: Metadata): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
