import { apply, kubectl } from "./kubectl";

interface Definition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** The definition of a kind of the Prometheus Operator, with any spec: the API server need not know the fields. */
export const operatorDefinition = (kind: string, plural: string): Definition => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.monitoring.coreos.com` },
  spec: {
    group: "monitoring.coreos.com",
    scope: "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
      },
    ],
  },
});

const monitorDefinitions = [
  operatorDefinition("ServiceMonitor", "servicemonitors"),
  operatorDefinition("PodMonitor", "podmonitors"),
];
const names = monitorDefinitions.map(({ metadata }) => `crd/${metadata.name}`);

/** Makes the kinds of monitors known to the cluster. */
export async function defineMonitors(): Promise<void> {
  await apply({ apiVersion: "v1", kind: "List", items: monitorDefinitions });
  await kubectl("wait", "--for=condition=Established", ...names, "--timeout=150s");
}

/** Removes the kinds with all monitors. */
export async function removeMonitors(): Promise<void> {
  await kubectl("delete", "--ignore-not-found", ...names);
}

export const monitor = (
  kind: "ServiceMonitor" | "PodMonitor",
  namespace: string,
  name: string,
  spec: object,
): object => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind,
  metadata: { name, namespace },
  spec,
});
