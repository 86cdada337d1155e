import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { managerSettingsSchema, TelemetryManager } from "../../manager/deployment";
import { recordResources } from "../../test/unit/helpers/pulumi";
import { kubernetesType } from "../facts/objects";
import { policies } from "../rules";
import { judge, type Given } from "./judge";

const prod = JSON.parse(readFileSync(join(__dirname, "../config/prod.json"), "utf8")) as Record<
  string,
  string | object
>;

/** Returns all violations with the configuration of prod, advisory ones included. */
function judgedInProd(stack: readonly Given[]): string[] {
  return policies
    .filter(({ name }) => name !== "report" && prod[name] !== "disabled")
    .flatMap((rule) => {
      const configured = prod[rule.name];
      const { messages } = judge(rule, stack, typeof configured === "object" ? configured : {});
      return messages.map((message) => `${rule.name}: ${message}`);
    });
}

describe("The manager's own stack", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "manager-"));
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: { telemetry:namespace: observability }\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Deploys the manager with every setting that makes an object or a right. */
  const deploy = async (image: string): Promise<Given[]> => {
    const registered = recordResources();
    const settings = managerSettingsSchema.parse({
      stack: "prod",
      folder,
      image,
      environment: { PULUMI_CONFIG_PASSPHRASE: "the-passphrase" },
      stateVolume: {},
      objects: true,
      secrets: [{ namespace: "shop", name: "backend" }],
      egressPorts: [9000],
    });
    new TelemetryManager("manager", { settings });
    await pulumi.runtime.disconnect();
    return registered.flatMap(({ type: fullType, name, inputs }): Given[] => {
      const type = kubernetesType(fullType);
      // The engine, too, passes secrets to policies in clear text.
      const clear = Object.entries(inputs).map(([key, value]) => [
        key,
        pulumi.runtime.unwrapRpcSecret(value) as unknown,
      ]);
      return type === undefined ? [] : [{ type, name, props: Object.fromEntries(clear) as Given["props"] }];
    });
  };

  it("keeps every rule of prod", async () => {
    const stack = await deploy(`registry.example.com/telemetry-manager@sha256:${"0".repeat(64)}`);
    assert.ok(JSON.stringify(stack).includes("pods/portforward"));
    assert.deepEqual(judgedInProd(stack), []);
  });

  it("is judged like any other", async () => {
    assert.deepEqual(
      judgedInProd(await deploy("registry.example.com/telemetry-manager:1")).map((message) => message.split(":")[0]),
      ["image-digests"],
    );
  });
});
