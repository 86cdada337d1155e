import assert from "node:assert/strict";
import {
  credentialFiles,
  resolvePipelines,
  writtenCredentials,
  type ReadSecrets,
} from "../../../components/credentials";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { parsePipelines, type ParsedConfiguration } from "../../../components/settings";
import { placeholderFiles } from "../../../components/validation";
import { agentConfig, agentPlan, pipeline, selections } from "../helpers/models";
import { valueOf } from "../helpers/pulumi";

const now = new Date();
const reference = { valueFrom: { secretKeyRef: { name: "metrics", namespace: "shop", key: "token" } } };
const settings = <Token>(...bearerTokens: Token[]) => ({ metric: { prometheus: { bearerTokens } } });
const parse = (...tokens: object[]): ParsedConfiguration =>
  parsePipelines({ allowNoPipelines: true, ...settings(...tokens) }, { now });
const secret =
  (token: string): ReadSecrets =>
  (names) =>
    names.map(() => ({ data: { token: Buffer.from(token).toString("base64") } }));

function errors(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof PipelineConfigError);
    return error.findings.map(formatFinding);
  }
  return [];
}

const at = "metric.prometheus.bearerTokens";

describe("A token for targets", () => {
  it("is a file of the merged Secret, from a Secret or written", async () => {
    const parsed = parse(
      { namespaces: ["till", "shop"], token: reference },
      { namespaces: ["b"], token: { value: "t" } },
    );
    const { files } = resolvePipelines(parsed, secret("abc\n"), now, assert.fail);
    assert.deepEqual(Object.keys(files), ["prometheus_b_token", "prometheus_shop_token"]);
    assert.deepEqual(await Promise.all(Object.values(files).map(valueOf)), ["t", "abc\n"]);
    assert.deepEqual(placeholderFiles([], undefined, parsed.tokens), {
      "/credentials/prometheus_b_token": "placeholder",
      "/credentials/prometheus_shop_token": "placeholder",
    });
  });

  it("is not part of the settings, which become objects of the cluster", () => {
    const { settings: kept } = parse({ namespaces: ["shop"], token: { value: "hunter2hunter2" } });
    assert.doesNotMatch(JSON.stringify(kept), /hunter2/);
    assert.deepEqual(kept.scraping.tokens, [{ namespaces: ["shop"], id: "shop", key: "prometheus_shop_token" }]);
  });

  it("is listed for policies by its first namespace if it is written", () => {
    const { tokens } = parse(
      { namespaces: ["till", "b"], token: { value: "t" } },
      { namespaces: ["a"], token: reference },
    );
    assert.deepEqual(writtenCredentials([], tokens), [{ path: `${at}[b].token` }]);
  });

  it("has a key that no pipeline has", () => {
    const endpoint = { value: "a:4317" };
    const named = parsePipelines(
      {
        metricPipelines: [{ name: "shop", output: { otlp: { endpoint, headers: [{ name: "a", ...reference }] } } }],
        ...settings({ namespaces: ["shop"], token: reference }),
      },
      { now },
    );
    assert.deepEqual(
      credentialFiles(named.pipelines, named.tokens).map(({ key }) => key),
      ["metric_shop_headers", "prometheus_shop_token"],
    );
  });

  it("is refused if it cannot be sent, wherever it comes from, without its text", () => {
    const bad: Readonly<Record<string, string>> = {
      " ": "is empty. Give the token.",
      "Bearer hunter2": "starts with the word Bearer, which the agent sends before the token. Remove the word.",
      "hunter2 x": "has white space or a control character in it, which a header cannot send. Give the token alone.",
    };
    for (const [text, line] of Object.entries(bad)) {
      assert.deepEqual(
        errors(() => parse({ namespaces: ["shop"], token: { value: text } })),
        [`${at}[0].token: ${line}`],
      );
      const parsed = parse({ namespaces: ["shop"], token: reference });
      assert.deepEqual(
        errors(() => resolvePipelines(parsed, secret(text), now, assert.fail)),
        [`${at}[0].token: ${line}`],
      );
    }
  });

  it("is refused for a namespace that has one already, and for none", () => {
    const token = { value: "t" };
    assert.deepEqual(
      errors(() => parse({ namespaces: ["shop"], token }, { namespaces: ["till", "shop"], token })),
      [`${at}[1].namespaces[1]: has a token already, that of bearerTokens[0]. Remove it from one of them.`],
    );
    assert.deepEqual(
      errors(() => parse({ namespaces: [], token })),
      [`${at}[0].namespaces: is an empty list, so no target would get the token. For example: [shop].`],
    );
  });

  it("is reported as missing together with all other faults", () => {
    const missing: ReadSecrets = (names) => names.map(() => ({ problem: "missing", detail: "" }));
    const parsed = parse({ namespaces: ["shop"], token: reference });
    assert.deepEqual(
      errors(() => resolvePipelines(parsed, missing, now, assert.fail)),
      [
        `${at}[0].token: refers to the key token of Secret metrics in namespace shop, which does not exist. Create the Secret or correct the reference.`,
      ],
    );
  });
});

interface Job {
  readonly job_name: string;
  readonly authorization?: unknown;
  readonly follow_redirects?: boolean;
  readonly kubernetes_sd_configs: readonly { readonly namespaces?: { readonly names: readonly string[] } }[];
}

describe("The scrape jobs of targets with a token", () => {
  const written = settings({ namespaces: ["shop"], token: { value: "hunter2hunter2" } });
  const wanting = [
    pipeline("metrics", "a", { pull: { prometheus: selections.prometheus(), istio: selections.istio() } }),
  ];
  const jobs = Object.values(agentConfig("node", wanting, { written, mesh: true }).receivers).flatMap(
    (receiver) => (receiver as { config?: { scrape_configs: readonly Job[] } }).config?.scrape_configs ?? [],
  );
  const isWithToken = ({ job_name: name }: Job): boolean => name.includes("-token-shop");

  it("are the only ones that send it, and follow no redirect", () => {
    const authorization = { type: "Bearer", credentials_file: "/credentials/prometheus_shop_token" };
    assert.equal(jobs.filter(isWithToken).length, 12);
    for (const job of jobs) {
      assert.deepEqual(job.authorization, isWithToken(job) ? authorization : undefined, job.job_name);
      assert.equal(job.follow_redirects, isWithToken(job) ? false : undefined, job.job_name);
    }
  });

  it("find endpoints of pods in the namespaces only", () => {
    const services = jobs.filter((job) => isWithToken(job) && job.job_name.startsWith("app-services"));
    assert.equal(services.length, 8);
    for (const { kubernetes_sd_configs: found } of services) assert.deepEqual(found[0]?.namespaces?.names, ["shop"]);
  });

  it("have no token in the configuration", () => {
    assert.doesNotMatch(agentPlan("node", wanting, { written })?.configuration ?? "", /hunter2/);
  });
});
