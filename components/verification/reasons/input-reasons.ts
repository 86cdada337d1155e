import { nothingToDo, seeMessage, type ReasonRow } from "./reason-row";

/** Whether data comes in: the reasons of `InputsHealthy`. */
export const inputReasons = [
  {
    type: "InputsHealthy",
    reason: "InputsHealthy",
    status: "True",
    meaning: "Applications have pushed data, all targets are up, and all kubelets answer.",
    remedy: nothingToDo,
  },
  {
    type: "InputsHealthy",
    reason: "SomeTargetsDown",
    status: "True",
    isWarning: true,
    meaning: "Some targets are down, or are scraped more than once.",
    remedy: "Correct the targets that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "SomeObjectsNotScraped",
    status: "True",
    isWarning: true,
    meaning: "Some annotated Pods or Services, or monitors, are not scraped, or not as they ask.",
    remedy: "Correct the annotations or monitors that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "AllTargetsDown",
    status: "False",
    meaning: "The pipeline's namespaces have targets, and all of them are down.",
    remedy: "Correct the targets that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "NoTargets",
    status: "False",
    meaning:
      "Pods or Services are annotated for scraping, or monitors select pods, and the agent scrapes none of them.",
    remedy: "Check the annotated ports, and that the pods run on nodes with an agent.",
  },
  {
    type: "InputsHealthy",
    reason: "NoTargets",
    status: "Unknown",
    meaning: "The pipeline's namespaces have nothing to scrape.",
    remedy: "Annotate Pods or Services, or turn the input off.",
  },
  {
    type: "InputsHealthy",
    reason: "KubeletUnreachable",
    status: "False",
    meaning: "At least one kubelet rejected the last request for its metrics.",
    remedy: seeMessage,
  },
  {
    type: "InputsHealthy",
    reason: "NothingPushed",
    status: "Unknown",
    meaning: "Applications have pushed no data of this signal since the gateway's pods started.",
    remedy: "Check address and protocol of the senders. HTTP on the port for gRPC leaves no trace.",
  },
  {
    type: "InputsHealthy",
    reason: "NoLinesRead",
    status: "Unknown",
    meaning: "The log agents have read no line for the pipeline since their pods started.",
    remedy: "Check namespaces and containers of the input, and that containers write lines.",
  },
  {
    type: "InputsHealthy",
    reason: "RequestsMisdirected",
    status: "True",
    isWarning: true,
    meaning: "Applications push data, and some send gRPC to the port for HTTP, which loses it.",
    remedy: "Correct the port of these senders.",
  },
  {
    type: "InputsHealthy",
    reason: "NoInputEnabled",
    status: "Unknown",
    meaning: "The pipeline has no input, so it gets no data.",
    remedy: "Enable an input, or remove the pipeline.",
  },
  {
    type: "InputsHealthy",
    reason: "InputsPending",
    status: "Unknown",
    meaning: "Some inputs were not read yet, as in the first interval after a rollout.",
    remedy: "Run npm run status after one interval.",
  },
] as const satisfies readonly ReasonRow[];
