import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { expiryWarningDays } from "../../contract";
import { error, type Finding, type Pem, type PemBlock, readPem, unreadableBlock, warning } from "../../schema";
import { isPlaintext } from "./endpoint";
import type { OutputFacts } from "./output-facts";

export interface TlsTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Everything about TLS texts: certificates, their validity at `now`, their order, and whether the key is theirs. */
export function checkTls(texts: TlsTexts, now: Date, path: string): Finding[] {
  const ca = texts.ca === undefined ? undefined : readCertificates(texts.ca, `${path}.ca`, { keysAllowed: false });
  const cert =
    texts.cert === undefined ? undefined : readCertificates(texts.cert, `${path}.cert`, { keysAllowed: true });
  const key = texts.key === undefined ? undefined : readKey(texts.key, `${path}.key`);
  const disorder = cert ? chain(cert, `${path}.cert`) : [];
  return [
    ...(ca ? [...ca.findings, ...authorities(ca, `${path}.ca`), ...validity(ca, now, `${path}.ca`)] : []),
    ...(cert
      ? [...cert.findings, ...disorder, ...clientUse(cert, `${path}.cert`), ...validity(cert, now, `${path}.cert`)]
      : []),
    ...(key?.findings ?? []),
    ...(cert && key?.key ? pair(cert.certificates, disorder.length === 0, key.key, `${path}.key`) : []),
  ];
}

/** Rejects TLS material where there is no TLS: a user who gives a certificate expects the collector to use it. */
export function checkUnusedTls(facts: OutputFacts, endpoint: string | undefined): Finding[] {
  const cause =
    facts.insecure === true
      ? "`tls.insecure` is true"
      : endpoint !== undefined && isPlaintext(endpoint)
        ? "the endpoint starts with http://"
        : undefined;
  if (cause === undefined) return [];
  const remedy = facts.insecure === true ? "Remove it, or remove `tls.insecure`" : "Remove it, or write https://";
  return facts.tlsMaterial.map((name) => error(`${facts.path}.tls.${name}`, `has no effect, because ${cause}`, remedy));
}

interface Certificates {
  /** The ones that could be read, each with its position among all of the text. */
  readonly certificates: readonly (X509Certificate | undefined)[];
  readonly findings: readonly Finding[];
}

function readCertificates(text: string, path: string, { keysAllowed }: { keysAllowed: boolean }): Certificates {
  const read = readPem(text);
  const own = read.blocks.filter(({ label }) => label === "CERTIFICATE");
  const fault = faults(read, path);
  if (own.length === 0)
    return { certificates: [], findings: fault ?? [noPem(text, path, "certificate", "CERTIFICATE")] };
  const certificates = own.map(readCertificate);
  return {
    certificates,
    findings: [
      ...certificates.flatMap((certificate, i) =>
        certificate && attempt(() => isKnownCurve(certificate.publicKey)) === false
          ? [error(path, `${nth(i, own.length)} has a key that the collector cannot use`, knownKeys)]
          : [],
      ),
      ...certificates.flatMap((certificate, i) =>
        certificate?.serialNumber.startsWith("-")
          ? [
              error(
                path,
                `${nth(i, own.length)} has a negative serial number, with which the collector does not read it`,
                "Have its authority issue it again",
              ),
            ]
          : [],
      ),
      ...certificates.flatMap((certificate, i) =>
        certificate ? [] : [unreadable(path, own[i], "certificate", `${nth(i, own.length)} `)],
      ),
      ...(fault ?? []),
      ...(!keysAllowed && read.blocks.some(isKey)
        ? [error(path, "has a private key in it", "Remove it: only certificates belong here")]
        : []),
    ],
  };
}

/** Reads a certificate. Go ignores a certificate with headers, so this returns nothing for it. */
function readCertificate({ pem, headers }: PemBlock): X509Certificate | undefined {
  return pem === undefined || headers.length > 0 ? undefined : attempt(() => new X509Certificate(pem));
}

const knownCurves = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];
const knownKeys = "Use RSA, ECDSA with a NIST curve such as P-256, or Ed25519";

/** Go rejects a whole certificate for an unknown curve, but not for an unknown kind of key. */
const isKnownCurve = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType !== "ec" || knownCurves.includes(asymmetricKeyDetails?.namedCurve ?? "");

const canSign = (key: KeyObject): boolean =>
  ["rsa", "ec", "ed25519"].includes(key.asymmetricKeyType ?? "") && isKnownCurve(key);

const isKey = ({ label }: PemBlock): boolean => /(?:^| )PRIVATE KEY$/.test(label);

