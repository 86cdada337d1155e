import assert from "node:assert/strict";
import { statusPage } from "../../../manager/status-page";
import { escapeHtml } from "../../../manager/status-page/html";
import type { Condition, FlowSample } from "../../../components/verification";
import { hostile, pageData, targets } from "../helpers/status-page";

/** The texts of a page, without its markup. */
const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<wbr>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("the page about pipelines", () => {
  const page = statusPage(pageData());
  const text = textOf(page);

  it("names the stack, the time and the length of the check", () => {
    for (const fact of [
      "Stack prod",
      "Cluster eu-1",
      "Namespace telemetry",
      "Made 2026-11-25 18:31:40 UTC",
      "Window 21 s, 14 looks",
      "Pods 6",
    ]) {
      assert.ok(text.includes(fact), fact);
    }
    assert.match(page, /<title>1 of 4 pipelines unhealthy: prod<\/title>/);
  });

  it("has each pipeline with its conditions, and their causes in full", () => {
    for (const name of [
      "metricPipelines/shop",
      "metricPipelines/archive",
      "tracePipelines/shop",
      "logPipelines/audit",
    ]) {
      assert.ok(page.includes(`data-pipeline="${name}"`), name);
    }
    assert.match(
      text,
      /metricPipelines\/archive ✕ GatewaySomeTelemetryDataDropped TelemetryFlowHealthy, since 2026-11-25/,
    );
    assert.match(text, /data is lost already\. Check that the backend runs/);
    assert.match(text, /logPipelines\/audit \? NoEvidence/);
  });

  it("adds up the items that all pods sent and lost", () => {
    // 350 items three times were given up by one pod of three, and twice as many three times met a full queue.
    assert.match(text, /archive\.example\.com:4317 .*? 0 2,800 100 % 48\.6 MiB wait/);
  });

  it("never shows a text as markup", () => {
    assert.ok(page.includes(escapeHtml(hostile)));
    assert.doesNotMatch(page, /<script|onerror='|<img/);
    const odd = statusPage(
      pageData({
        stack: hostile,
        cluster: hostile,
        targets: {
          ...targets,
          namespace: hostile,
          pipelines: targets.pipelines.map((target) => ({ ...target, name: hostile, backend: hostile })),
        },
        pipelines: pageData().pipelines.map((status) => ({
          pipeline: `metricPipelines/${hostile}`,
          healthy: false,
          conditions: status.conditions.map(
            (one) => ({ ...one, status: "False", reason: hostile, since: hostile }) as unknown as Condition,
          ),
        })),
        samples: pageData().samples.map((sample) => ({ ...sample, pod: hostile, node: hostile })),
      }),
    );
    assert.doesNotMatch(odd, /<script|onerror='|<img/);
    assert.equal(odd.split("</html>").length, 2);
  });

  it("refers to nothing outside of itself", () => {
    const references = [...page.matchAll(/\b(?:src|href|action|xlink:href)="([^"]*)"/g)].map(([, where]) => where);
    assert.deepEqual(references, ["data:,"]);
    assert.doesNotMatch(page, /@import|url\((?!#)/);
    assert.match(page, /Content-Security-Policy"\s+content="default-src 'none'/);
  });

  it("gives each plot a name, a description and its own ids", () => {
    const plots = [...page.matchAll(/<svg id="([^"]+)" role="img" aria-labelledby="(\S+) (\S+)"/g)];
    // Delivered and queues of six pods; one of them lost something.
    assert.equal(plots.length, 13);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? "");
    assert.equal(new Set(ids).size, ids.length, "each id once");
    for (const [, , title = "", description = ""] of plots) {
      assert.ok(ids.includes(title) && ids.includes(description));
    }
    for (const [, used = ""] of page.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(used), used);
    assert.match(page, /<desc id="pod-1-lost-desc">2,800 items in 21 s: 2,800 of metricPipelines\/archive\.<\/desc>/);
  });

  it("is the same text for the same data", () => {
    assert.equal(statusPage(pageData()), page);
  });

  it("shows pods that lose data first, and those beyond two dozen in a table", () => {
    const [first] = [...page.matchAll(/data-pod="([^"]+)"/g)].map(([, pod]) => pod);
    assert.equal(first, "telemetry-otlp-gateway-1x7kp");
    const sample = pageData().samples.find(({ kind }) => kind === "agent") as FlowSample;
    const samples = Array.from({ length: 100 }, (_, i) => ({ ...sample, pod: `pod-${i}`, node: `node-${i}` }));
    const large = statusPage(pageData({ samples }));
    assert.equal(large.match(/<figure>/g)?.length, 24 * 3);
    assert.match(textOf(large), /76 further pods/);
    assert.equal(large.match(/data-pod="/g)?.length, 100);
  });

  it("draws the pipelines with losses, full queues or most data, and all others together", () => {
    const [shop] = targets.pipelines;
    const pipelines = Array.from({ length: 12 }, (_, i) => ({ ...shop!, name: `p${i}`, exporter: `otlp_grpc/p${i}` }));
    const samples = pageData().samples.map((sample) => ({
      ...sample,
      exporters: Object.fromEntries(
        pipelines.map(({ exporter }, i) => [
          exporter,
          { sent: i, failed: {}, queueRefused: i === 0 ? 1 : 0, queued: 0 },
        ]),
      ),
    }));
    const many = textOf(statusPage(pageData({ targets: { ...targets, pipelines }, samples })));
    // p0 lost data; of the others, p6 to p11 sent most.
    assert.match(many, /p0 metricPipelines\/p6 metricPipelines\/p7 .* metricPipelines\/p11 5 others together/);
  });

  it("reports when nothing could be read, and when there is nothing", () => {
    const unreadable = textOf(statusPage(pageData({ samples: [] })));
    assert.match(unreadable, /Window nothing could be read/);
    assert.match(unreadable, /rights to create pods\/portforward/);
    const empty = statusPage(pageData({ samples: [], pipelines: [], targets: { ...targets, pipelines: [] } }));
    assert.match(textOf(empty), /The stack has no pipelines\./);
  });
});
