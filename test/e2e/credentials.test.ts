import assert from "node:assert/strict";
import { Application } from "./support/application";
import {
  Backend,
  backendNamespace,
  makeCertificates,
  type Certificates,
  type ReceivedRequest,
  type Signal,
} from "./support/backends";
import { eventually } from "./support/eventually";
import { oldGatewaysGone } from "./support/gateway-scene";
import { get, kubectl, pods } from "./support/kubectl";
import { leaksIn, shortLeaksIn } from "./support/leaks";
import { logsRequest, metricsRequest, now, tracesRequest } from "./support/otlp";
import { makeNamespaces, putSecret } from "./support/probe";
import { Stack } from "./support/stack";

/** Texts that a YAML parser, a shell or the collector's own references could change. */
const texts = [
  "pa$$w${env:HOME}",
  "$$",
  "{a: b}",
  "0123",
  `a#b "c" 'd'`,
  "grüße ☃",
  "${file:/etc/passwd}$1",
  "12345678901234567890",
  "1: {2: x}",
];
/** In basic authentication, a colon ends the name, and gRPC has ASCII only. */
const names = texts.filter((text) => !text.includes(":"));
const ascii = texts.filter((text) => /^[\x20-\x7e]*$/.test(text));

/** A credential that the engine encrypts in the stack's file. */
const stackSecret = "of the stack: $${env:HOME} {a: b}";

const sources = ["e2e-credentials-one", "e2e-credentials-two"];
const application = "e2e-credentials-shop";

/** Gives every second text as a value, and the others as references to Secrets of two namespaces. */
class Values {
  private readonly content: Record<string, string>[] = sources.map(() => ({}));
  private count = 0;

  of(text: string): object {
    const number = this.count++;
    if (number % 2 === 0) return { value: text };
    const source = (number >> 1) % sources.length;
    const key = `key-${number}`;
    Object.assign(this.content[source] ?? {}, { [key]: text });
    return { valueFrom: { secretKeyRef: { name: "source", namespace: sources[source], key } } };
  }

  async store(): Promise<void> {
    await Promise.all(sources.map((namespace, i) => putSecret(namespace, "source", this.content[i] ?? {})));
  }
}

/** Returns a path with a text that looks like a reference of the collector. */
const ownPath = (path: string, signal: Signal) => `/${path}/$1\${env:HOME}/v1/${signal}`;
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
const crlf = (pem: string) => pem.replaceAll("\n", "\r\n");
const oneLine = (pem: string) => pem.replaceAll("\n", "\\n");

