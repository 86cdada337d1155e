import type { NamespaceSelection } from "../schema";

/** What a pipeline collects, by input; namespaces are those it wants data of. */
export interface WantedInputs {
  readonly prometheus?: NamespaceSelection;
  readonly istio?: NamespaceSelection;
  readonly "api-server"?: NamespaceSelection;
  /** Whether kubelets are asked for it. */
  readonly kubelet?: NamespaceSelection;
}

export type ScrapingInput = "prometheus" | "istio" | "api-server";

/** A target as the collector that asks it sees it. */
export interface ScrapedTarget {
  readonly input: ScrapingInput;
  readonly url: string;
  readonly namespace?: string;
  readonly pod?: string;
  /** `unknown` until it has been asked once. */
  readonly health: "up" | "down" | "unknown";
  /** Why it is down, in the scraper's words. */
  readonly error: string;
}

/** What one node's collector got from its kubelet. */
export interface KubeletReading {
  readonly pod: string;
  /** Data points since it started. */
  readonly points: number;
  /** Why it got none when it asked the last time, in the receiver's words. */
  readonly error?: string;
}

/** What was seen of the inputs of all collectors. */
export interface InputEvidence {
  readonly targets: readonly ScrapedTarget[];
  readonly kubelets: readonly KubeletReading[];
  /** Namespaces of what is annotated for scraping; looked up only where nothing is scraped. */
  readonly annotated: readonly string[];
}

export interface InputJudgement {
  readonly status: "True" | "False" | "Unknown";
  readonly reason:
    "InputsHealthy" | "SomeTargetsDown" | "AllTargetsDown" | "NoTargets" | "InputsPending" | "KubeletUnreachable";
  readonly message: string;
}

/** What the collector logs when a scrape fails as a whole. */
const failedScrape = "Error scraping metrics";

/** Examples in a message at most: it is read by a person. */
const examples = 3;

/** Reads what the scraper's interface says about its targets. */
export function readTargets(input: ScrapingInput, text: string): ScrapedTarget[] {
  interface Answer {
    readonly data: {
      readonly activeTargets: readonly {
        readonly scrapeUrl: string;
        readonly health: ScrapedTarget["health"];
        readonly lastError: string;
        readonly discoveredLabels: Readonly<Record<string, string>>;
      }[];
    };
  }
  return (JSON.parse(text) as Answer).data.activeTargets.map(({ scrapeUrl, health, lastError, discoveredLabels }) => ({
    input,
    url: scrapeUrl,
    namespace: discoveredLabels.__meta_kubernetes_namespace,
    pod: discoveredLabels.__meta_kubernetes_pod_name,
    health,
    error: lastError,
  }));
}

/** Why the kubelet's receiver got nothing, the last time that it is in a collector's log. What it lacks in part is not. */
export function kubeletError(log: string): string | undefined {
  const errors = log.split("\n").flatMap((line) => {
    if (!line.includes('"kubeletstats"') || !line.includes(`"${failedScrape}"`)) return [];
    try {
      const { error } = JSON.parse(line) as { error?: unknown };
      return typeof error === "string" ? [error] : [];
    } catch {
      return [];
    }
  });
  return errors.at(-1);
}

/** Whether everything that a pipeline collects is there to be collected; nothing for one that collects nothing. */
export function judgeInputs(wanted: WantedInputs, evidence: InputEvidence): InputJudgement | undefined {
  const judgements = [
    ...(["prometheus", "istio", "api-server"] as const).flatMap((input) => {
      const namespaces = wanted[input];
      return namespaces ? [judgeTargets(input, namespaces, evidence)] : [];
    }),
    ...(wanted.kubelet ? [judgeKubelets(evidence.kubelets)] : []),
  ];
  if (judgements.length === 0) return undefined;
  const worst = [...judgements].sort((a, b) => severity(a) - severity(b))[0] as InputJudgement;
  const message = judgements.map((one) => one.message).join(" ");
  return { ...worst, message };
}

function severity({ status, reason }: InputJudgement): number {
  return ["False", "Unknown", "True"].indexOf(status) * 2 + (reason === "InputsHealthy" ? 1 : 0);
}

