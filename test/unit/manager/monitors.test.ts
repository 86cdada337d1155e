import assert from "node:assert/strict";
import { wantedMonitors } from "../../../manager/references";
import { monitorHash, referencesIn, wantedOf } from "../../../manager/watch/watch-monitors";

const monitor = {
  kind: "ServiceMonitor",
  metadata: { name: "orders", namespace: "shop", labels: { team: "blue" }, resourceVersion: "1" },
  spec: { endpoints: [{ port: "metrics" }] },
};

describe("the monitors that a manager watches", () => {
  it("are watched while a pipeline in any document has turned the input on", () => {
    const input = (prometheusOperator: object) => ({ spec: { input: { prometheusOperator } } });
    assert.deepEqual(wantedMonitors([{}, input({ enabled: false, allowSecretsFrom: ["a"] })]), {
      wanted: false,
      inputs: [],
      secretNamespaces: [],
    });
    const on = [
      input({ enabled: true, allowSecretsFrom: ["shop"] }),
      input({ enabled: true, allowSecretsFrom: ["a"] }),
    ];
    assert.deepEqual(wantedMonitors(on), {
      wanted: true,
      inputs: on.map(({ spec }) => spec.input.prometheusOperator),
      secretNamespaces: ["a", "shop"],
    });
  });

  it("are not watched because of the stack's own settings of the input", () => {
    const settings = { config: { "telemetry:metric": { prometheusOperator: { minimumInterval: "5s" } } } };
    assert.equal(wantedMonitors([settings]).wanted, false);
  });

  it("start an update when their spec or labels change, and not when their status or version does", () => {
    const { metadata } = monitor;
    const same = { ...monitor, metadata: { ...metadata, resourceVersion: "2" }, status: { bindings: [{}] } };
    assert.equal(monitorHash(same), monitorHash(monitor));
    assert.notEqual(monitorHash({ ...monitor, spec: {} }), monitorHash(monitor));
    assert.notEqual(monitorHash({ ...monitor, metadata: { ...metadata, labels: {} } }), monitorHash(monitor));
  });

  it("start no update if no pipeline wants them", () => {
    const isWanted = (...inputs: object[]): boolean => wantedOf("ServiceMonitor", [monitor], inputs).length === 1;
    const input = (change: object): object => ({ enabled: true, ...change });
    assert.equal(isWanted(input({})), true);
    assert.equal(isWanted(input({ namespaces: { include: ["stock"] } })), false);
    assert.equal(isWanted(input({ namespaces: { exclude: ["shop"] } })), false);
    assert.equal(isWanted(input({ serviceMonitors: { enabled: false } })), false);
    const red = input({ serviceMonitors: { labelSelector: { matchLabels: { team: "red" } } } });
    assert.equal(isWanted(red), false);
    assert.equal(isWanted(red, input({ namespaces: { include: ["shop"] } })), true);
    // Only the update can report what is wrong with such an input, so all monitors count until then.
    assert.equal(isWanted(input({ namespaces: { include: "stock" } })), true);
  });

  it("name their Secrets and ConfigMaps in any place", () => {
    const endpoints = [
      { basicAuth: { username: { name: "login", key: "u" }, password: { name: "login", key: "p" } } },
      { tlsConfig: { ca: { secret: { name: "tls", key: "a" } }, keySecret: { name: "tls-key", key: "b" } } },
      { bearerTokenSecret: { key: "" }, tlsConfig: { ca: { configMap: { name: "ca", key: "a" } } } },
    ];
    assert.deepEqual(referencesIn({ endpoints }), [
      { kind: "ConfigMap", name: "ca" },
      { name: "login" },
      { name: "tls" },
      { name: "tls-key" },
    ]);
  });
});
