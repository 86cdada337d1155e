import { z } from "zod";
import { hostPaths } from "../contract";
import { diskQueueBytes } from "../sizing";
import { bytesQuantity, field, labelRule, ownNamespaceName, quantityOf, struct } from "../schema";
import { collectorSettings } from "./workload-settings";

/** Least size of a queue on disk: several requests. A size above the other is a typing error. */
const diskQueueSizes = { least: "16Mi", largest: "1024Gi" };

/** A part of an SELinux label. The API server accepts any text, and a container with a wrong label does not start. */
const labelPart = (characters: RegExp, description: string, example: string) =>
  field(z.string().regex(characters, "is not a part of an SELinux label").optional(), { description, example });

const seLinuxOptions = struct({
  type: labelPart(/^[\w.]+$/, "Type of the label.", "spc_t"),
  level: labelPart(/^[\w:.,-]+$/, "Level of the label.", "s0:c123,c456"),
  role: labelPart(/^[\w.]+$/, "Role of the label.", "system_r"),
  user: labelPart(/^[\w.]+$/, "User of the label.", "system_u"),
});

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
    seLinuxOptions: field(seLinuxOptions.optional(), {
      description:
        "SELinux label of the log agent, as in a pod. On nodes that enforce SELinux, a usual container may neither read " +
        `\`${hostPaths.podLogs}\` nor write to \`${hostPaths.state}\`, so the log agent does not start. Default: the label that ` +
        "the container runtime chooses.",
      example: "{ type: spc_t }",
    }),
  }).prefault({}),
  { description: "The log agent's workload.", example: "{ startAt: end }" },
);
