import { z } from "zod";
import { diskQueueBytes } from "../sizing";
import { bytesQuantity, field, labelRule, ownNamespaceName, quantityOf, struct } from "../schema";
import { collectorSettings } from "./workload-settings";

/** Least size of a queue on disk: several requests. A size above the other is a typing error. */
const diskQueueSizes = { least: "16Mi", largest: "1024Gi" };

export const logAgentSettings = field(
  struct({
    ...collectorSettings("logAgent"),
    namespace: field(ownNamespaceName().optional(), {
      description:
        "Namespace that the program creates for the log agent. It admits privileged pods, because the log agent mounts " +
        "files of its node. Default: the stack's namespace with `-logs` at its end.",
      example: "telemetry-logs",
      rule: `Made of ${labelRule}; at most 63 characters. Not the stack's namespace, not \`default\`, and none that starts with \`kube-\` or \`openshift\`.`,
    }),
    startAt: field(z.enum(["beginning", "end"]).default("beginning"), {
      description:
        "Where a pipeline begins with the files that exist when it reads on a node for the first time. Files that appear " +
        "later are read from their beginning.",
      example: "end",
    }),
    diskQueue: field(bytesQuantity(diskQueueSizes.least, diskQueueSizes.largest).default(quantityOf(diskQueueBytes)), {
      description:
        "Encoded data of each pipeline that the log agent keeps on the disk of its node while the backend does not accept " +
        "it. `output.otlp.queue.size` and `output.otlp.retry` do not apply to container logs.",
      example: "1Gi",
      rule: `From \`${diskQueueSizes.least}\` to \`${diskQueueSizes.largest}\`.`,
    }),
  }).prefault({}),
  { description: "The log agent's workload.", example: "{ startAt: end }" },
);
