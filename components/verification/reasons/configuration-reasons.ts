import { expiryWarningDays } from "../../contract";
import { nothingToDo, type ReasonRow } from "./reason-row";

const correctManifest = "Correct the field that the message names.";

/** Whether the pipeline is valid: the reasons of `ConfigurationGenerated`. */
export const configurationReasons = [
  {
    type: "ConfigurationGenerated",
    reason: "GatewayConfigured",
    status: "True",
    meaning: "The pipeline is valid and part of the collectors' configuration.",
    remedy: nothingToDo,
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSCertificateAboutToExpire",
    status: "True",
    isWarning: true,
    meaning: `A certificate of the pipeline expires within ${expiryWarningDays} days.`,
    remedy: "Renew the certificate that the message names.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "EndpointInvalid",
    status: "False",
    meaning: "The endpoint of a pipeline object is not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "OTTLSpecInvalid",
    status: "False",
    meaning: "A transform or a filter of a pipeline object is not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "ReferencedSecretMissing",
    status: "False",
    meaning: "A pipeline object references a Secret or a key that does not exist or could not be read.",
    remedy: "Create the Secret with this key, or correct the reference.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "RuntimeAdditionalMetricInvalid",
    status: "False",
    meaning: "A pipeline object requests an additional runtime metric that does not exist.",
    remedy: "Choose names from the list of additional metrics in pipelines.md.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSCertificateExpired",
    status: "False",
    meaning: "A certificate of a pipeline object has expired.",
    remedy: "Renew the certificate that the message names.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSConfigurationInvalid",
    status: "False",
    meaning: "The TLS settings of a pipeline object are not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "ValidationFailed",
    status: "False",
    meaning: "A pipeline object is not valid for any other reason.",
    remedy: correctManifest,
  },
] as const satisfies readonly ReasonRow[];
