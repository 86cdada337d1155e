import { nothingToDo, type ReasonRow } from "./reason-row";

/** Whether the data is what its owner means: the reasons of `DataHealthy`. */
export const dataReasons = [
  {
    type: "DataHealthy",
    reason: "DataHealthy",
    status: "True",
    meaning: "Nothing is known to be wrong with the data. The message counts what the filter dropped.",
    remedy: nothingToDo,
  },
  {
    type: "DataHealthy",
    reason: "AllItemsFiltered",
    status: "True",
    isWarning: true,
    meaning: "The pipeline's filter dropped everything since the collectors started.",
    remedy: "Check the conditions of the filter against the data.",
  },
  {
    type: "DataHealthy",
    reason: "StatementsFailing",
    status: "True",
    isWarning: true,
    meaning: "Statements of the pipeline's transform, or conditions of its filter, failed on items during the check.",
    remedy: "Read the errors in the collector's log, and correct the statements.",
  },
  {
    type: "DataHealthy",
    reason: "SendersUnknown",
    status: "True",
    isWarning: true,
    meaning:
      "More than a tenth of the data pushed during the check came without a known pod, or, if little was pushed then, " +
      "since the gateway's pods started.",
    remedy: "Let these senders set k8s.pod.uid, or send without a relay or proxy that hides their address.",
  },
] as const satisfies readonly ReasonRow[];
