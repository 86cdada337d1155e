import { literal, skippedVerification } from "../collector";
import { skipVerifyField } from "../schema";
import { faulty, fromEither, fromSecret, nothing, ofAgent, settings, together, type HttpSettings } from "./http-parts";
import { fault } from "./monitor-faults";
import { eitherReference } from "./monitor-files";
import type { MonitorObject, MonitorTls } from "./monitor-object";

const tlsVersions = ["TLS10", "TLS11", "TLS12", "TLS13"];

export function tlsSettings(monitor: MonitorObject, tls: MonitorTls, place: string): HttpSettings {
  const { ca = {}, cert = {}, keySecret, serverName, minVersion, maxVersion } = tls;
  const skips = Boolean((tls as Readonly<Record<string, unknown>>)[skipVerifyField]);
  const hasCert = eitherReference(cert) !== undefined;
  const hasKey = Boolean(keySecret?.name);
  const unknown = [minVersion, maxVersion].some((version) => version !== undefined && !tlsVersions.includes(version));
  return together([
    settings({
      ...(serverName && { server_name: literal(serverName) }),
      ...skippedVerification({ [skipVerifyField]: skips }),
      ...(minVersion && { min_version: minVersion }),
      ...(maxVersion && { max_version: maxVersion }),
    }),
    fromEither(monitor, "ca_file", ca, { field: `${place}.ca`, form: "certificate" }),
    fromEither(monitor, "cert_file", cert, { field: `${place}.cert`, form: "certificate" }),
    hasKey ? fromSecret(monitor, "key_file", keySecret, `${place}.keySecret`, "private key") : nothing,
    ...(["caFile", "certFile", "keyFile"] as const)
      .filter((name) => tls[name])
      .map((name) => ofAgent(`${place}.${name}`)),
    hasCert === hasKey || tls.certFile || tls.keyFile
      ? nothing
      : faulty(
          fault(
            place,
            "monitor",
            `has a ${hasCert ? "certificate without its key" : "key without its certificate"}`,
            "Set both cert and keySecret",
          ),
        ),
    unknown || (minVersion && maxVersion && minVersion > maxVersion)
      ? faulty(
          fault(
            place,
            "monitor",
            "has TLS versions that do not exist or are in the wrong order",
            `Write ${tlsVersions.join(", ")}`,
          ),
        )
      : nothing,
  ]);
}
