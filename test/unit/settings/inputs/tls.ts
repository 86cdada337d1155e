import { X509Certificate } from "node:crypto";
import { grpc, http, pem, type BadInput } from "../helpers";

const value = (text: string) => ({ value: text });
const root = pem("root.pem");
const client = { cert: value(pem("client.pem")), key: value(pem("client.key")) };
const reference = { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } };
const tls = (fields: Record<string, unknown>) => grpc({ tls: fields });
const block = (label: string, base64: string) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
const body = root.split("\n").slice(1, -2).join("\n");
/** The authority with a negative serial number, which Node reads and Go does not. */
const negative = block(
  "CERTIFICATE",
  Buffer.from(
    Buffer.from(body, "base64").toString("latin1").replace("\x02\x02\x10\x00", "\x02\x02\x90\x00"),
    "latin1",
  ).toString("base64"),
);
const crowded =
  "has something before or behind a BEGIN or END on the same line. Give each of these its own line, from its first `-` to its last; in YAML, write the text after `|`.";
const kinds = "Use RSA, ECDSA with a NIST curve such as P-256, or Ed25519.";

const copyAgain = "Copy the whole certificate again, from its BEGIN line to its END line.";
const der = new X509Certificate(root).raw;
const withoutLine = (text: string, line: number): string =>
  text
    .split("\n")
    .filter((_, i) => i !== line)
    .join("\n");

