import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { collectorVersions } from "../../../components/contract";
import type { Cause } from "../../../components/verification";
import { readFailures } from "../../../components/verification/classify";
import { errorTable, rowOf, tokenErrors } from "../../../components/verification/error-table";

/** Lines of the real collector of a version, one exporter for each case; `recorded/record.ts` makes them. */
const recorded = (version: string): string =>
  readFileSync(join(__dirname, `recorded/export-errors-${version}.jsonl`), "utf8").trim();

/** The cause of each case with its HTTP status. A second cause is of later lines, for example of a connection that is closed. */
const expected: Readonly<Record<string, readonly (Cause | `${Cause} ${number}`)[]>> = {
  "otlp_grpc/authority": ["tlsUnknownAuthority"],
  "otlp_grpc/cancelling": ["cancelled"],
  "otlp_grpc/client-certificate": ["tlsClientCertificate", "connection"],
  "otlp_grpc/closing": ["connection"],
  "otlp_grpc/code-aborted": ["server"],
  "otlp_grpc/code-cancelled": ["server"],
  "otlp_grpc/code-denied": ["forbidden"],
  "otlp_grpc/code-exhausted": ["throttled"],
  "otlp_grpc/code-internal": ["server"],
  "otlp_grpc/code-invalid": ["rejected"],
  "otlp_grpc/code-notfound": ["notFound"],
  "otlp_grpc/code-precondition": ["rejected"],
  "otlp_grpc/code-range": ["rejected"],
  "otlp_grpc/code-unauthenticated": ["unauthenticated"],
  "otlp_grpc/code-unavailable": ["server"],
  "otlp_grpc/code-unimplemented": ["notFound"],
  "otlp_grpc/code-unknown": ["server"],
  "otlp_grpc/dns": ["dns"],
  "otlp_grpc/expired": ["tlsExpired"],
  "otlp_grpc/goaway": ["pings"],
  "otlp_grpc/header-limit": ["headersTooLarge"],
  "otlp_grpc/hostname": ["tlsHostName"],
  "otlp_grpc/html": ["protocol"],
  "otlp_grpc/html-204": ["protocol 204"],
  "otlp_grpc/html-401": ["unauthenticated 401"],
  "otlp_grpc/html-404": ["notFound 404"],
  "otlp_grpc/html-413": ["tooLarge 413"],
  "otlp_grpc/html-415": ["mediaType 415"],
  "otlp_grpc/html-429": ["throttled 429"],
  "otlp_grpc/html-431": ["headersTooLarge 431"],
  "otlp_grpc/html-464": ["protocol 464"],
  "otlp_grpc/html-502": ["upstream 502"],
  "otlp_grpc/html-503": ["server 503"],
  "otlp_grpc/http1": ["protocol"],
  "otlp_grpc/http1-tls": ["noHttp2"],
  "otlp_grpc/long-header": ["connection"],
  "otlp_grpc/no-alpn": ["noHttp2"],
  "otlp_grpc/old-tls": ["tlsVersion"],
  "otlp_grpc/not-utf8": ["notUtf8"],
  "otlp_grpc/plain": ["tls"],
  "otlp_grpc/queue-full": ["queueFull", "timeout"],
  "otlp_grpc/refused": ["refused"],
  "otlp_grpc/resetting": ["connection"],
  "otlp_grpc/silent": ["timeout"],
  "otlp_grpc/pings": ["timeout"],
  "otlp_grpc/silent-tls": ["timeout"],
  "otlp_grpc/tls-only": ["connection"],
  "otlp_grpc/token-answer": ["token"],
  "otlp_grpc/token-authority": ["tokenUnknownAuthority"],
  "otlp_grpc/token-closing": ["tokenUnreachable"],
  "otlp_grpc/token-dns": ["tokenUnreachable"],
  "otlp_grpc/token-expired": ["tokenTls"],
  "otlp_grpc/token-handshake": ["tokenTls"],
  "otlp_grpc/token-hostname": ["tokenTls"],
  "otlp_grpc/token-html": ["token"],
  "otlp_grpc/token-plain": ["tokenTls"],
  "otlp_grpc/token-refused": ["tokenUnreachable"],
  "otlp_grpc/token-silent": ["tokenUnreachable"],
  "otlp_grpc/too-large": ["tooLarge"],
  "otlp_grpc/unreachable": ["unreachable"],
  "otlp_grpc/words-backend-long-text": ["rejected"],
  "otlp_grpc/words-c-compression": ["compression"],
  "otlp_grpc/words-c-size": ["tooLarge"],
  "otlp_grpc/words-c-size-older": ["tooLarge"],
  "otlp_grpc/words-connect-compression": ["compression"],
  "otlp_grpc/words-connect-size": ["tooLarge"],
  "otlp_grpc/words-dotnet-compression": ["compression"],
  "otlp_grpc/words-dotnet-size": ["tooLarge"],
  "otlp_grpc/words-envoy-connect": ["upstream"],
  "otlp_grpc/words-envoy-none": ["upstream"],
  "otlp_grpc/words-envoy-timeout": ["upstream"],
  "otlp_grpc/words-go-compression": ["compression"],
  "otlp_grpc/words-go-inflated": ["tooLarge"],
  "otlp_grpc/words-java-compression": ["compression"],
  "otlp_grpc/words-java-inflated": ["tooLarge"],
  "otlp_grpc/words-java-size": ["tooLarge"],
  "otlp_grpc/words-java-undecodable": ["undecodable"],
  "otlp_grpc/words-java-utf8": ["notUtf8"],
  "otlp_grpc/words-node-compression": ["compression"],
  "otlp_grpc/words-node-inflated": ["tooLarge"],
  "otlp_grpc/words-node-size": ["tooLarge"],
  "otlp_grpc/words-node-undecodable": ["undecodable"],
  "otlp_grpc/words-python-undecodable": ["undecodable"],
  "otlp_grpc/words-tonic-compression": ["compression"],
  "otlp_grpc/words-tonic-inflated": ["tooLarge"],
  "otlp_grpc/words-tonic-nested": ["undecodable"],
  "otlp_grpc/words-tonic-size": ["tooLarge"],
  "otlp_grpc/words-tonic-utf8": ["notUtf8"],
  "otlp_http/address": ["tlsHostName"],
  "otlp_http/authority": ["tlsUnknownAuthority"],
  "otlp_http/client-certificate": ["tlsClientCertificate", "connection"],
  "otlp_http/closing": ["connection"],
  "otlp_http/common-name": ["tlsNoHostName"],
  "otlp_http/compression": ["compression 400"],
  "otlp_http/dns": ["dns"],
  "otlp_http/expired": ["tlsExpired"],
  "otlp_http/h2c": ["protocol", "connection"],
  "otlp_http/hostname": ["tlsHostName"],
  "otlp_http/intermediate": ["tlsUnknownAuthority"],
  "otlp_http/long-header": ["headersTooLarge 431"],
  "otlp_http/old-tls": ["tlsVersion"],
  "otlp_http/other-client": ["connection"],
  "otlp_http/plain": ["protocol"],
  "otlp_http/queue-too-small": ["queueTooSmall"],
  "otlp_http/redirect": ["timeout"],
  "otlp_http/redirect-loop": ["redirected"],
  "otlp_http/redirect-nowhere": ["redirected 308"],
  "otlp_http/redirect-refused": ["refused"],
  "otlp_http/refused": ["refused"],
  "otlp_http/resetting": ["connection"],
  "otlp_http/silent": ["timeout"],
  "otlp_http/pings": ["timeout"],
  "otlp_http/silent-tls": ["timeout"],
  "otlp_http/silent-tls-usual": ["timeout"],
  "otlp_http/proxy-plain": ["proxy 407"],
  "otlp_http/proxy-refused": ["proxy"],
  "otlp_http/status-400": ["maybeTls 400"],
  "otlp_http/status-401": ["unauthenticated 401"],
  "otlp_http/status-402": ["unpaid 402"],
  "otlp_http/status-403": ["forbidden 403"],
  "otlp_http/status-404": ["notFound 404"],
  "otlp_http/status-405": ["notFound 405"],
  "otlp_http/status-408": ["timeout 408"],
  "otlp_http/status-410": ["notFound 410"],
  "otlp_http/status-411": ["refusedRequest 411"],
  "otlp_http/status-412": ["refusedRequest 412"],
  "otlp_http/status-413": ["tooLarge 413"],
  "otlp_http/status-414": ["addressTooLong 414"],
  "otlp_http/status-415": ["mediaType 415"],
  "otlp_http/status-421": ["otherHost 421"],
  "otlp_http/status-422": ["rejected 422"],
  "otlp_http/status-426": ["protocol 426"],
  "otlp_http/status-429": ["throttled 429"],
  "otlp_http/status-431": ["headersTooLarge 431"],
  "otlp_http/status-451": ["refusedRequest 451"],
  "otlp_http/status-464": ["protocol 464"],
  "otlp_http/status-494": ["headersTooLarge 494"],
  "otlp_http/status-500": ["server 500"],
  "otlp_http/status-502": ["upstream 502"],
  "otlp_http/status-503": ["server 503"],
  "otlp_http/status-504": ["upstream 504"],
  "otlp_http/status-505": ["protocol 505"],
  "otlp_http/status-522": ["upstream 522"],
  "otlp_http/tls-only": ["connection"],
  "otlp_http/tls-400": ["rejected 400"],
  "otlp_http/tls-only-go": ["maybeTls 400"],
  "otlp_http/token-answer": ["token"],
  "otlp_http/token-authority": ["tokenUnknownAuthority"],
  "otlp_http/token-closing": ["tokenUnreachable"],
  "otlp_http/token-dns": ["tokenUnreachable"],
  "otlp_http/token-expired": ["tokenTls"],
  "otlp_http/token-handshake": ["tokenTls"],
  "otlp_http/token-hostname": ["tokenTls"],
  "otlp_http/token-html": ["token"],
  "otlp_http/token-plain": ["tokenTls"],
  "otlp_http/token-refused": ["tokenUnreachable"],
  "otlp_http/token-silent": ["tokenUnreachable"],
  "otlp_http/unreachable": ["unreachable"],
};