function readKey(text: string, path: string): { key?: KeyObject; findings: readonly Finding[] } {
  const read = readPem(text);
  const own = read.blocks.find(isKey);
  const fault = faults(read, path);
  if (!own) return { findings: fault ?? [noPem(text, path, "private key", "PRIVATE KEY")] };
  if (own.label === "ENCRYPTED PRIVATE KEY" || own.headers.some((line) => line.startsWith("Proc-Type: 4,ENCRYPTED")))
    return { findings: [error(path, "is encrypted", "Decrypt it, for example with `openssl pkey`")] };
  const { pem } = own;
  const key = pem === undefined ? undefined : attempt(() => createPrivateKey(pem));
  return key
    ? { key, findings: canSign(key) ? [] : [error(path, "is of a kind that the collector cannot use", knownKeys)] }
    : { findings: [unreadable(path, own, "private key", "")] };
}

/** `subject` is empty if the place has only one. */
function unreadable(path: string, block: PemBlock | undefined, what: string, subject: string): Finding {
  const { problem, remedy } = unreadableBlock(block ?? { label: "", headers: [], body: [] }, what);
  return error(path, `${subject}${problem}`, remedy);
}

function faults({ fault }: Pem, path: string): Finding[] | undefined {
  switch (fault) {
    case "cut":
      return [error(path, "has a PEM block that is cut off", "Give each block from its BEGIN line to its END line")];
    case "crowded":
      return [
        error(
          path,
          "has something before or behind a BEGIN or END on the same line",
          "Give each of these its own line, from its first `-` to its last; in YAML, write the text after `|`",
        ),
      ];
    case undefined:
      return undefined;
  }
}

function noPem(text: string, path: string, what: string, label: string): Finding {
  if (text.trim() === "") return error(path, "is empty", `Give a ${what} as PEM`);
  const decoded = Buffer.from(text, "base64").toString("latin1");
  if (decoded.startsWith("-----BEGIN "))
    return error(path, "is encoded in base64 once more", `Decode it: it should start with -----BEGIN ${label}-----`);
  return error(path, `has no ${what} in it`, `Give it as PEM, starting with -----BEGIN ${label}-----`);
}

/** A backend's own certificate works, too: Go trusts a server that presents a certificate of the list itself. */
function authorities({ certificates }: Certificates, path: string): Finding[] {
  return certificates.flatMap((certificate, i) =>
    certificate && !certificate.ca
      ? [
          warning(
            path,
            `${nth(i, certificates.length)} is not a CA certificate (it has no CA flag), so it is only good for a backend that presents this very certificate`,
            "If an authority signed the backend's certificate, give that of the authority",
          ),
        ]
      : [],
  );
}

/** A client sends its certificate first, then the one that issued it, and so on. */
function chain({ certificates }: Certificates, path: string): Finding[] {
  return certificates.flatMap((issuer, i) => {
    const issued = certificates[i - 1];
    if (!issuer || !issued || (issued.checkIssued(issuer) && issued.verify(issuer.publicKey))) return [];
    return [
      error(
        path,
        `${nth(i, certificates.length)} did not issue the one before it`,
        "Give the client certificate first, then each one's issuer",
      ),
    ];
  });
}

const clientAuthUsage = "1.3.6.1.5.5.7.3.2";
const anyUsage = "2.5.29.37.0";

function clientUse({ certificates: [leaf] }: Certificates, path: string): Finding[] {
  // Undefined when the certificate does not restrict its use, although the type excludes that.
  const usage = leaf?.keyUsage as readonly string[] | undefined;
  if (!usage || usage.includes(clientAuthUsage) || usage.includes(anyUsage)) return [];
  return [
    warning(
      path,
      "is not made for client authentication, so most backends will refuse it",
      "Have it issued with `clientAuth`",
    ),
  ];
}

const day = 24 * 60 * 60 * 1000;

function validity({ certificates }: Certificates, now: Date, path: string): Finding[] {
  return certificates.flatMap((certificate, i) => {
    if (!certificate) return [];
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    const which = nth(i, certificates.length);
    if (now > to)
      return [error(path, `${which} expired on ${date(to)}`, "Give one that is valid", "CertificateExpired")];
    if (now < from)
      return [error(path, `${which} is not valid before ${date(from)}`, "Give one that is valid already")];
    return to.getTime() - now.getTime() <= expiryWarningDays * day
      ? [
          warning(
            path,
            `${which} expires on ${date(to)}`,
            "Renew it before that day: from then on it is refused",
            "CertificateAboutToExpire",
          ),
        ]
      : [];
  });
}

/** Returns whether a finding warns that a certificate is about to expire. */
export const isAboutToExpire = ({ code }: Finding): boolean => code === "CertificateAboutToExpire";

/** Checks that the key belongs to the first certificate, or to any if their order is already reported as wrong. */
function pair(certificates: Certificates["certificates"], inOrder: boolean, key: KeyObject, path: string): Finding[] {
  const fits = certificates
    .slice(0, inOrder ? 1 : undefined)
    .some((certificate) => !certificate || certificate.checkPrivateKey(key));
  if (fits || certificates.length === 0) return [];
  return [error(path, "does not belong to `cert`", "Give the private key that the certificate was made for")];
}

const date = (at: Date): string => at.toISOString().slice(0, 10);

const nth = (index: number, count: number): string =>
  count === 1 ? "the certificate" : `certificate ${index + 1} of ${count}`;

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