export const tlsMaterial: readonly BadInput[] = [
  [
    "TLS as true",
    grpc({ tls: true }),
    ["tracePipelines[0].output.otlp.tls: must be an object, not true or false. For example: { insecure: true }."],
  ],
  [
    "an insecure switch that is text",
    tls({ insecure: "true" }),
    ["tracePipelines[0].output.otlp.tls.insecure: must be true or false, not text. Remove the quotes."],
  ],
  [
    "a misspelt insecure switch",
    tls({ insecureSkipverify: true }),
    ["tracePipelines[0].output.otlp.tls.insecureSkipverify: is not a known field. Did you mean `insecureSkipVerify`?"],
  ],
  [
    "a switch in the collector's spelling",
    tls({ insecure_skip_verify: true }),
    [
      "tracePipelines[0].output.otlp.tls.insecure_skip_verify: is not a known field. Did you mean `insecureSkipVerify`?",
    ],
  ],
  [
    "a file in the collector's spelling",
    tls({ ca_file: "/etc/ca.pem" }),
    ["tracePipelines[0].output.otlp.tls.ca_file: is not a known field. Did you mean `ca`?"],
  ],
  [
    "a certificate without key",
    tls({ cert: client.cert }),
    ["tracePipelines[0].output.otlp.tls: has `cert` without `key`. Add `key`, or remove `cert`."],
  ],
  [
    "a key without certificate",
    tls({ key: client.key }),
    ["tracePipelines[0].output.otlp.tls: has `key` without `cert`. Add `cert`, or remove `key`."],
  ],
  [
    "a referenced certificate without key",
    tls({ cert: reference }),
    ["tracePipelines[0].output.otlp.tls: has `cert` without `key`. Add `key`, or remove `cert`."],
  ],
  [
    "an authority without TLS",
    tls({ insecure: true, ca: value(root) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no effect, because `tls.insecure` is true. Remove it, or remove `tls.insecure`.",
    ],
  ],
  [
    "a client certificate without TLS",
    tls({ insecure: true, ...client }),
    [
      "tracePipelines[0].output.otlp.tls.cert: has no effect, because `tls.insecure` is true. Remove it, or remove `tls.insecure`.",
      "tracePipelines[0].output.otlp.tls.key: has no effect, because `tls.insecure` is true. Remove it, or remove `tls.insecure`.",
    ],
  ],
  [
    "a referenced authority without TLS",
    tls({ insecure: true, ca: reference }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no effect, because `tls.insecure` is true. Remove it, or remove `tls.insecure`.",
    ],
  ],
  [
    "an authority with http://",
    http({ endpoint: value("http://backend.example.com"), tls: { ca: reference } }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no effect, because the endpoint starts with http://. Remove it, or write https://.",
    ],
  ],
  [
    "an authority with http:// and gRPC",
    grpc({ endpoint: value("http://backend.example.com:4317"), tls: { ca: value(root) } }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no effect, because the endpoint starts with http://. Remove it, or write https://.",
    ],
  ],
  [
    "an empty authority",
    tls({ ca: value("") }),
    ["tracePipelines[0].output.otlp.tls.ca: is empty. Give a certificate as PEM."],
  ],
  [
    "an authority that is a path",
    tls({ ca: value("/etc/ssl/ca.pem") }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "an authority in base64",
    tls({ ca: value(Buffer.from(root).toString("base64")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: is encoded in base64 once more. Decode it: it should start with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "an authority without its BEGIN and END",
    tls({ ca: value(body) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "an authority that is cut off",
    tls({ ca: value(root.slice(0, 200)) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has a PEM block that is cut off. Give each block from its BEGIN line to its END line.",
    ],
  ],
  [
    "a second authority that is cut off",
    tls({ ca: value(root + root.slice(0, 200)) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has a PEM block that is cut off. Give each block from its BEGIN line to its END line.",
    ],
  ],
  [
    "an authority that is not a certificate",
    tls({ ca: value(block("CERTIFICATE", "bm8gY2VydGlmaWNhdGU=")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: the certificate decodes to 14 bytes that are not a certificate. Give the certificate as its authority issued it.",
    ],
  ],
  [
    "an authority in other than base64",
    tls({ ca: value(block("CERTIFICATE", "%%%%")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: the certificate has a character that base64 does not have in line 1 below its BEGIN line. Copy the whole certificate again, from its BEGIN line to its END line.",
    ],
  ],
  [
    "an authority that is a public key",
    tls({ ca: value(block("PUBLIC KEY", "bm8ga2V5")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "an authority that is a private key",
    tls({ ca: value(pem("client.key")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "an authority with its private key",
    tls({ ca: value(root + pem("client.key")) }),
    ["tracePipelines[0].output.otlp.tls.ca: has a private key in it. Remove it: only certificates belong here."],
  ],
  [
    "an authority that lacks a line",
    tls({ ca: value(withoutLine(root, 3)) }),
    [
      `tracePipelines[0].output.otlp.tls.ca: the certificate is cut off: it has ${der.length - 48} of ${der.length} bytes. ${copyAgain}`,
    ],
  ],
  [
    "an authority that lacks a character",
    tls({ ca: value(root.replace("MII", "MI")) }),
    [
      `tracePipelines[0].output.otlp.tls.ca: the certificate has base64 that is not complete, so characters are missing. ${copyAgain}`,
    ],
  ],
  [
    "an authority with nothing in it",
    tls({ ca: value(block("CERTIFICATE", "")) }),
    [`tracePipelines[0].output.otlp.tls.ca: the certificate has nothing between its BEGIN and END lines. ${copyAgain}`],
  ],
  [
    "an authority with more behind its end",
    tls({ ca: value(block("CERTIFICATE", Buffer.concat([der, Buffer.alloc(5)]).toString("base64"))) }),
    [`tracePipelines[0].output.otlp.tls.ca: the certificate has 5 bytes too many behind its end. ${copyAgain}`],
  ],
  [
    "an authority that is another type of ASN.1",
    tls({ ca: value(block("CERTIFICATE", "MAMCAQE=")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: the certificate holds something other than a certificate, or a damaged one. Check it with `openssl x509 -noout -in FILE`, and give it as its authority issued it.",
    ],
  ],
  [
    "a third authority that cannot be read",
    tls({ ca: value(root + root + block("CERTIFICATE", "AAAA")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: certificate 3 of 3 decodes to 3 bytes that are not a certificate. Give the certificate as its authority issued it.",
    ],
  ],
  [
    "an empty certificate",
    tls({ cert: value(""), key: client.key }),
    ["tracePipelines[0].output.otlp.tls.cert: is empty. Give a certificate as PEM."],
  ],
  [
    "a certificate that is a key",
    tls({ cert: client.key, key: client.key }),
    [
      "tracePipelines[0].output.otlp.tls.cert: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "a certificate that cannot be read",
    tls({ cert: value(block("CERTIFICATE", "AAAA")), key: client.key }),
    [
      "tracePipelines[0].output.otlp.tls.cert: the certificate decodes to 3 bytes that are not a certificate. Give the certificate as its authority issued it.",
    ],
  ],
  [
    "a certificate in base64",
    tls({ cert: value(Buffer.from(pem("client.pem")).toString("base64")), key: client.key }),
    [
      "tracePipelines[0].output.otlp.tls.cert: is encoded in base64 once more. Decode it: it should start with -----BEGIN CERTIFICATE-----.",
    ],
  ],
  [
    "a key that is a certificate",
    tls({ cert: client.cert, key: client.cert }),
    [
      "tracePipelines[0].output.otlp.tls.key: has no private key in it. Give it as PEM, starting with -----BEGIN PRIVATE KEY-----.",
    ],
  ],
  [
    "a key in base64",
    tls({ cert: client.cert, key: value(Buffer.from(pem("client.key")).toString("base64")) }),
    [
      "tracePipelines[0].output.otlp.tls.key: is encoded in base64 once more. Decode it: it should start with -----BEGIN PRIVATE KEY-----.",
    ],
  ],
  [
    "a key that cannot be read",
    tls({ cert: client.cert, key: value(block("PRIVATE KEY", "AAAA")) }),
    [
      "tracePipelines[0].output.otlp.tls.key: decodes to 3 bytes that are not a private key. Give the private key as it was made, for example by `openssl genpkey`.",
    ],
  ],
  [
    "an encrypted key",
    tls({ cert: client.cert, key: value(pem("encrypted.key")) }),
    ["tracePipelines[0].output.otlp.tls.key: is encrypted. Decrypt it, for example with `openssl pkey`."],
  ],
  [
    "a key encrypted the old way",
    tls({ cert: client.cert, key: value(block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nAAAA")) }),
    ["tracePipelines[0].output.otlp.tls.key: is encrypted. Decrypt it, for example with `openssl pkey`."],
  ],
  [
    "the key of another certificate",
    tls({ cert: client.cert, key: value(pem("rsa-client.key")) }),
    [
      "tracePipelines[0].output.otlp.tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ],
  ],
  [
    "the key of the client certificate's issuer",
    tls({ cert: value(pem("keyed-root-client.pem") + pem("keyed-root.pem")), key: value(pem("keyed-root.key")) }),
    [
      "tracePipelines[0].output.otlp.tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ],
  ],
  [
    "the key of another certificate, of the same type",
    tls({ cert: client.cert, key: value(pem("brief-client.key")) }),
    [
      "tracePipelines[0].output.otlp.tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ],
  ],
  [
    "an intermediate first",
    tls({ cert: value(pem("intermediate.pem") + pem("client.pem")), key: client.key }),
    [
      "tracePipelines[0].output.otlp.tls.cert: certificate 2 of 2 did not issue the one before it. Give the client certificate first, then each one's issuer.",
    ],
  ],
  [
    "an intermediate that is another's",
    tls({ cert: value(pem("client.pem") + pem("root.pem")), key: client.key }),
    [
      "tracePipelines[0].output.otlp.tls.cert: certificate 2 of 2 did not issue the one before it. Give the client certificate first, then each one's issuer.",
    ],
  ],
  [
    "everything wrong at once",
    tls({ ca: value(pem("server.pem")), cert: value("x"), key: value("y") }),
    [
      "tracePipelines[0].output.otlp.tls.cert: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
      "tracePipelines[0].output.otlp.tls.key: has no private key in it. Give it as PEM, starting with -----BEGIN PRIVATE KEY-----.",
    ],
  ],
  [
    "TLS files that are numbers",
    tls({ ca: value(root), cert: { value: 1 }, key: { value: 2 } }),
    [
      "tracePipelines[0].output.otlp.tls.cert.value: must be text, not a number. Put it in quotes.",
      "tracePipelines[0].output.otlp.tls.key.value: must be text, not a number. Put it in quotes.",
    ],
  ],
  ...(
    [
      ["a quote before BEGIN", `"${root}`],
      ["a quote behind END", `${root.trimEnd()}"\n`],
      ["a remark behind END", `${root.trimEnd()} # root\n`],
      ["a carriage return behind END", `${root.trimEnd()}\r`],
      ["everything on one line", root.replaceAll("\n", " ")],
      ["line breaks of old Macs", root.replaceAll("\n", "\r")],
      ["a second BEGIN that is not at the start of its line", `${root}x${root}`],
      ["text behind the END of a foreign block", `${block("X", "AAAA").trimEnd()}x\n${root}`],
    ] as const
  ).map(([behaviour, text]): BadInput => [
    `an authority with ${behaviour}`,
    tls({ ca: value(text) }),
    [`tracePipelines[0].output.otlp.tls.ca: ${crowded}`],
  ]),
  [
    "an authority whose BEGIN has another END",
    tls({ ca: value(root.replace("END CERTIFICATE", "END X")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has a PEM block that is cut off. Give each block from its BEGIN line to its END line.",
    ],
  ],
  [
    "an authority with a second END",
    tls({ ca: value(`${root}-----END CERTIFICATE-----\n`) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has a PEM block that is cut off. Give each block from its BEGIN line to its END line.",
    ],
  ],
  [
    "a good authority behind one that Go passes over because of a header",
    tls({ ca: value(block("CERTIFICATE", `A: b\n\n${body}`) + root) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: certificate 1 of 2 has header lines (`name: value`) below its BEGIN line, which the collector skips together with the block. Remove these lines.",
    ],
  ],
  [
    "an authority with a non-breaking space in it",
    tls({ ca: value(root.replace("MII", "\u00a0MII")) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: the certificate has a character that base64 does not have in line 1 below its BEGIN line. Copy the whole certificate again, from its BEGIN line to its END line.",
    ],
  ],
  [
    "a client certificate and its key with quotes around them",
    tls({ cert: value(`'${pem("client.pem")}'`), key: value(`'${pem("client.key")}'`) }),
    [`tracePipelines[0].output.otlp.tls.cert: ${crowded}`, `tracePipelines[0].output.otlp.tls.key: ${crowded}`],
  ],
  [
    "an intermediate with text behind it",
    tls({ cert: value(`${pem("client.pem")}${pem("intermediate.pem").trimEnd()};`), key: client.key }),
    [`tracePipelines[0].output.otlp.tls.cert: ${crowded}`],
  ],
  [
    "an authority with a curve that Go does not know",
    tls({ ca: value(root + pem("koblitz.pem")) }),
    [`tracePipelines[0].output.otlp.tls.ca: certificate 2 of 2 has a key that the collector cannot use. ${kinds}`],
  ],
  [
    "an authority with a negative serial number",
    tls({ ca: value(root + negative) }),
    [
      "tracePipelines[0].output.otlp.tls.ca: certificate 2 of 2 has a negative serial number, with which the collector does not read it. Have its authority issue it again.",
    ],
  ],
  [
    "a client certificate with a curve that Go does not know",
    tls({ cert: value(pem("koblitz.pem")), key: value(pem("koblitz.key")) }),
    [
      `tracePipelines[0].output.otlp.tls.cert: the certificate has a key that the collector cannot use. ${kinds}`,
      `tracePipelines[0].output.otlp.tls.key: is of a kind that the collector cannot use. ${kinds}`,
    ],
  ],
];
