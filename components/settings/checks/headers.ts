import type { Protocol } from "../../collector";
import { error, warning, type Finding } from "../../schema";
import type { HeaderFacts, OutputFacts } from "./output-facts";

/** RFC 9110 calls it a token. */
const httpName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** gRPC is stricter than HTTP about names of metadata. */
const grpcName = /^[0-9A-Za-z_.-]+$/;

/** Headers that are the exporter's own: with another value, backends could not read the request. */
const exporters = [
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "te",
  "transfer-encoding",
  "upgrade",
];

/** Names of headers, against each other and next to authentication. */
export function checkHeaderNames(facts: OutputFacts): Finding[] {
  const lower = facts.headers.map(({ name }) => name?.toLowerCase());
  return facts.headers.flatMap(({ name }, i) => {
    if (name === undefined) return [];
    const path = `${facts.path}.headers[${i}].name`;
    const first = lower.indexOf(name.toLowerCase());
    return [
      ...validName(name, path, facts.protocol),
      ...(first < i
        ? [error(path, `is also the name of headers[${first}]`, "Remove one of them; case makes no difference")]
        : []),
      ...(lower[i] === "authorization" && facts.authentication !== undefined
        ? [
            error(
              path,
              `is also set by \`authentication.${facts.authentication}\``,
              "Remove this header, or remove `authentication`",
            ),
          ]
        : []),
    ];
  });
}

function validName(name: string, path: string, protocol?: Protocol): Finding[] {
  if (name === "") return [error(path, "is empty", "Write a header name, such as X-Scope-OrgID")];
  if (!httpName.test(name))
    return [error(path, "is not a valid header name", "Use letters, digits and `-` only, such as X-Scope-OrgID")];
  if (exporters.includes(name.toLowerCase()))
    return [error(path, "is a header that the exporter sets itself", "Remove it")];
  if (protocol !== "grpc") return [];
  if (!grpcName.test(name))
    return [error(path, "is not a valid name for gRPC metadata", "Use letters, digits, `-`, `_` and `.` only")];
  if (name.toLowerCase() === "user-agent")
    return [error(path, "is a header that gRPC sets itself", "Remove it, or set `protocol: http`")];
  if (/^grpc-/i.test(name)) return [error(path, "starts with grpc-, which gRPC reserves", "Use another name")];
  return /-bin$/i.test(name)
    ? [error(path, "ends in -bin, which gRPC treats as binary data", "Use another name, or set `protocol: http`")]
    : [];
}

/** Checks the prefix of a value. The value itself may not be known yet. */
export function checkHeaderPrefix(
  { prefix }: HeaderFacts,
  value: string | undefined,
  path: string,
  protocol?: Protocol,
): Finding[] {
  if (prefix === undefined) return [];
  const sent = prefix.trim();
  if (/[\x00-\x1f\x7f]/.test(sent))
    return [error(path, "has a line break or another control character in it", "Write one word, such as Bearer")];
  return [
    ...(isScheme(sent)
      ? []
      : [
          error(
            path,
            "is more than the name of a scheme, so it could hold a credential in clear text",
            "Write one word, such as Bearer, and the rest into the value",
          ),
        ]),
    ...metadata(sent, path, protocol),
    ...(sent !== "" && value?.toLowerCase().startsWith(`${sent.toLowerCase()} `)
      ? [warning(path, "is also the start of the value, so it is sent twice", "Remove one of them")]
      : []),
  ];
}

/** Longest prefix. The longest registered name of a scheme, SCRAM-SHA-256, has 13 characters. */
const longestScheme = 20;

const isScheme = (prefix: string): boolean => !/\s/.test(prefix) && prefix.length <= longestScheme;

/** Prefixes that are not credentials: registered schemes of RFC 9110, and those of known backends. */
const knownSchemes =
  /^(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|oauth|privatetoken|scram-sha-(?:1|256)|vapid|token|splunk|api-?key|api-?token|genie-?key)$/i;

/** Returns whether a prefix is a word that may be a credential: nobody knows a scheme of that name. */
export const isOddPrefix = (prefix: string | undefined): boolean => {
  const sent = prefix?.trim() ?? "";
  return sent !== "" && !knownSchemes.test(sent);
};

const metadata = (text: string, path: string, protocol?: Protocol): Finding[] =>
  protocol === "grpc" && !/^[\x20-\x7e]*$/.test(text)
    ? [
        error(
          path,
          "has characters other than printable ASCII, which gRPC metadata cannot have",
          "Set `protocol: http`, or use ASCII",
        ),
      ]
    : [];

/** The text of a header. It is sent as it is, so a text that cannot be sent is rejected and not cleaned. */
export function checkHeaderValue(text: string, path: string, protocol?: Protocol): Finding[] {
  if (text === "") return [error(path, "is empty", "Give a value, or remove the header")];
  if (/[\r\n]$/.test(text))
    return [
      error(
        path,
        "ends in a line break, which a header cannot have",
        "Remove it; in a Secret it is often one that `echo` added",
      ),
    ];

  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text))
    return [error(path, "has a line break or another control character in it", "Remove it: a header cannot have that")];
  const unsent = metadata(text, path, protocol);
  if (unsent.length > 0) return unsent;
  return /^\s|\s$/.test(text)
    ? [error(path, "has a space at its start or end, which would be cut off", "Remove it")]
    : [];
}
