import childProcess from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { allRegistered, recordResources, valueOf, type Registered } from "../unit/helpers/pulumi";
import type { Configuration } from "./environments";

const certificates = join(__dirname, "../unit/settings/certificates");
const pem = (file: string): string => readFileSync(join(certificates, file), "utf8");

/** The texts of every Secret, by key. */
const secretTexts: Readonly<Record<string, string>> = {
  user: "user-of-a-secret",
  password: "password-of-a-secret",
  token: "token-of-a-secret",
  "api-key": "key-of-a-secret",
  endpoint: "backend.secret.example.com:4317",
  "ingest-otlp-endpoint": "backend.secret.example.com:4317",
  "ingest-otlp-cert": pem("client.pem"),
  "ingest-otlp-key": pem("client.key"),
  "ca.crt": pem("root.pem"),
  "tls.crt": pem("client.pem"),
  "tls.key": pem("client.key"),
};

/** The program's request to the cluster: for Secrets, or for facts about it. */
interface Question {
  readonly secrets?: readonly unknown[];
}

/** Answers as a cluster that has every Secret and the Prometheus Operator, and not Istio. */
function answer({ secrets }: Question, facts: object): unknown {
  const data = Object.fromEntries(
    Object.entries(secretTexts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
  return (
    secrets?.map(() => ({ data })) ?? {
      groups: [],
      operatorKinds: ["PodMonitor", "PrometheusRule"],
      uid: "uid-of-the-cluster",
      ...facts,
    }
  );
}

/** Answers the program's requests in this process. The child process for a cluster takes a second per environment. */
function withAnswers<T>(facts: object, make: () => T): T {
  const ask = (_program: string, _args: readonly string[], { input }: { input: string }): object => {
    const { input: question } = JSON.parse(input) as { input: Question };
    return { status: 0, stdout: JSON.stringify({ output: answer(question, facts) }), stderr: "" };
  };
  const replaced = mock.method(childProcess, "spawnSync", ask);
  try {
    return make();
  } finally {
    replaced.mock.restore();
  }
}

/**
 * Renders the Kubernetes objects of a configuration as YAML, in the order of their types and names. Its key `facts` has
 * facts about the cluster.
 */
export async function render({ facts = {}, ...configuration }: Configuration): Promise<string> {
  const registered = recordResources();
  const { Telemetry } = await import("../../components/telemetry");
  const cluster = { kubeconfig: "/nowhere" };
  const args = { monitoring: { mode: "off" }, ...configuration, cluster } as const;
  const telemetry = withAnswers(facts as object, () => new Telemetry("telemetry", args));
  await valueOf(telemetry.urn);
  await valueOf(telemetry.pipelines);
  await valueOf(telemetry.endpoints);
  await allRegistered();
  return registered
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(
      ({ type, name, inputs }) =>
        `# ${type} ${name}\n${stringify(readable(inputs), { lineWidth: 0, aliasDuplicateObjects: false })}`,
    )
    .join("---\n");
}

const key = ({ type, name }: Registered): string => `${type} ${name}`;

/** Marks secret inputs, so that the golden file shows an input that is no longer secret. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, pulumi.runtime.specialSigKey))
    return { secret: readable((value as { value: unknown }).value) };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part)]));
}
