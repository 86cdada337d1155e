import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { root } from "../../../lab/host";
import { operationArguments, stackArguments, stackEnvironment, withSalt } from "../../../cli/stack";

const built = { source: true } as const;
const installed = { source: false, pulumi: "/usr/bin/pulumi" } as const;

describe("the environment of pulumi", () => {
  it("is a local backend in the checkout and an empty passphrase by default", () => {
    const env = stackEnvironment({ HOME: "/home/me" }, built, "/kubeconfig");
    assert.deepEqual(env, {
      HOME: "/home/me",
      KUBECONFIG: "/kubeconfig",
      PULUMI_BACKEND_URL: `file://${root}/.pulumi-state`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
  });

  it("leaves the user's own backend and its secrets alone", () => {
    const env = stackEnvironment({ PULUMI_BACKEND_URL: "s3://mine" }, installed, "/kubeconfig");
    assert.equal(env.PULUMI_BACKEND_URL, "s3://mine");
    assert.equal("PULUMI_CONFIG_PASSPHRASE" in env, false);
    assert.equal("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" in env, false);
  });

  it("keeps a passphrase that is given, also as a file", () => {
    assert.equal(stackEnvironment({ PULUMI_CONFIG_PASSPHRASE: "p" }, built, "").PULUMI_CONFIG_PASSPHRASE, "p");
    const file = stackEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: "/p" }, built, "");
    assert.equal("PULUMI_CONFIG_PASSPHRASE" in file, false);
  });

  it("has the chosen cluster's kubeconfig instead of the user's", () => {
    assert.equal(stackEnvironment({ KUBECONFIG: "/home/me/.kube/config" }, built, "/x").KUBECONFIG, "/x");
  });
});

describe("the arguments of pulumi", () => {
  it("name the development stack unless another one is named", () => {
    const goBack = false;
    assert.deepEqual(stackArguments(["--diff"]), { stack: "dev", goBack, rest: ["--diff"] });
    assert.deepEqual(stackArguments(["--stack", "prod", "--diff"]), { stack: "prod", goBack, rest: ["--diff"] });
    for (const args of [["--stack=prod"], ["-s", "prod"], ["-sprod"]]) {
      assert.deepEqual(stackArguments(args), { stack: "prod", goBack, rest: [] });
    }
    for (const args of [["--stack"], ["--stack="], ["--stack", ""], ["-s"]]) {
      assert.throws(() => stackArguments(args), /^Error: --?s(tack)? needs the name of a stack\.$/);
    }
  });

  it("keep pulumi's own options untouched and in order", () => {
    assert.deepEqual(stackArguments(["--diff", "--go-back"]), { stack: "dev", goBack: true, rest: ["--diff"] });
    const pulumis = [
      "-mtests",
      "--message=--stack",
      "-yr",
      "--target",
      "urn:a",
      "--target=urn:b",
      "-p",
      "4",
      "--",
      "-s",
      "x",
    ];
    assert.deepEqual(stackArguments(pulumis), { stack: "dev", goBack: false, rest: pulumis });
    const mixed = ["-m", "a message", "--stack", "prod", "-y", "--go-back", "--policy-pack", "policy"];
    const rest = ["-m", "a message", "-y", "--policy-pack", "policy"];
    assert.deepEqual(stackArguments(mixed), { stack: "prod", goBack: true, rest });
  });

  it("change only the local development stack without asking", () => {
    assert.deepEqual(operationArguments("up", stackArguments([]), {}), ["up", "--stack", "dev", "--yes"]);
    assert.deepEqual(operationArguments("destroy", stackArguments([]), {}), ["destroy", "--stack", "dev", "--yes"]);
    assert.deepEqual(operationArguments("preview", stackArguments([]), {}), ["preview", "--stack", "dev"]);
    assert.deepEqual(operationArguments("up", stackArguments(["--stack", "prod"]), {}), ["up", "--stack", "prod"]);
    assert.deepEqual(operationArguments("up", stackArguments([]), { PULUMI_BACKEND_URL: "s3://mine" }), [
      "up",
      "--stack",
      "dev",
    ]);
  });

  it("are passed on", () => {
    assert.deepEqual(operationArguments("up", stackArguments(["--yes", "--diff"]), {}), [
      "up",
      "--stack",
      "dev",
      "--yes",
      "--diff",
    ]);
  });
});

describe("a stack's file with the salt that is kept beside the local state", () => {
  it("is the checkout's with one line more", () => {
    const kept = "encryptionsalt: v1:abc=:v1:def\nconfig:\n  telemetry:protect: true\n";
    assert.equal(withSalt("config: {}", kept), "config: {}\nencryptionsalt: v1:abc=:v1:def\n");
    assert.equal(withSalt("", kept), "encryptionsalt: v1:abc=:v1:def\n");
  });

  it("is the checkout's alone if that states how secrets are encrypted, or no salt is kept yet", () => {
    const own = "secretsprovider: awskms://alias/pulumi\nconfig: {}\n";
    assert.equal(withSalt(own, "encryptionsalt: v1:abc\n"), own);
    assert.equal(withSalt("encryptionsalt: v1:own\n", "encryptionsalt: v1:abc\n"), "encryptionsalt: v1:own\n");
    assert.equal(withSalt("config: {}\n", ""), "config: {}\n");
  });

  it("is not the checkout's own file: a salt belongs to one state only", () => {
    for (const stack of ["dev", "prod"]) {
      const file = readFileSync(`${__dirname}/../../../Pulumi.${stack}.yaml`, "utf8");
      assert.doesNotMatch(file, /^encryptionsalt:/m, stack);
    }
  });
});
