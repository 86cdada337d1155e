import assert from "node:assert/strict";
import {
  annotations,
  heapPerQueueByte,
  mergedSecretName,
  objectLabels,
  otlpServiceName,
  workloadNames,
} from "../../components/contract";
import { exporterId, pipelineComponent } from "../../components/collector";
import { credentialFiles } from "../../components/credentials";
import { pipelineModels } from "../../components/plan";
import { parsePipelines } from "../../components/settings";
import { secretAddresses } from "../facts/secret-addresses";
import { outputOf, settingAt } from "../facts/user-settings";
import { componentOf, isMergedSecret, mergedSecretName as ownSecretName } from "../facts/telemetry";
import { noLiteralCredentials } from "../rules/no-literal-credentials";
import { nodeLocalGatewayService } from "../rules/node-local-gateway-service";
import { queueBudget } from "../rules/queue-budget";
import { surgeRollout } from "../rules/surge-rollout";
import { judge } from "./judge";

/** An object as the program makes it. */
const made = (type: string, name: string, component: string, more: object = {}) => ({
  type,
  props: { metadata: { name, namespace: "telemetry", labels: objectLabels(name, component) }, ...more },
});

/*
 * The pack can be published alone, so it has its own names and figures. These tests compare them with the program's.
 */
describe("the copies that the policy pack has of the program's facts", () => {
  it("are equal for labels", () => {
    const daemonSet = made("apps/v1:DaemonSet", workloadNames.gateway, "gateway");
    assert.equal(componentOf(daemonSet), "gateway");
    const secret = made("core/v1:Secret", `${mergedSecretName}-1`, "credentials");
    assert.equal(isMergedSecret(secret), true);
    assert.equal(ownSecretName, mergedSecretName);
  });

  it("are equal for the names of the gateway's DaemonSet and Service", () => {
    const daemonSet = made("apps/v1:DaemonSet", workloadNames.gateway, "gateway", { spec: {} });
    assert.notDeepEqual(judge(surgeRollout, daemonSet).messages, []);
    const service = made("core/v1:Service", otlpServiceName, "gateway", { spec: {} });
    assert.notDeepEqual(judge(nodeLocalGatewayService, service).messages, []);
  });

  it("are equal for the annotation that lists credentials in the configuration", () => {
    const secret = made("core/v1:Secret", `${mergedSecretName}-1`, "credentials");
    const path = "metricPipelines[a].output.otlp.authentication.basic.password";
    const metadata = {
      ...secret.props.metadata,
      annotations: { [annotations.literalCredentials]: JSON.stringify([{ path }]) },
    };
    const { messages } = judge(noLiteralCredentials, { ...secret, props: { ...secret.props, metadata } });
    assert.match(messages.join("\n"), /metricPipelines\[a\]\.output\.otlp\.authentication\.basic\.password/);
  });

  it("are equal for the keys of the merged Secret that hold addresses", () => {
    const reference = { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } };
    const oauth2 = { tokenURL: reference, clientID: reference, clientSecret: reference };
    const { pipelines } = parsePipelines(
      {
        tracePipelines: [{ name: "a.b", output: { otlp: { endpoint: reference, authentication: { oauth2 } } } }],
      },
      { now: new Date() },
    );
    const stringData = Object.fromEntries(
      credentialFiles(pipelines).map(({ key, values, content }) => [
        key,
        content(values.map(({ path }) => path.replace("tracePipelines[0].output.otlp.", ""))),
      ]),
    );
    const secret = made("core/v1:Secret", `${mergedSecretName}-1`, "credentials", { stringData });
    assert.deepEqual(
      secretAddresses(secret).map(({ setting, address }) => [setting, address]),
      [
        ["tracePipelines[a.b].output.otlp.authentication.oauth2.tokenURL", "authentication.oauth2.tokenURL"],
        ["tracePipelines[a.b].output.otlp.endpoint", "endpoint"],
      ],
    );
  });

  it("are equal for the pipeline in the id of an exporter and of a processor", () => {
    const output = { otlp: { endpoint: { value: "a:4317" } } };
    const { pipelines } = parsePipelines({ logPipelines: [{ name: "a.metrics-b", output }] }, { now: new Date() });
    const [model] = pipelineModels(pipelines);
    assert.ok(model);
    assert.equal(outputOf(exporterId(model)), "logPipelines[a.metrics-b].output.otlp");
    const transform = pipelineComponent("transform", "user", model);
    assert.equal(settingAt(`processors.${transform}.log_statements.0`), "logPipelines[a.metrics-b].transform");
  });

  it("are equal for the memory that a queued byte takes", () => {
    const { heapPerQueueByte: own } = queueBudget.configSchema?.properties as { heapPerQueueByte: { default: number } };
    assert.equal(own.default, heapPerQueueByte);
  });
});
