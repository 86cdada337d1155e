import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MergedSecret } from "../../../components/credentials";
import { recordResources, secretInput, valueOf, type Registered } from "../helpers/pulumi";

interface Made {
  readonly key: Registered;
  readonly secret: Registered;
  readonly name: string;
  /** Outputs of the key that the engine must keep secret. */
  readonly hidden: readonly string[];
}

async function make(files: Readonly<Record<string, string>>, random?: string): Promise<Made> {
  const registered = recordResources(false, random);
  const hidden: string[] = [];
  const merged = new MergedSecret(
    "telemetry-credentials",
    {
      namespace: "telemetry",
      files: Object.fromEntries(Object.entries(files).map(([key, text]) => [key, pulumi.secret(text)])),
    },
    {
      transformations: [
        ({ opts }) => {
          hidden.push(...((opts as pulumi.CustomResourceOptions).additionalSecretOutputs ?? []));
          return undefined;
        },
      ],
    },
  );
  const name = await valueOf(merged.secretName);
  const find = (type: string): Registered => registered.find((one) => one.type === type) ?? assert.fail(type);
  return {
    key: find("random:index/randomPassword:RandomPassword"),
    secret: find("kubernetes:core/v1:Secret"),
    name,
    hidden,
  };
}

describe("the object of the merged Secret", () => {
  it("keeps credentials, and the values that show their changes, secret in the state", async () => {
    const files = { metric_a_headers: "hunter2" };
    const { key, secret, hidden } = await make(files);
    assert.deepEqual(secret.inputs.stringData, secretInput(files));
    const { value } = key.inputs.keepers as { value: unknown };
    assert.deepEqual(key.inputs.keepers, secretInput(value));
    assert.ok(hidden.includes("keepers"), "also the values that the provider returns");
  });

  it("has a name that changes with the content and with the key, so nobody can test guesses of credentials by it", async () => {
    const { name } = await make({ a: "hunter2" }, "one");
    assert.match(name, /^telemetry-credentials-[0-9a-f]{10}$/);
    assert.equal((await make({ a: "hunter2" }, "one")).name, name);
    assert.notEqual((await make({ a: "hunter3" }, "one")).name, name);
    assert.notEqual((await make({ a: "hunter2" }, "two")).name, name);
  });

  it("has another key for each content", async () => {
    const keepers = async (text: string): Promise<unknown> => (await make({ a: text })).key.inputs.keepers;
    assert.deepEqual(await keepers("hunter2"), await keepers("hunter2"));
    assert.notDeepEqual(await keepers("hunter2"), await keepers("hunter3"));
  });
});
