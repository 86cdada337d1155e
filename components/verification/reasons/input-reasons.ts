import { lateAfter, longestLine } from "../../inputs";
import { durationWords } from "../../schema";
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
    remedy: "Correct the annotations or monitors that the message names, and check the agent on nodes that it names.",
  },
  {
    type: "InputsHealthy",
    reason: "DiscoverySlow",
    status: "True",
    isWarning: true,
    meaning: "Pods or Services have so many annotations and labels that agents need long to find any target.",
    remedy: "Remove annotations from the objects that the message names.",
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
    meaning:
      "Applications have pushed no data of this signal since the gateway's pods started, or none in the pipeline's namespaces.",
    remedy:
      "Check address and protocol of the senders, and the pipeline's namespaces. HTTP on the port for gRPC leaves no trace.",
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
    reason: "FilesUnreadable",
    status: "False",
    meaning: "The log agents cannot read files of the pipeline's containers, and have read nothing for it.",
    remedy: seeMessage,
  },
  {
    type: "InputsHealthy",
    reason: "SomeFilesUnreadable",
    status: "True",
    isWarning: true,
    meaning: "Lines are read, and the log agents could not read some files of containers in the last hour.",
    remedy: seeMessage,
  },
  {
    type: "InputsHealthy",
    reason: "SomeNodesNotRead",
    status: "True",
    isWarning: true,
    meaning:
      "Lines are read, but some nodes with the pipeline's containers have no ready log agent, or it has no file open.",
    remedy: "Check the log agent on the nodes that the message names, and that their containers write lines.",
  },
  {
    type: "InputsHealthy",
    reason: "LinesLate",
    status: "True",
    isWarning: true,
    meaning: `Log agents are behind: they have read lines more than ${durationWords(lateAfter)} after these were written.`,
    remedy: "Repair the backend if it is slow. Otherwise, let the containers that the message names write less.",
  },
  {
    type: "InputsHealthy",
    reason: "LinesSplit",
    status: "True",
    isWarning: true,
    meaning: `Containers have written lines of more than ${longestLine / 1024 / 1024} MiB, which arrive as several records.`,
    remedy: "Let the containers that the message names write shorter lines.",
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
    meaning:
      "Some inputs were not read, as in the first interval after a rollout, or if agents did not answer in time.",
    remedy: "Run npm run status after one interval.",
  },
] as const satisfies readonly ReasonRow[];
