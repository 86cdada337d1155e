import assert from "node:assert/strict";
import { missingStack } from "../../../cli/stack";
import { stackCommand, stackUsage } from "../../../cli/stack-command";

describe("npm run stack", () => {
  it("passes commands about stacks on to pulumi, with further options", () => {
    assert.deepEqual(stackCommand(["ls"]), { args: ["stack", "ls"] });
    assert.deepEqual(stackCommand(["init", "staging", "--secrets-provider", "awskms://alias/pulumi"]), {
      args: ["stack", "init", "staging", "--secrets-provider", "awskms://alias/pulumi"],
    });
    assert.deepEqual(stackCommand(["cancel", "staging", "--yes"]), {
      args: ["cancel", "staging", "--yes"],
      existing: "staging",
    });
  });

  it("keeps the stack's file when it removes a stack", () => {
    assert.deepEqual(stackCommand(["rm", "staging"]), {
      args: ["stack", "rm", "staging", "--preserve-config"],
      existing: "staging",
    });
  });

  it("sets a secret without its value as an argument, of the development stack unless another one is named", () => {
    const set = ["config", "set", "--secret", "--path", "--stack"];
    const path = "metricPipelines[0].output.otlp.headers[0].value";
    assert.deepEqual(stackCommand(["secret", path]), {
      args: [...set, "dev", `telemetry:${path}`],
      secretOf: "dev",
    });
    assert.deepEqual(stackCommand(["secret", `telemetry:${path}`, "--stack", "prod"]), {
      args: [...set, "prod", `telemetry:${path}`],
      secretOf: "prod",
    });
  });

  it("shows its usage when it is called otherwise", () => {
    for (const command of ["init", "rm", "cancel"])
      for (const rest of [[], ["--yes"]])
        assert.throws(() => stackCommand([command, ...rest]), {
          message: `${command} needs the name of a stack.\n\n${stackUsage}`,
        });
    assert.throws(() => stackCommand([]), { message: stackUsage });
    assert.throws(() => stackCommand(["list"]), { message: stackUsage });
    for (const args of [["secret"], ["secret", "path", "hunter2"]])
      assert.throws(() => stackCommand(args), {
        message: `secret needs one path, and asks for the value itself.\n\n${stackUsage}`,
      });
    assert.throws(() => stackCommand(["secret", "path", "--stack", ""]), {
      message: `--stack needs the name of a stack.\n\n${stackUsage}`,
    });
  });
});

describe("a stack that does not exist", () => {
  it("is named with the most similar stack, and with the command that makes a new one", () => {
    assert.equal(
      missingStack("prdo", ["prod", "dev"]),
      "There is no stack prdo. Did you mean `prod`?\nStacks: dev, prod.\nA new one is made by: npm run stack -- init prdo",
    );
    assert.equal(
      missingStack("somewhere", ["prod"]),
      "There is no stack somewhere.\nStacks: prod.\nA new one is made by: npm run stack -- init somewhere",
    );
    assert.equal(
      missingStack("prod", []),
      "There is no stack prod.\nThere are no stacks yet.\nA new one is made by: npm run stack -- init prod",
    );
  });

  it("is not one that exists under its full name", () => {
    assert.equal(missingStack("acme/telemetry/prod", ["prod"]), undefined);
    assert.equal(missingStack("prod", ["acme/telemetry/prod"]), undefined);
  });
});
