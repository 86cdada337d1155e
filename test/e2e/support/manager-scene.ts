import { Backend, backendNamespace } from "./backends";
import { kubectl, pods } from "./kubectl";
import { ManagedStack } from "./manager";
import { makeNamespaces, putSecret, removeNamespaces } from "./probe";
import { Senders } from "./senders";

export const source = "e2e-manager-source";
export const tokens = ["first-managed", "second-managed", "third-managed", "fourth-managed"] as const;
export const inBase64 = (text: string): string => Buffer.from(text).toString("base64");

interface WrittenPipeline {
  readonly name: string;
  readonly transform: readonly object[];
  readonly output: object;
}

/** A manager whose stack sends to a backend with a credential, for the short and the long suite. */
export class ManagerScene {
  readonly managed = new ManagedStack("e2e-manager");
  private started: Backend | undefined;

  get backend(): Backend {
    if (!this.started) throw new Error("the backend starts with begin()");
    return this.started;
  }

  async begin(): Promise<void> {
    await makeNamespaces(backendNamespace, source);
    await putSecret(source, "token", { token: tokens[0] });
    this.started = await Backend.start("managed");
    this.managed.configure(this.settings(this.pipeline("managed")));
    await this.managed.create();
    await this.managed.start("--no-policies", "--status-seconds", "15", "--go-back");
    await this.managed.prints(/Updated after/, 0);
  }

  async end(): Promise<void> {
    await Senders.removeAll();
    await this.managed.dispose();
    await kubectl("-n", "default", "delete", "lease", "telemetry-manager-e2e-manager", "--ignore-not-found");
    await removeNamespaces(backendNamespace, source);
  }

  readonly pipeline = (name: string, statement = 'set(resource.attributes["a"], "b")'): WrittenPipeline => ({
    name,
    transform: [{ statements: [statement] }],
    output: {
      otlp: {
        endpoint: { value: this.backend.grpc },
        tls: { insecure: true },
        headers: [{ name: "x-token", valueFrom: { secretKeyRef: { name: "token", namespace: source, key: "token" } } }],
      },
    },
  });

  readonly settings = (...pipelines: object[]): Readonly<Record<string, unknown>> => ({
    // The manager checks pipelines by itself, and an update without a proof is faster.
    verification: { mode: "off" },
    metricPipelines: pipelines,
  });

  readonly gateways = async (): Promise<string[]> =>
    (await pods("telemetry", "telemetry-otlp-gateway")).map(({ metadata }) => metadata.uid).sort();

  readonly updates = async (outcome: string): Promise<number> => {
    const whys = ["first", "inputs", "retry", "drift", "resync"];
    const counts = whys.map((why) =>
      this.managed.metric(`telemetry_manager_updates_total{outcome="${outcome}",why="${why}"}`),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
}
