import assert from "node:assert/strict";
import { serviceName } from "../../../components/settings";
import { grpc, parse } from "./helpers";
import * as pulumi from "@pulumi/pulumi";

describe("the name of a Service", () => {
  const names: [string, ReturnType<typeof serviceName>][] = [
    ["backend", { certain: true }],
    ["backend.shop", { namespace: "shop", certain: false }],
    ["backend.shop.svc", { namespace: "shop", certain: true }],
    ["backend.shop.svc.cluster.local", { namespace: "shop", certain: true }],
    ["backend.shop.svc.cluster.local.", { namespace: "shop", certain: true }],
    ["Backend.Shop.SVC", { namespace: "shop", certain: true }],
    ["backend.shop.svc.example.org", { namespace: "shop", certain: false }],
    ["backend.", undefined],
    ["otlp.backend.example.com", undefined],
    ["backend.example.com", undefined],
    ["10.1.2.3", undefined],
    ["fd00::1", undefined],
    ["::1", undefined],
  ];
  for (const [host, expected] of names) {
    it(`is ${expected ? "" : "not "}${host}`, () => {
      assert.deepEqual(serviceName(host), expected);
    });
  }
});

describe("Compression without a setting", () => {
  const compression = (otlp: Record<string, unknown>) => parse(grpc(otlp)).pipelines[0]?.output.otlp.compression;
  const to = (endpoint: unknown, otlp: Record<string, unknown> = {}) =>
    compression({ endpoint: { value: endpoint }, ...otlp });

  for (const endpoint of [
    "backend:4317",
    "backend.shop.svc:4317",
    "https://backend.shop.svc.cluster.local:4317",
    "http://backend.shop:4317",
  ]) {
    it(`is none to ${endpoint}`, () => {
      assert.equal(to(endpoint), "none");
    });
  }

  for (const endpoint of [
    "otlp.example.com:4317",
    "http://otlp.example.com:4317",
    "https://backend.shop:4317",
    "https://otlp.eu.svc.example.com:4317",
    "backend.shop:4317",
    "10.1.2.3:4317",
    "http://[fd00::1]:4317",
  ]) {
    it(`is gzip to ${endpoint}`, () => {
      assert.equal(to(endpoint), "gzip");
    });
  }

  it("is none to a host that may be a Service if another field turns TLS off", () => {
    assert.equal(to("backend.shop:4317", { tls: { insecure: true } }), "none");
  });

  it("is none to a Service over HTTP without a port", () => {
    assert.equal(to("http://backend.shop/otlp", { protocol: "http" }), "none");
  });

  it("is gzip if the address is not plain text", () => {
    const secretKeyRef = { name: "backend", namespace: "shop", key: "endpoint" };
    assert.equal(compression({ endpoint: { valueFrom: { secretKeyRef } } }), "gzip");
    assert.equal(to(pulumi.secret("backend:4317")), "gzip");
  });

  it("is not chosen if the user sets it", () => {
    assert.equal(to("backend:4317", { compression: "gzip" }), "gzip");
    assert.equal(to("otlp.example.com:4317", { compression: "none" }), "none");
  });
});
