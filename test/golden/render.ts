import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { recordResources, valueOf, type Registered } from "../unit/helpers/pulumi";
import type { Configuration } from "./environments";

const certificates = join(__dirname, "../unit/settings/certificates");
const pem = (file: string): string => readFileSync(join(certificates, file), "utf8");

/** What every Secret holds, by key. */
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

/** An API server that has each Secret that it is asked for, and no API groups. Reading blocks the caller's thread. */
export async function secretServer(): Promise<{ readonly kubeconfig: string; stop(): Promise<unknown> }> {
  const data = Object.fromEntries(
    Object.entries(secretTexts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
  const server = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     const server = require("node:http").createServer(({ url }, response) => {
       const body = /secrets/.test(url) ? { kind: "Secret", apiVersion: "v1", metadata: {}, data: workerData } : { kind: "APIGroupList", groups: [] };
       response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
     });
     server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: data },
  );
  const [port] = (await once(server, "message")) as [number];
  const kubeconfig = JSON.stringify({
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u" }],
    "current-context": "c",
  });
  return { kubeconfig, stop: () => server.terminate() };
}

/** The Kubernetes objects that a configuration makes, as YAML in the order of their types and names. */
export async function render(configuration: Configuration, kubeconfig: string): Promise<string> {
  const registered = recordResources();
  const { Telemetry } = await import("../../components/telemetry");
  const telemetry = new Telemetry("telemetry", {
    monitoring: { mode: "off" },
    ...configuration,
    cluster: { kubeconfig },
  });
  await valueOf(telemetry.urn);
  await valueOf(telemetry.pipelines);
  await valueOf(telemetry.endpoints);
  await new Promise((resolve) => setTimeout(resolve, 50));
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

/** Secret inputs are marked, so that one that no longer is secret shows. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, pulumi.runtime.specialSigKey))
    return { secret: readable((value as { value: unknown }).value) };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part)]));
}
