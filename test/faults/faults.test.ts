import assert from "node:assert/strict";
import { causeWords, loadCheck, type FlowTargets, type PipelineStatus } from "../../components/verification";
import { Backend, backendNamespace, makeCertificates } from "../e2e/support/backends";
import { faults, faultyCredentials, prepareFaults, rotate } from "../e2e/support/faults";
import { kubectl, pods } from "../e2e/support/kubectl";
import { leaksIn } from "../e2e/support/leaks";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Senders } from "../e2e/support/senders";
import { Stack } from "../e2e/support/stack";

/** A row of the truth table. */
interface Row {
  readonly fault: string;
  readonly load: string;
  readonly expected: string;
  readonly given: string;
  /** Seconds of the check until the verdict was right and certain, without the time of the update before it. */
  readonly seconds: string;
}

const rows: Row[] = [];
const healthyRuns = 20;
const sending = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317", rate: 5 } as const;

/** Returns the seconds until each pipeline's verdict was certain, by an extra check. */
async function secondsOf(targets: FlowTargets): Promise<Map<string, number>> {
  const certainAt = new Map<string, number>();
  const { check, connect } = await loadCheck();
  await check(connect({}), targets, {
    timeoutSeconds: 60,
    progress: (judgements, seconds) => {
      for (const [pipeline, { certain }] of Object.entries(judgements)) {
        if (certain && !certainAt.has(pipeline)) certainAt.set(pipeline, seconds);
      }
    },
  });
  return certainAt;
}

describe("the truth about faults", function () {
  this.timeout("10m");
  const stack = new Stack({});
  const printed: string[] = [];
  let statuses: PipelineStatus[] = [];
  let certainAt = new Map<string, number>();

  const prove = async (): Promise<void> => {
    const start = Date.now();
    printed.push(await stack.up());
    console.log(`    an update with its proof took ${((Date.now() - start) / 1000).toFixed(0)} s`);
    statuses = await stack.output("pipelines");
    certainAt = await secondsOf(await stack.output("verification"));
  };

  before(async () => {
    const pipelines = await prepareFaults();
    // The token is right at first. The update must find that it is rotated to a wrong one.
    await rotate("the-token");
    stack.configure({ verification: { mode: "off" }, metricPipelines: pipelines });
    await stack.create();
    await stack.up();
    await rotate("not-the-token");
    stack.configure({ verification: { mode: "always" }, metricPipelines: pipelines });
  });

  after(async () => {
    console.table(rows);
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  });

  for (const load of ["idle", "traffic"]) {
    describe(`under ${load === "idle" ? "no load" : "load"}`, () => {
      before(async () => {
        if (load === "traffic") await Senders.start("traffic", sending);
        await prove();
      });

      for (const { name, cause, reason } of faults) {
        it(`${name} is ${cause}`, () => {
          const flow = statuses
            .find(({ pipeline }) => pipeline === `metricPipelines/${name}`)
            ?.conditions.find(({ type }) => type === "TelemetryFlowHealthy");
          const given = Object.entries(causeWords).find(([, { what }]) => flow?.message.includes(`: ${what}`))?.[0];
          const seconds = certainAt.get(`metricPipelines/${name}`);
          rows.push({
            fault: name,
            load,
            expected: `${reason.source.replace(/[\^$]/g, "")} ${cause}`,
            given: `${flow?.reason} ${given}`,
            seconds: seconds?.toFixed(1) ?? "60+",
          });
          assert.equal(flow?.status, "False", flow?.message);
          assert.match(flow.reason, reason);
          assert.equal(given, cause, flow.message);
          assert.ok(seconds !== undefined, "was not certain within 60 s");
        });
      }
    });
  }

  // In a separate group, because mocha runs the tests of a group before those of its inner groups.
  describe("after all runs", () => {
    it("no credential was revealed", async () => {
      assert.deepEqual(leaksIn([...printed, await stack.state()].join("\n"), faultyCredentials), []);
    });
  });
});

describe("no alarm without a fault", function () {
  this.timeout("10m");
  const stack = new Stack({});
  let targets: FlowTargets;

  before(async () => {
    await makeNamespaces(backendNamespace);
    const certificates = await makeCertificates("secure");
    const [plain, secure] = await Promise.all([Backend.start("plain"), Backend.start("secure", { certificates })]);
    const insecure = { insecure: true };
    stack.configure({
      metricPipelines: [
        { name: "grpc", output: { otlp: { endpoint: { value: plain.grpc }, tls: insecure } } },
        {
          name: "http",
          output: { otlp: { protocol: "http", endpoint: { value: `http://${plain.http}` }, tls: insecure } },
        },
      ],
      logPipelines: [
        {
          name: "tls",
          output: { otlp: { endpoint: { value: secure.grpc }, tls: { ca: { value: certificates.ca } } } },
        },
      ],
      tracePipelines: [{ name: "traces", output: { otlp: { endpoint: { value: plain.grpc }, tls: insecure } } }],
    });
    await stack.create();
    await stack.up();
    targets = await stack.output("verification");
  });

  after(async () => {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  });

  for (let run = 1; run <= healthyRuns; run++) {
    const restart = run % 5 === 0;
    const traffic = run > healthyRuns / 2;
    it(`run ${run}${traffic ? ", with traffic" : ""}${restart ? ", a gateway pod goes meanwhile" : ""}`, async () => {
      if (traffic && run === healthyRuns / 2 + 1) await Senders.start("traffic", sending);
      const { check, connect } = await loadCheck();
      const looking = check(connect({}), targets, { timeoutSeconds: 60 });
      if (restart) {
        const [pod] = await pods("telemetry", "telemetry-otlp-gateway");
        await kubectl("-n", "telemetry", "delete", "pod", pod?.metadata.name ?? "", "--wait=false");
      }
      const { verdicts } = await looking;
      for (const [pipeline, verdict] of Object.entries(verdicts)) {
        assert.equal(verdict.kind, "delivered", `${pipeline}: ${JSON.stringify(verdict)}`);
      }
    });
  }
});
