import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Stack } from "./support/stack";

const root = join(__dirname, "../..");

async function judge(stack: Stack): Promise<{ code: number; output: string }> {
  try {
    await stack.create();
    return await stack.judgedPreview();
  } finally {
    stack.dispose();
  }
}

describe("the policy pack, on the real engine", function () {
  this.timeout("2m");

  it("passes the development environment", async () => {
    const { config } = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const configuration = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace("telemetry:", ""), value]),
    );
    const { code, output } = await judge(new Stack(configuration));
    assert.equal(code, 0, output);
    assert.match(output, /telemetry@v[\d.]+ \(local: .*policy\)/);
  });

  it("refuses what breaks its rules, and says what to write instead", async () => {
    const { code, output } = await judge(new Stack({}, join(__dirname, "fixtures/violations")));
    assert.notEqual(code, 0);
    for (const message of [
      "set spec.internalTrafficPolicy to Local: each node has a gateway of its own.",
      "set spec.updateStrategy.rollingUpdate.maxUnavailable to 0: a node would be without gateway.",
      "spec.template.spec.hostNetwork is true: leave it out, telemetry needs nothing of the host.",
      "container 'collector': set securityContext.runAsNonRoot to true.",
    ]) {
      assert.ok(output.includes(message), `${message}\nis not in\n${output}`);
    }
  });
});
