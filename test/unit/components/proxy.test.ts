import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { parsePipelines } from "../../../components/settings";
import { recordResources, type Registered } from "../helpers/pulumi";

interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

interface Pod {
  readonly spec: { readonly containers: readonly [{ readonly env: readonly EnvVar[] }] };
}

async function register(args: Record<string, unknown>): Promise<Registered[]> {
  const registered = recordResources();
  const { Telemetry } = await import("../../../components/telemetry");
  new Telemetry("telemetry", {
    monitoring: { mode: "off" },
    istio: { mode: "off" },
    verification: { mode: "off" },
    validation: { mode: "full" },
    ...args,
  });
  await pulumi.runtime.disconnect();
  return registered;
}

/** The variables of each pod, those of the validation included, by the name of its resource. */
function variablesOf(registered: readonly Registered[]): Readonly<Record<string, readonly EnvVar[]>> {
  const pods = registered.flatMap(({ type, name, inputs }): [string, Pod][] => {
    if (/:(DaemonSet|Deployment)$/.test(type)) return [[name, (inputs.spec as { template: Pod }).template]];
    return type.endsWith(":ConfigValidation") ? [[name, inputs.pod as Pod]] : [];
  });
  return Object.fromEntries(pods.map(([name, { spec }]) => [name, spec.containers[0].env]));
}

const isAboutProxy = ({ name }: EnvVar): boolean => /PROXY/i.test(name);

const output = (...hosts: string[]): object[] =>
  hosts.map((host, i) => ({
    name: `p${i}`,
    input: { prometheus: { enabled: true }, apiServer: { enabled: true } },
    output: { otlp: { endpoint: { value: `${host}:4317` } } },
  }));

const backends = ["backend.example.com", "collector", "other.shop", "third.shop.svc", "10.0.0.9"];
const direct = "localhost,127.0.0.1,::1,$(KUBERNETES_SERVICE_HOST),$(MY_HOST_IPS),.svc,.cluster.local";

describe("A proxy to backends outside the cluster", function () {
  // The first to load the component may be this one.
  this.timeout("60s");

  it("is off by default", async () => {
    const all = variablesOf(await register({ metricPipelines: output(...backends) }));
    assert.equal(Object.keys(all).length, 6);
    assert.deepEqual(Object.values(all).flat().filter(isAboutProxy), []);
  });

  it("is in the environment of every collector and of the pods that validate, which stay direct in the cluster", async () => {
    const proxy = { url: "http://proxy.example.com:3128/", noProxy: [".corp.example.com", "10.0.0.0/8", "10.0.0.0/8"] };
    const registered = await register({ metricPipelines: output(...backends), network: { proxy } });
    const all = variablesOf(registered);
    const url = "http://proxy.example.com:3128";
    assert.equal(Object.keys(all).length, 6);
    for (const [name, variables] of Object.entries(all)) {
      assert.deepEqual(
        variables.filter(isAboutProxy),
        [
          { name: "HTTPS_PROXY", value: url },
          { name: "HTTP_PROXY", value: url },
          // A Service without a dot in its name matches no domain.
          { name: "NO_PROXY", value: `${direct},collector,.corp.example.com,10.0.0.0/8` },
        ],
        name,
      );
      const names = variables.map((variable) => variable.name);
      assert.ok(names.indexOf("MY_HOST_IPS") < names.indexOf("NO_PROXY"), "Kubernetes knows earlier variables only");
    }
    for (const { name, inputs } of registered.filter(({ type }) => type.endsWith(":NetworkPolicy"))) {
      const { egress } = inputs.spec as { egress: readonly unknown[] };
      const onPort = egress.filter((rule) => isDeepStrictEqual(rule, { ports: [{ protocol: "TCP", port: 3128 }] }));
      assert.equal(onPort.length, 1, name);
    }
  });

  it("never has the host of an address that is kept in a Secret", async () => {
    const endpoint = { value: pulumi.secret("collector:4317") };
    const tracePipelines = [{ name: "a", output: { otlp: { endpoint } } }];
    const proxy = { url: "http://proxy.example.com:3128" };
    const [variables = []] = Object.values(variablesOf(await register({ tracePipelines, network: { proxy } })));
    assert.deepEqual(variables.filter(isAboutProxy).at(-1), { name: "NO_PROXY", value: direct });
  });

  it("has a host and a port that network policies understand", () => {
    const parsed = (url: string): unknown =>
      parsePipelines({ allowNoPipelines: true, network: { proxy: { url } } }, { now: new Date() }).settings.proxy;
    assert.deepEqual(parsed("http://[fd00::9]:3128"), {
      url: "http://[fd00::9]:3128",
      host: "fd00::9",
      port: 3128,
      noProxy: [],
    });
    assert.equal(parsePipelines({ allowNoPipelines: true }, { now: new Date() }).settings.proxy, undefined);
  });
});
