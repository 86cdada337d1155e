import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { status } from "../cluster/helpers";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { kubectl, pods } from "../e2e/support/kubectl";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Stack } from "../e2e/support/stack";
import { languages, Sender, Workshop } from "./sdks/senders";
import { number } from "./support/options";

/**
 * Counts the spans that applications lose while the gateway of their node is replaced. Runs the official SDKs of
 * OpenTelemetry with their defaults, over gRPC and HTTP, through rolls and deletions of the gateway's pod. The nodes of the
 * cluster of KUBECONFIG must be on this machine, because the senders run on a node's network.
 */
const gateway = "telemetry-otlp-gateway";
const ports = { grpc: 4317, http: 4318 } as const;

type Gateways = Awaited<ReturnType<typeof pods>>;

async function onNode(node: string): Promise<Gateways> {
  return (await pods("telemetry", gateway)).filter(({ spec }) => spec.nodeName === node);
}

/** Waits until only another, ready pod is on the node. */
async function isReplaced(node: string, uid: string): Promise<void> {
  await eventually(async () => {
    const [pod, another] = await onNode(node);
    if (!pod || another || pod.metadata.uid === uid) throw new Error(`the gateway of ${node} is not replaced`);
    await kubectl("-n", "telemetry", "wait", "--for=condition=Ready", `pod/${pod.metadata.name}`, "--timeout=60s");
  }, 120);
}

const events = {
  roll: async () => {
    await kubectl("-n", "telemetry", "rollout", "restart", `daemonset/${gateway}`);
  },
  deletion: async (pod: string) => {
    await kubectl("-n", "telemetry", "delete", "pod", pod, "--wait=false");
  },
};

interface Row {
  readonly event: string;
  readonly sender: string;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicated: number;
}

type Commands = ReadonlyMap<string, readonly string[]>;

async function measure(event: keyof typeof events, times: number, commands: Commands, backend: Backend) {
  const machine = (await status()).machines.find(({ name }) => name === "node1");
  if (!machine) throw new Error("node1 does not run on this machine");
  const address = await kubectl(
    "-n",
    "telemetry",
    "get",
    "service",
    "telemetry-otlp",
    "-o",
    "jsonpath={.spec.clusterIP}",
  );
  await backend.reset();
  const senders = [...commands].flatMap(([language, command]) =>
    Object.entries(ports).map(([protocol, port]) =>
      Sender.start(`${language}, ${protocol}`, command, machine.pid, protocol, `http://${address}:${port}`),
    ),
  );
  try {
    await sleep(10_000);
    for (let i = 1; i <= times; i++) {
      const [pod] = await onNode(machine.name);
      if (!pod) throw new Error(`${machine.name} has no gateway`);
      await events[event](pod.metadata.name);
      await isReplaced(machine.name, pod.metadata.uid);
      console.log(`${event} ${i} of ${times}`);
      await sleep(10_000);
    }
    const sent = new Map(await Promise.all(senders.map(async (one) => [one.name, await one.stop()] as const)));
    // The gateway sends the data of one second at a time.
    await sleep(5000);
    const counts = await backend.counts();
    return senders.map(({ name }): Row => {
      const { items = 0, distinct = 0 } = counts.find(({ sender }) => sender === name) ?? {};
      const made = sent.get(name) ?? 0;
      return {
        event,
        sender: name,
        sent: made,
        received: distinct,
        lost: made - distinct,
        duplicated: items - distinct,
      };
    });
  } finally {
    for (const one of senders) one.kill();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { times: { type: "string", default: "10" } } });
  const times = number("times", values.times, 1);
  const workshop = new Workshop();
  const stack = new Stack({});
  const rows: Row[] = [];
  try {
    const commands = new Map<string, readonly string[]>();
    for (const language of languages) {
      console.log(`building the sender: ${language}`);
      commands.set(language, await workshop.build(language));
    }
    await makeNamespaces(backendNamespace);
    const backend = await Backend.start("sdks");
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } };
    // One node is enough: other nodes would only make each roll longer.
    stack.configure({
      gateway: { nodeSelector: { "kubernetes.io/hostname": "node1" } },
      tracePipelines: [{ name: "sdks", output }],
    });
    await stack.create();
    await stack.up();
    for (const event of ["roll", "deletion"] as const) rows.push(...(await measure(event, times, commands, backend)));
  } finally {
    workshop.remove();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  }
  console.table(rows);
  const total = (key: "sent" | "lost" | "duplicated"): number => rows.reduce((sum, row) => sum + row[key], 0);
  console.log(`${total("lost")} of ${total("sent")} spans lost, ${total("duplicated")} duplicated`);
}

void main();
