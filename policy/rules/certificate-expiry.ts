import { X509Certificate } from "node:crypto";
import type { KubernetesObject } from "../facts/objects";
import { isMergedSecret, secretFiles } from "../facts/telemetry";
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
      days: { type: "number", minimum: 0, default: 30, description: "Days that every certificate is still valid." },
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
        const expires = certificate.validToDate < now ? `expired on ${date}` : `expires on ${date}`;
        return `a certificate of ${key} in the merged Secret ${expires}, with less than ${days} days left: renew it in its source.`;
      }),
  );
}

/** The certificates in a PEM; what cannot be read as one is the program's to refuse. */
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