for (const version of Object.values(collectorVersions))
  describe(`the log of the real collector ${version}`, () => {
    const log = recorded(version);
    const found: Record<string, string[]> = {};
    for (const { exporter, cause, status } of readFailures(log)) {
      const one = status === undefined ? cause : `${cause} ${status}`;
      const known = (found[exporter] ??= []);
      if (!known.includes(one)) known.push(one);
    }

    for (const exporter of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      it(`has the cause of ${exporter}`, () => assert.deepEqual(found[exporter], expected[exporter]));
    }

    it("has a line for each row of the table", () => {
      const errors = log.split("\n").map((line) => (JSON.parse(line) as { error: string }).error);
      const rows = new Set(errors.filter((error) => !tokenErrors.any.test(error)).map(rowOf));
      assert.deepEqual(
        errorTable.filter((row) => !rows.has(row)),
        [],
      );
    });
  });

describe("an error that repeats the words of another", () => {
  for (const [cause, text] of [
    ["server", "rpc error: code = Unavailable desc = upstream: rpc error: code = Unauthenticated desc = x"],
    [
      "server",
      "request to http://a responded with HTTP Status Code 500, Message=responded with HTTP Status Code 401, Details=[]",
    ],
    [
      "rejected",
      "rpc error: code = InvalidArgument desc = upstream: rpc error: code = Unavailable desc = no healthy upstream",
    ],
  ] as const) {
    it(`has the cause of the first: ${text.slice(0, 50)}`, () => assert.equal(rowOf(text)?.cause, cause));
  }
});
