import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { apiServerPorts, mostObjectBytes } from "../../components/contract";
import { PipelineConfigError } from "../../components/config-error";
import {
  areAnnotations,
  error,
  field,
  flag,
  imageName,
  join,
  labelName,
  map,
  ownNamespaceName,
  parts,
  shapeFindings,
  struct,
  subdomainName,
  volumeQuantity,
} from "../../components/schema";
import { writtenSettings } from "../../components/settings";

const secret = struct({
  namespace: field(labelName(), { description: "Namespace of the Secret.", example: "shop" }),
  name: field(subdomainName(), { description: "Name of the Secret.", example: "backend" }),
});

const text = z.string().min(1, "is empty");

/** The names that Pulumi allows, without an organisation: the stack's file has this name, too. */
const stackName = text
  .regex(/^[\w.-]*$/, "must be made of letters, digits, `-`, `_` and `.`")
  .max(100, "must have at most 100 characters");

/** The API server would reject a larger Secret only after other objects have changed. */
const fitsSecret = parts<Readonly<Record<string, string>>>((variables) =>
  Buffer.byteLength(Object.values(variables).join("")) > mostObjectBytes
    ? [[undefined, `has more than ${mostObjectBytes} bytes`]]
    : [],
);

/** The default namespace of a manager. */
export const defaultManagerNamespace = "telemetry-manager";

/** The key `telemetry:manager` of a stack that deploys a manager. */
export const managerSettingsSchema = struct({
  stack: field(stackName, {
    description: "The managed stack, whose settings are in `Pulumi.<stack>.yaml`.",
    example: "prod",
  }),
  folder: field(text.default("."), {
    description:
      "Folder of that file, of the pipeline files and of the policies' settings, relative to that of Pulumi.yaml.",
    example: "environments",
  }),
  image: field(imageName(), {
    description: "Image of the manager, built with `manager/Dockerfile`.",
    example: "registry.example.com/telemetry-manager@sha256:…",
  }),
  namespace: field(ownNamespaceName().default(defaultManagerNamespace), {
    description: "Namespace that is created for the manager.",
    example: defaultManagerNamespace,
  }),
  environment: field(
    z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, "is not a name of a variable"), z.string())
      .check(fitsSecret)
      .default({}),
    {
      description:
        "Environment variables of the engine: the place of the state and the credentials for it. They are kept in a Secret.",
      example: '{ PULUMI_BACKEND_URL: "s3://my-bucket", PULUMI_CONFIG_PASSPHRASE: … }',
    },
  ),
  stateVolume: field(
    struct({
      size: field(volumeQuantity().default("1Gi"), {
        description: "Size of the volume.",
        example: "1Gi",
      }),
      storageClass: field(subdomainName().optional(), {
        description: "Storage class of the volume. Defaults to that of the cluster.",
        example: "standard",
      }),
    }).optional(),
    {
      description: "A volume at `/state` that outlives the pod, for a state in files (`file:///state`).",
      example: "{ size: 1Gi }",
    },
  ),
  serviceAccountAnnotations: map(
    "arn:aws:iam::123456789012:role/telemetry",
    {
      description: "Annotations of the manager's service account, with which a cloud grants access to the state.",
      example: '{ "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/telemetry" }',
    },
    areAnnotations,
  ),
  objects: flag(false, "Whether MetricPipeline, TracePipeline and LogPipeline objects are part of the stack."),
  secrets: field(
    z.array(field(secret, { description: "A Secret.", example: "{ namespace: shop, name: backend }" })).default([]),
    {
      description: "Secrets that such objects may reference. Secrets that settings and files reference need no entry.",
      example: "[{ namespace: shop, name: backend }]",
    },
  ),
  goBack: flag(false, "Whether a failed update is undone with the last good inputs."),
  egressPorts: field(
    z
      .array(
        field(z.int("is not a whole number").min(1, "is less than 1").max(65_535, "is more than 65535"), {
          description: "A port.",
          example: "9000",
        }),
      )
      .default([]),
    {
      description: `Ports of the state besides ${apiServerPorts.join(", ")}.`,
      example: "[9000]",
    },
  ),
});

export type ManagerDeploymentSettings = z.output<typeof managerSettingsSchema>;

/** Settings beside the manager's own: those with defaults in `Pulumi.yaml`, and the one that allows a stack without pipelines. */
const besideManager = ["manager", "namespace", "protect", "allowNoPipelines"];

/** The settings of a manager's stack. */
interface ManagerConfiguration {
  readonly settings: ManagerDeploymentSettings;
  readonly allowNoPipelines: boolean;
}

/**
 * Reads `telemetry:manager`. Returns nothing in stacks without it. Throws one `PipelineConfigError` with all findings.
 * Values may be credentials, so no message contains one.
 */
export function managerConfiguration(project = "telemetry"): ManagerConfiguration | undefined {
  const all = writtenSettings(pulumi.runtime.allConfig(), project);
  const { manager: written, allowNoPipelines = false } = all;
  if (written === undefined) return undefined;
  const others = Object.keys(all).filter((key) => !besideManager.includes(key));
  const findings = [
    ...shapeFindings(managerSettingsSchema, written, (keys) => join("manager", keys)),
    ...shapeFindings(z.boolean(), allowNoPipelines, () => "allowNoPipelines"),
    ...others.map((key) =>
      error(
        key,
        "stands beside manager",
        "Put the manager into its own stack, and pipelines into the stack it manages",
      ),
    ),
  ];
  if (findings.length > 0) throw new PipelineConfigError(findings);
  return { settings: managerSettingsSchema.parse(written), allowNoPipelines: allowNoPipelines === true };
}
