import assert from "node:assert/strict";
import { formatFinding, normalizePem } from "../../../components/schema";
import { checkTls, type TlsTexts } from "../../../components/settings";
import { errorLines, grpc, pem } from "./helpers";

const check = (texts: TlsTexts, at: string): string[] =>
  checkTls(texts, new Date(at), "tls").map((finding) => `${finding.severity} ${formatFinding(finding)}`);

const ca = pem("root.pem");
const brief = { cert: pem("brief-client.pem"), key: pem("brief-client.key") };

describe("Certificates over time", () => {
  it("are refused before they are valid", () => {
    assert.deepEqual(check({ ca }, "2025-12-31T23:59:59Z"), [
      "error tls.ca: the certificate is not valid before 2026-01-01. Give one that is valid already.",
    ]);
    assert.deepEqual(check({ ca }, "2026-01-01T00:00:00Z"), []);
  });

  it("are accepted without a warning until 14 days before they expire", () => {
    assert.deepEqual(check(brief, "2026-12-17T23:59:59Z"), []);
  });

  it("are accepted with a warning from 14 days before they expire", () => {
    const warning = [
      "warning tls.cert: the certificate expires on 2027-01-01. Renew it before that day: from then on it is refused.",
    ];
    assert.deepEqual(check(brief, "2026-12-18T00:00:00Z"), warning);
    assert.deepEqual(check(brief, "2027-01-01T00:00:00Z"), warning);
  });

  it("are refused when they have expired", () => {
    assert.deepEqual(check(brief, "2027-01-01T00:00:01Z"), [
      "error tls.cert: the certificate expired on 2027-01-01. Give one that is valid.",
    ]);
  });

  it("are checked one by one: an expired authority is found behind a good one", () => {
    assert.deepEqual(check({ ca: ca + pem("brief-root.pem") + ca }, "2028-01-01T00:00:00Z"), [
      "error tls.ca: certificate 2 of 3 expired on 2027-01-01. Give one that is valid.",
    ]);
  });

  it("that are the backend's own are good for a backend that presents them", () => {
    const remedy = "If an authority signed the backend's certificate, give that of the authority.";
    assert.deepEqual(check({ ca: pem("server.pem") }, "2026-06-01"), [
      `warning tls.ca: the certificate is not a CA certificate (it has no CA flag), so it is only good for a backend that presents this very certificate. ${remedy}`,
    ]);
  });

  it("about to expire hide no other fault", () => {
    const texts = { ca: pem("brief-root.pem") + pem("server.pem"), cert: brief.cert, key: pem("client.key") };
    assert.deepEqual(check(texts, "2026-12-31T00:00:00Z"), [
      "warning tls.ca: certificate 2 of 2 is not a CA certificate (it has no CA flag), so it is only good for a backend that presents this very certificate. If an authority signed the backend's certificate, give that of the authority.",
      "warning tls.ca: certificate 1 of 2 expires on 2027-01-01. Renew it before that day: from then on it is refused.",
      "warning tls.cert: the certificate expires on 2027-01-01. Renew it before that day: from then on it is refused.",
      "error tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ]);
  });

  it("about to expire hide no fault of other pipelines", () => {
    const tls = { ca: { value: pem("brief-root.pem") } };
    const expiring = (grpc({ tls }).tracePipelines as object[])[0];
    assert.deepEqual(errorLines({ tracePipelines: [expiring, { name: "b" }] }, { now: new Date("2026-12-31") }), [
      "tracePipelines[1].output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
    ]);
  });
});

describe("Client certificates", () => {
  it("are checked without their key, as far as that goes", () => {
    assert.deepEqual(check({ cert: pem("client.pem") }, "2026-06-01"), []);
    assert.deepEqual(check({ key: pem("client.key") }, "2026-06-01"), []);
  });

  it("may be without any restriction of their use", () => {
    assert.deepEqual(check({ cert: pem("unrestricted.pem") }, "2026-06-01"), []);
  });

  it("that are for servers only bring a warning", () => {
    assert.deepEqual(check({ cert: pem("server.pem") }, "2026-06-01"), [
      "warning tls.cert: is not made for client authentication, so most backends will refuse it. Have it issued with `clientAuth`.",
    ]);
  });
});

describe("PEM with line breaks written as \\n", () => {
  it("gets real ones, and everything else stays unchanged", () => {
    assert.equal(normalizePem("a\\nb\\r\\nc\nd\r\n"), "a\nb\nc\nd\r\n");
    assert.equal(normalizePem(ca), ca);
  });

  it("is repaired where editing and joining of files left text that Go does not accept", () => {
    const mended = ca + pem("intermediate.pem");
    for (const [broken, whole] of [
      [`\ufeff${ca}`, ca],
      [` \t${ca}`, ca],
      [mended.replaceAll("-----\n-----", "----------"), mended],
      [mended.replaceAll("-----\n-----", "----- \ufeff-----"), mended],
      [`${ca}\ufeff${ca}`, ca + ca],
      [ca.replace("-----END", "  -----END"), ca],
    ] as const) {
      assert.equal(normalizePem(broken), whole);
      assert.equal(normalizePem(whole), whole);
    }
  });

  it("keeps blanks and marks that Go ignores", () => {
    for (const text of [
      `\ufeff# root\r\n  x\r\n${ca}  \n`,
      `# -----\n${ca}`,
      pem("root.pem").replaceAll("\n", " \r\n"),
    ])
      assert.equal(normalizePem(text), text);
  });

  it("is a good private key whatever follows it, as for Go", () => {
    assert.deepEqual(check({ key: `${pem("client.key")}-----BEGIN X-----\n` }, "2026-06-01"), []);
  });
});
