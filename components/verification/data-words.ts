/** Messages about a pipeline's data. */

import { collectorKinds, otlpServiceName, ports, signals, type CollectorKind } from "../contract";
import type { LookUps, Passed } from "./data-evidence";
import type { PipelineTarget } from "./targets";

export function filtered({ signal, path }: PipelineTarget, { incoming, outgoing }: Passed): string {
  const items = signals[signal].items;
  return outgoing === 0
    ? `The filter dropped all ${incoming} ${items} since its collectors started. Check ${path}.filter.`
    : `The filter dropped ${incoming - outgoing} of ${incoming} ${items} since its collectors started.`;
}

export function statementsFailing({ path }: PipelineTarget, failures: number): string {
  return (
    `Statements or conditions failed ${failures === 1 ? "once" : `${failures} times`} or more during the check. ` +
    `Their items stay as they were. Check ${path}.transform and ${path}.filter: the collector's log has each error.`
  );
}

export function failuresHidden(collector: CollectorKind): string {
  return (
    "Statements that fail are not noticed, because the collector only logs them as warnings, which " +
    `${collectorKinds[collector].setting}.logLevel: error hides. Set it to warn.`
  );
}

/** Resources of pushed data, by whether their pod was found. */
export interface SenderCounts {
  /** Since the gateway's pods started. */
  readonly all: LookUps;
  /** During the check. */
  readonly recent: LookUps;
  /** Whether the check saw enough of them to judge by these alone. */
  readonly isRecent: boolean;
}

export function sendersUnknown({ signal }: PipelineTarget, { all, recent, isRecent }: SenderCounts): string {
  const { found, unknown } = isRecent ? recent : all;
  const time = isRecent ? "during the check" : "since the gateway's pods started";
  const lately = isRecent || recent.found + recent.unknown === 0 ? "" : `; during the check, ${share(recent)}`;
  return (
    `${Math.round((100 * unknown) / (found + unknown))} % of the ${signal} pushed ${time} came without a known pod ` +
    `(${share({ found, unknown })} resources${lately}). ` +
    "They have no Kubernetes metadata, and pipelines that include namespaces reject them. Usual causes are senders on " +
    "their node's network, a relay or a proxy that hides the sender's address, and senders outside of the cluster. " +
    "Let senders set the resource attribute k8s.pod.uid."
  );
}

const share = ({ found, unknown }: LookUps): string => `${unknown} of ${found + unknown}`;

/** `chosen` are the items in front of and behind the choice of namespaces; zero if the pipeline takes all. */
export function pushed({ signal, path }: PipelineTarget, items: number, chosen: Passed): string {
  const all = `otlp: applications pushed ${items} ${signals[signal].items} since the gateway's pods started.`;
  if (chosen.incoming === 0) return all;
  if (chosen.outgoing > 0) return `${all} ${chosen.outgoing} are of the pipeline's namespaces.`;
  return (
    `${all} None of them is of the pipeline's namespaces. Check the names in ${path}.input.otlp.namespaces, and that ` +
    "senders there push."
  );
}

interface Waiting {
  /** Seconds since the first pod of the gateway started. */
  readonly seconds: number;
  readonly grpcOnHttp: number;
  readonly unknownPath: number;
}

export function nothingPushed({ signal }: PipelineTarget, waiting: Waiting, namespace: string): string {
  const host = `http://${otlpServiceName}.${namespace}`;
  return [
    `otlp: applications have pushed no ${signals[signal].items} yet, in ${duration(waiting.seconds)} since the gateway's`,
    `pods started. Senders push by gRPC to ${host}:${ports.otlpGrpc}, or by HTTP to ${host}:${ports.otlpHttp}.`,
    ...misdirected(waiting),
  ].join(" ");
}

/** A gateway cannot detect HTTP on the port for gRPC. */
export function misdirected({ grpcOnHttp, unknownPath }: Omit<Waiting, "seconds">): string[] {
  return [
    ...(grpcOnHttp > 0
      ? [`${counted(grpcOnHttp)} gRPC on port ${ports.otlpHttp}, which is for HTTP: use port ${ports.otlpGrpc}.`]
      : []),
    ...(unknownPath > 0
      ? [`${counted(unknownPath)} for an HTTP path other than that of a signal with a pipeline, such as /v1/traces.`]
      : []),
  ];
}

const counted = (requests: number): string => (requests === 1 ? "1 request was" : `${requests} requests were`);

export const noInputEnabled = ({ path }: PipelineTarget): string =>
  `No input of the pipeline is enabled, so it gets no data. Remove ${path}.input.otlp.enabled: false, or enable another input.`;

function duration(seconds: number): string {
  const units = [
    [86_400, "days"],
    [3600, "hours"],
    [60, "minutes"],
  ] as const;
  const [length, unit] = units.find(([length]) => seconds >= 2 * length) ?? [1, "seconds"];
  return `${Math.round(seconds / length)} ${unit}`;
}
