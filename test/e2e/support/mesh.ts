import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apply, kubectl } from "./kubectl";
import { probeImage } from "./probe";

/** Certificates of a mesh for its workloads, in PEM and in the form of Istio's: their identity is the only name. */
export interface Mesh {
  readonly root: string;
  /** In the order of the identities. */
  readonly workloads: readonly { readonly cert: string; readonly key: string }[];
}

export async function makeMesh(...identities: string[]): Promise<Mesh> {
  const { stdout } = await promisify(execFile)("probe", ["mesh-certificates", ...identities]);
  return JSON.parse(stdout) as Mesh;
}

const name = "e2e-sidecar";

/**
 * Stands in for Istio's injector and proxy: pods of a namespace that request a proxy get a container that writes
 * certificates to the proxy's folder. The other containers wait for it. It forwards nothing.
 */
export async function injectSidecars(namespace: string, { root, workloads: [workload] }: Mesh): Promise<void> {
  const env = { MESH_ROOT: root, MESH_CERT: workload?.cert ?? "", MESH_KEY: workload?.key ?? "" };
  await apply({
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicy",
        metadata: { name },
        spec: {
          failurePolicy: "Fail",
          reinvocationPolicy: "Never",
          matchConstraints: {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
          },
          matchConditions: [
            {
              name: "asks-for-a-proxy",
              expression: `object.metadata.?labels["sidecar.istio.io/inject"].orValue("") == "true"`,
            },
          ],
          mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: sidecar(env) } }],
        },
      },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicyBinding",
        metadata: { name },
        spec: { policyName: name },
      },
    ],
  });
}

export async function stopInjecting(): Promise<void> {
  await kubectl(
    "delete",
    `mutatingadmissionpolicy/${name}`,
    `mutatingadmissionpolicybinding/${name}`,
    "--ignore-not-found",
  );
}

/** Returns a container that starts before the others and keeps running, like Istio's proxy in current Kubernetes. */
function sidecar(env: Readonly<Record<string, string>>): string {
  const container = "Object.spec.initContainers";
  const variables = Object.entries(env).map(
    ([variable, value]) => `${container}.env{name: "${variable}", value: ${JSON.stringify(value)}}`,
  );
  return `[JSONPatch{op: "add", path: "/spec/initContainers", value: [${container}{
    name: "istio-proxy",
    image: "${probeImage}",
    args: ["sidecar", "/etc/istio-output-certs"],
    restartPolicy: "Always",
    env: [${variables.join(", ")}],
    startupProbe: ${container}.startupProbe{
      httpGet: ${container}.startupProbe.httpGet{path: "/healthz", port: 8080},
      periodSeconds: 1,
      failureThreshold: 30
    },
    securityContext: ${container}.securityContext{
      runAsUser: 1337,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: ${container}.securityContext.capabilities{drop: ["ALL"]}
    },
    volumeMounts: [${container}.volumeMounts{name: "istio-certs", mountPath: "/etc/istio-output-certs"}]
  }]}]`;
}