describe("credentials of pipelines", function () {
  this.timeout("12m");
  const values = new Values();
  let open: Backend, basic: Backend, headers: Backend, oauth: Backend;
  let certificates: Certificates[];
  let given: ReturnType<typeof configuration>;
  let output: string;
  const stack = new Stack({});

  /** Returns a pipeline to the open backend, which distinguishes pipelines by their paths. */
  const toOpen = (signal: Signal, path: string, rest: object) => ({
    name: path,
    output: {
      otlp: {
        protocol: "http",
        endpoint: values.of(`http://${open.http}/`),
        path: ownPath(path, signal),
        ...rest,
      },
    },
  });

  const headerList = (list: readonly string[]) =>
    list.map((text, i) => ({
      name: `X-Text-${i}`,
      ...values.of(text),
      ...(i % 3 === 1 && { prefix: "Bearer" }),
      ...(i % 3 === 2 && { prefix: "$$-${env:HOME}" }),
    }));

  const expectedHeaders = (list: readonly string[]) =>
    Object.fromEntries(
      list.map((text, i) => [`x-text-${i}`, [base64([``, "Bearer ", "$$-${env:HOME} "][i % 3] + text)]]),
    );

  function configuration() {
    const [ofBasic, ofHeaders, ofOauth] = certificates as [Certificates, Certificates, Certificates];
    return {
      metricPipelines: [
        toOpen("metrics", "stack-secret", { authentication: { basic: { user: { value: "stack" }, password: {} } } }),
        ...texts.map((text, i) =>
          toOpen("metrics", `basic-${i}`, {
            authentication: { basic: { user: values.of(at(names, i)), password: values.of(text) } },
          }),
        ),
        {
          name: "mutual-tls-and-basic",
          output: {
            otlp: {
              endpoint: values.of(basic.grpc),
              authentication: { basic: { user: values.of(at(names, 2)), password: values.of(at(texts, 0)) } },
              tls: {
                ca: values.of(crlf(ofBasic.ca)),
                cert: values.of(crlf(ofBasic.clientCert)),
                key: values.of(crlf(ofBasic.clientKey)),
              },
            },
          },
        },
      ],
      tracePipelines: [
        toOpen("traces", "headers", { headers: headerList(texts) }),
        {
          name: "headers-grpc",
          output: { otlp: { endpoint: { value: open.grpc }, headers: headerList(ascii), tls: { insecure: true } } },
        },
        {
          name: "headers-mutual-tls",
          output: {
            otlp: {
              protocol: "http",
              endpoint: { value: `https://${headers.http}` },
              headers: headerList(texts),
              tls: {
                ca: values.of(oneLine(ofHeaders.ca)),
                cert: values.of(oneLine(ofHeaders.clientCert)),
                key: values.of(oneLine(ofHeaders.clientKey)),
              },
            },
          },
        },
      ],
      logPipelines: [
        ...texts.map((text, i) =>
          toOpen("logs", `oauth2-${i}`, {
            authentication: {
              oauth2: {
                tokenURL: { value: open.tokenUrl },
                clientID: values.of(text),
                clientSecret: values.of(at(texts, i + 1)),
                scopes: ["$scope"],
                params: { audience: "${env:HOME}" },
              },
            },
          }),
        ),
        {
          name: "oauth2-tls",
          output: {
            otlp: {
              endpoint: { value: oauth.grpc },
              authentication: {
                oauth2: {
                  tokenURL: values.of(oauth.tokenUrl),
                  clientID: values.of(at(texts, 4)),
                  clientSecret: values.of(at(texts, 0)),
                },
              },
              tls: { ca: values.of(ofOauth.ca) },
            },
          },
        },
      ],
    };
  }

  before(async () => {
    await makeNamespaces(backendNamespace, application, ...sources);
    certificates = await Promise.all(
      ["guard-basic", "guard-headers", "guard-oauth"].map((name) => makeCertificates(name)),
    );
    const [ofBasic, ofHeaders, ofOauth] = certificates;
    const demandedHeaders = Object.entries(expectedHeaders(texts)).map(([name, [value = ""]]) => [
      `header.${name}`,
      Buffer.from(value, "base64").toString("utf8"),
    ]);
    [open, basic, headers, oauth] = await Promise.all([
      Backend.start("open"),
      Backend.start("guard-basic", {
        demands: { "basic-user": at(names, 2), "basic-password": at(texts, 0) },
        certificates: ofBasic,
        mutual: true,
      }),
      Backend.start("guard-headers", {
        demands: Object.fromEntries(demandedHeaders) as Record<string, string>,
        certificates: ofHeaders,
        mutual: true,
      }),
      Backend.start("guard-oauth", {
        demands: { "client-id": at(texts, 4), "client-secret": at(texts, 0) },
        certificates: ofOauth,
      }),
    ]);
    given = configuration();
    stack.configure(given);
    await values.store();
    await stack.create();
    await stack.setSecret("metricPipelines[0].output.otlp.authentication.basic.password.value", stackSecret);
    output = await stack.up();
    const [shop] = await Application.startIn(application);
    await shop?.push("metrics", metricsRequest([{ name: "m", gauge: [{ time: now(), value: 1 }] }]));
    await shop?.push("traces", tracesRequest([{ name: "s", start: now() }]));
    await shop?.push("logs", logsRequest([{ body: "l", time: now() }]));
  });

  after(async () => {
    await stack.discard(backendNamespace, application, ...sources);
  });

  const openRequest = (path: string): Promise<ReceivedRequest> =>
    eventually(async () => {
      const found = (await open.requests()).find((request) => request.path === path);
      assert.ok(found, `nothing came to ${path}`);
      return found;
    });

  const granted = (backend: Backend): Promise<ReceivedRequest> =>
    eventually(async () => {
      const all = await backend.requests();
      const found = all.find(({ refused }) => refused === undefined);
      assert.ok(found, `${backend.name} let nobody in: ${all.map(({ refused }) => refused).join(", ")}`);
      return found;
    });

  for (const [i, text] of texts.entries()) {
    it(`sends user and password byte for byte: ${text}`, async () => {
      const request = await openRequest(ownPath(`basic-${i}`, "metrics"));
      assert.deepEqual(request.headers.authorization, [base64(`Basic ${base64(`${at(names, i)}:${text}`)}`)]);
    });
  }

  it("sends a secret of the stack byte for byte", async () => {
    const request = await openRequest(ownPath("stack-secret", "metrics"));
    assert.deepEqual(request.headers.authorization, [base64(`Basic ${base64(`stack:${stackSecret}`)}`)]);
  });

  it("sends headers byte for byte, with and without prefix, over HTTP and gRPC", async () => {
    const overHttp = await openRequest(ownPath("headers", "traces"));
    for (const [name, value] of Object.entries(expectedHeaders(texts))) assert.deepEqual(overHttp.headers[name], value);
    const overGrpc = await openRequest("/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    for (const [name, value] of Object.entries(expectedHeaders(ascii))) assert.deepEqual(overGrpc.headers[name], value);
  });

  it("asks for OAuth2 tokens with client id, secret, scopes and parameters byte for byte", async () => {
    for (const [i] of texts.entries()) await openRequest(ownPath(`oauth2-${i}`, "logs"));
    const asked = (await open.tokens()).map(({ clientId, clientSecret, form }) => [
      clientId,
      clientSecret,
      form.audience,
    ]);
    assert.deepEqual(
      asked.sort(),
      texts.map((text, i) => [base64(text), base64(at(texts, i + 1)), ["${env:HOME}"]]).sort(),
    );
    for (const { form } of await open.tokens()) assert.deepEqual(form.scope, ["$scope"]);
  });

  it("is accepted by backends that require all of this: mutual TLS with CRLF in the PEM, passwords, headers, tokens", async () => {
    assert.equal((await granted(basic)).clientSubject, "CN=probe-client");
    assert.equal((await granted(headers)).clientSubject, "CN=probe-client");
    assert.equal((await granted(oauth)).compression, "gzip");
  });

  it("keeps every credential out of state, output, logs and all objects but the Secret", async () => {
    // Agents have the credentials as well, and the proof reads the agents.
    stack.configure({
      ...given,
      metric: { collectionInterval: "2s", runtime: { kubelet: { insecureSkipVerify: true } } },
      metricPipelines: given.metricPipelines.map((pipeline) => ({
        ...pipeline,
        input: { runtime: { enabled: true } },
      })),
      verification: { mode: "always" },
    });
    await stack.setSecret("metricPipelines[0].output.otlp.authentication.basic.password.value", stackSecret);
    output += await stack.up();
    // An old gateway would take the span below, and its log would be gone.
    await oldGatewaysGone();
    // The collector logs the answer of a backend that refuses data.
    await open.behave({ status: 401, code: "UNAUTHENTICATED" });
    const [shop] = await Application.startIn(application);
    await shop?.push("traces", tracesRequest([{ name: "refused", start: now() }]));
    const logsOf = async (name: string) => {
      const all = await pods("telemetry", name);
      return (await Promise.all(all.map(({ metadata }) => kubectl("-n", "telemetry", "logs", metadata.name)))).join(
        "\n",
      );
    };
    const logs = await eventually(async () => {
      const both = await Promise.all(["telemetry-otlp-gateway", "telemetry-metric-agent"].map(logsOf));
      for (const text of both) assert.match(text, /Exporting failed/);
      return both.join("\n");
    });

    const preview = await stack.preview();
    const state = await stack.state();
    assert.match(state, /dynamic\/telemetry:BackendFlow/);
    const objects = JSON.stringify(
      await get("configmaps,pods,daemonsets,services,controllerrevisions,networkpolicies,events", "-n", "telemetry"),
    );
    const secrets = [
      ...texts,
      stackSecret,
      ...certificates.flatMap(({ clientKey }) => clientKey.split("\n").filter((line) => !line.startsWith("-"))),
      ...(await open.tokens()).flatMap(({ clientId, clientSecret }) => [clientId, clientSecret]),
    ].filter((text) => text !== "${env:HOME}");
    const merged = await get("secrets", "-n", "telemetry");
    const known = [...texts, stackSecret];
    assert.deepEqual(leaksIn(JSON.stringify(merged), known), leaksIn(known.join("\n"), known), "the search is blind");
    for (const [place, text] of Object.entries({ output, preview: preview.output, state, logs, objects })) {
      assert.deepEqual(leaksIn(text, secrets), [], place);
    }
    // Any text can contain a short credential by chance, but not as a whole value.
    const visible = JSON.stringify({ data: base64("$$"), config: 'headers:\n  x-text-3: "0123"\n' });
    assert.deepEqual(shortLeaksIn(visible, texts), ["$$", "0123"], "the search is blind");
    for (const json of [state, objects]) assert.deepEqual(shortLeaksIn(json, texts), []);
  });
});