function judgeTargets(
  input: ScrapingInput,
  namespaces: NamespaceSelection,
  { targets, annotated }: InputEvidence,
): InputJudgement {
  const own = targets.filter((target) => target.input === input && isWanted(namespaces, target.namespace));
  const asked = own.filter(({ health }) => health !== "unknown");
  const down = asked.filter(({ health }) => health === "down");
  const twice = repeated(own);
  if (own.length === 0)
    return noTargets(input, annotated.filter((namespace) => isWanted(namespaces, namespace)).length);
  if (asked.length === 0) {
    return { status: "Unknown", reason: "InputsPending", message: `${input}: ${own.length} targets, none asked yet.` };
  }
  const counted = `${input}: ${asked.length - down.length} of ${own.length} targets up`;
  const trouble = [
    ...(down.length > 0 ? [`down are ${list(down.map(describe))}`] : []),
    ...(twice.length > 0 ? [`asked more than once are ${list(twice)}`] : []),
  ];
  const message = `${[counted, ...trouble].join("; ")}.${limitHelp(down)}`;
  if (down.length === asked.length) return { status: "False", reason: "AllTargetsDown", message };
  return { status: "True", reason: trouble.length > 0 ? "SomeTargetsDown" : "InputsHealthy", message };
}

function noTargets(input: ScrapingInput, expected: number): InputJudgement {
  if (input === "prometheus" && expected > 0) {
    const message =
      `prometheus: nothing is scraped, but ${expected} Pods and Services in its namespaces are annotated. ` +
      "Check that prometheus.io/port is one of their ports, that Pods without it declare a TCP port, " +
      "and that their pods run on nodes with an agent.";
    return { status: "False", reason: "NoTargets", message };
  }
  const missing = {
    prometheus: 'no Pod or Service in its namespaces is annotated with prometheus.io/scrape: "true"',
    istio: "no proxy of a mesh runs in its namespaces",
    "api-server": "no address of the API server was found",
  }[input];
  return { status: "Unknown", reason: "NoTargets", message: `${input}: ${missing}.` };
}

function judgeKubelets(kubelets: readonly KubeletReading[]): InputJudgement {
  const silent = kubelets.filter(({ error }) => error !== undefined);
  const answering = kubelets.filter(({ points, error }) => points > 0 && error === undefined);
  if (silent.length > 0) {
    const [{ error = "" } = {}] = silent;
    const message = `runtime: ${silent.length} of ${kubelets.length} kubelets can't be read (${list(silent.map(({ pod }) => pod))}): ${shortened(error)}.${kubeletHelp(error)}`;
    return { status: "False", reason: "KubeletUnreachable", message };
  }
  const message = `runtime: ${answering.length} of ${kubelets.length} kubelets read.`;
  return answering.length === kubelets.length && kubelets.length > 0
    ? { status: "True", reason: "InputsHealthy", message }
    : { status: "Unknown", reason: "InputsPending", message };
}

function kubeletHelp(error: string): string {
  if (/x509|certificate/.test(error)) {
    return " If the kubelets sign their own certificates, set metric.runtime.kubelet.insecureSkipVerify: true.";
  }
  // What Go says of an IPv6 address without brackets, and of an IPv4 address with them.
  if (/invalid port .* after host/.test(error)) {
    return " The nodes have addresses of IPv6: set metric.runtime.kubelet.ipFamily: IPv6.";
  }
  return /invalid IP-literal/.test(error)
    ? " The nodes have addresses of IPv4: set metric.runtime.kubelet.ipFamily: IPv4."
    : "";
}

function isWanted({ include, exclude = [] }: NamespaceSelection, namespace: string | undefined): boolean {
  if (namespace === undefined) return true;
  return include ? include.includes(namespace) : !exclude.includes(namespace);
}

function repeated(targets: readonly ScrapedTarget[]): string[] {
  const urls = targets.map(({ url }) => url);
  return [...new Set(urls.filter((url, i) => urls.indexOf(url) !== i))].sort();
}

const describe = ({ namespace = "", pod = "", url, error }: ScrapedTarget): string =>
  `${pod === "" ? url : `${namespace}/${pod}`} (${shortened(error)})`;

/** The scraper repeats the address, which is told already. */
const shortened = (error: string): string => error.replace(/^Get "[^"]*": /, "").slice(0, 160);

function list(texts: readonly string[]): string {
  const shown = [...texts].sort().slice(0, examples).join(", ");
  return texts.length > examples ? `${shown} and ${texts.length - examples} more` : shown;
}

function limitHelp(down: readonly ScrapedTarget[]): string {
  return down.some(({ error }) => /limit exceeded/.test(error))
    ? " Answers that are too large are dropped as a whole: metric.prometheus.limits raises the limits."
    : "";
}
