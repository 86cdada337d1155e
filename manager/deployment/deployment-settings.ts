import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { apiServerPorts } from "../../components/contract";
import {
  error,
  field,
  flag,
  join,
  labelName,
  PipelineConfigError,
  shapeFindings,
  struct,
  subdomainName,
} from "../../components/schema";
import { writtenSettings } from "../../components/settings";

const secret = struct({
  namespace: field(labelName(), { description: "Namespace of the Secret.", example: "shop" }),
  name: field(subdomainName(), { description: "Name of the Secret.", example: "backend" }),
});

const text = z.string().min(1, "is empty");

/** Namespace of a manager, unless told otherwise. */
export const defaultManagerNamespace = "telemetry-manager";

/** What a stack that deploys a manager says about it, the key `telemetry:manager`. */
export const managerSettingsSchema = struct({
  stack: field(text, {
    description: "Stack that is managed, whose settings are in `Pulumi.<stack>.yaml`.",
    example: "prod",
  }),
  folder: field(text.default("."), {
    description: "Folder of that file, of the files with pipelines and of the policies' settings, from Pulumi.yaml's.",
    example: "environments",
  }),
  image: field(text, {
    description: "Image of the manager, made with `manager/Dockerfile`.",
    example: "registry.example.com/telemetry-manager@sha256:…",
  }),
  namespace: field(labelName().default(defaultManagerNamespace), {
    description: "Namespace that is made for it.",
    example: defaultManagerNamespace,
  }),
  environment: field(z.record(z.string().regex(/^[A-Za-z_]\w*$/, "is no name of a variable"), z.string()).default({}), {
    description: "Variables of the engine: where the state is, and what is needed to get at it. Kept in a Secret.",
    example: '{ PULUMI_BACKEND_URL: "s3://my-bucket", PULUMI_CONFIG_PASSPHRASE: … }',
  }),
  stateVolume: field(
    struct({
      size: field(
        z
          .string()
          .regex(/^\d+(?:Ki|Mi|Gi|Ti)$/, "is no amount")
          .default("1Gi"),
        {
          description: "Size of the volume.",
          example: "1Gi",
        },
      ),
      storageClass: field(subdomainName().optional(), {
        description: "Class of the volume. By default that of the cluster.",
        example: "standard",
      }),
    }).optional(),
    {
      description: "A volume at `/state` that outlives the pod: for a state in files, as `file:///state`.",
      example: "{ size: 1Gi }",
    },
  ),
  serviceAccountAnnotations: field(z.record(z.string(), z.string()).default({}), {
    description: "Annotations of its service account, with which clouds let it get at the state.",
    example: '{ "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/telemetry" }',
  }),
  objects: flag(false, "Whether MetricPipeline, TracePipeline and LogPipeline objects are pipelines, too."),
  secrets: field(
    z.array(field(secret, { description: "A Secret.", example: "{ namespace: shop, name: backend }" })).default([]),
    {
      description: "Secrets that such objects may refer to. Those of settings and files are known.",
      example: "[{ namespace: shop, name: backend }]",
    },
  ),
  goBack: flag(false, "Whether a failed update is undone by the last inputs that were good."),
  egressPorts: field(
    z
      .array(
        field(z.int("is no whole number").min(1, "is less than 1").max(65_535, "is more than 65535"), {
          description: "A port.",
          example: "9000",
        }),
      )
      .default([]),
    {
      description: `Ports besides ${apiServerPorts.join(", ")} on which the state is reached.`,
      example: "[9000]",
    },
  ),
});

export type ManagerDeploymentSettings = z.output<typeof managerSettingsSchema>;

/** Settings that have defaults in `Pulumi.yaml`, and so are there in every stack. */
const everywhere = ["manager", "namespace", "protect"];

/**
 * Reads `telemetry:manager`; nothing in stacks without it. Throws one `PipelineConfigError` with all that is wrong.
 * Values may be credentials, and are never shown.
 */
export function managerConfiguration(project = "telemetry"): ManagerDeploymentSettings | undefined {
  const all = writtenSettings(pulumi.runtime.allConfig(), project);
  const { manager: written } = all;
  if (written === undefined) return undefined;
  const others = Object.keys(all).filter((key) => !everywhere.includes(key));
  const findings = [
    ...shapeFindings(managerSettingsSchema, written, (keys) => join("manager", keys)),
    ...others.map((key) =>
      error(key, "stands beside manager", "Put the manager in a stack of its own, and pipelines in the one it manages"),
    ),
  ];
  if (findings.length > 0) throw new PipelineConfigError(findings);
  return managerSettingsSchema.parse(written);
}
