import { X509Certificate } from "node:crypto";
import { type KubernetesObject, outputOfKey, isMergedSecret, secretFiles } from "../facts";
import { objectRule } from "../rule";

export interface CertificateExpirySettings {
  readonly days: number;
}

export const certificateExpiry = objectRule<CertificateExpirySettings>(
  {
    name: "certificate-expiry",
    description: "Certificates of pipelines are renewed before they expire.",
    level: "advisory",
    severity: "medium",
    settings: {
      days: {
        type: "number",
        minimum: 0,
        default: 30,
        description: "Days for which every certificate must still be valid.",
      },
    },
    applies: isMergedSecret,
  },
  (secret, settings) => expiryViolations(secret, settings, new Date()),
);

const dayInMilliseconds = 24 * 60 * 60 * 1000;

export function expiryViolations(secret: KubernetesObject, { days }: CertificateExpirySettings, now: Date): string[] {
  const end = new Date(now.getTime() + days * dayInMilliseconds);
  return [...secretFiles(secret)].flatMap(([key, text]) =>
    certificates(text)
      .filter((certificate) => certificate.validToDate < end)
      .map((certificate) => {
        const date = certificate.validToDate.toISOString().slice(0, 10);
        const expires =
          certificate.validToDate < now ? `expired on ${date}` : `expires on ${date}, in less than ${days} days`;
        return `${settingOf(key)} (key ${key} of the merged Secret) has a certificate that ${expires}. Renew it in its source.`;
      }),
  );
}

/**
 * Returns the setting behind a key such as `trace_shop_tls.cert`, or the namespace of the monitors that refer to its text.
 * Pipelines and namespaces have no underscore in their names.
 */
function settingOf(key: string): string {
  const [, namespace] = /^monitor_([^_]+)_/.exec(key) ?? [];
  if (namespace !== undefined) return `a ServiceMonitor or PodMonitor in the namespace ${namespace}`;
  return `${outputOfKey(key)}.${key.slice(key.lastIndexOf("_") + 1)}`;
}

/** Reads the certificates in a PEM. Skips blocks that are not certificates: the program itself rejects them. */
function certificates(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}
