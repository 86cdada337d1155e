import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { root } from "../../../cli/paths";
import { operationArguments, splitStack, stackEnvironment, withSalt } from "../../../cli/stack";

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
    assert.deepEqual(splitStack(["--diff"]), { stack: "dev", rest: ["--diff"] });
    assert.deepEqual(splitStack(["--stack", "prod", "--diff"]), { stack: "prod", rest: ["--diff"] });
    assert.deepEqual(splitStack(["--stack=prod"]), { stack: "prod", rest: [] });
    assert.deepEqual(splitStack(["-s", "prod"]), { stack: "prod", rest: [] });
    assert.throws(() => splitStack(["--stack"]), /--stack needs the name/);
  });

  it("ask nothing for the local development stack only", () => {
    assert.deepEqual(operationArguments("up", [], {}), ["up", "--stack", "dev", "--yes"]);
    assert.deepEqual(operationArguments("destroy", [], {}), ["destroy", "--stack", "dev", "--yes"]);
    assert.deepEqual(operationArguments("preview", [], {}), ["preview", "--stack", "dev"]);
    assert.deepEqual(operationArguments("up", ["--stack", "prod"], {}), ["up", "--stack", "prod"]);
    assert.deepEqual(operationArguments("up", [], { PULUMI_BACKEND_URL: "s3://mine" }), ["up", "--stack", "dev"]);
  });

  it("are passed on", () => {
    assert.deepEqual(operationArguments("up", ["--yes", "--diff"], {}), ["up", "--stack", "dev", "--yes", "--diff"]);
  });
});

describe("a stack's file with the salt that is kept beside the local state", () => {
  it("is the checkout's with one line more", () => {
    const kept = "encryptionsalt: v1:abc=:v1:def\nconfig:\n  telemetry:protect: true\n";
    assert.equal(withSalt("config: {}", kept), "config: {}\nencryptionsalt: v1:abc=:v1:def\n");
    assert.equal(withSalt("", kept), "encryptionsalt: v1:abc=:v1:def\n");
  });

  it("is the checkout's alone when that says how secrets are encrypted, or nothing is kept yet", () => {
    const own = "secretsprovider: awskms://alias/pulumi\nconfig: {}\n";
    assert.equal(withSalt(own, "encryptionsalt: v1:abc\n"), own);
    assert.equal(withSalt("encryptionsalt: v1:own\n", "encryptionsalt: v1:abc\n"), "encryptionsalt: v1:own\n");
    assert.equal(withSalt("config: {}\n", ""), "config: {}\n");
  });

  it("is not what the checkout itself has: a salt is of one state only", () => {
    for (const stack of ["dev", "prod"]) {
      const file = readFileSync(`${__dirname}/../../../Pulumi.${stack}.yaml`, "utf8");
      assert.doesNotMatch(file, /^encryptionsalt:/m, stack);
    }
  });
});
