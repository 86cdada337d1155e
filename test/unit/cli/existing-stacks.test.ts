import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { manageStack, runPulumi } from "../../../cli/stack";
import { stackCommand } from "../../../cli/stack-command";
import { root } from "../../../lab/host";

describe("A command about a stack", () => {
  let folder: string;
  const backend = process.env.PULUMI_BACKEND_URL;
  const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  const engine = (): { source: false; pulumi: string } => ({ source: false, pulumi: join(folder, "pulumi") });
  const manage = (...args: string[]): Promise<number> => manageStack(stackCommand(args), engine(), "/kubeconfig");
  const missing = (stack: string, meant: string): { message: string } => ({
    message: `There is no stack ${stack}.${meant}\nStacks: prod.\nA new one is made by: npm run stack -- init ${stack}`,
  });

  /** Stands in for pulumi with one stack, `prod`: it notes its arguments, and proves nothing about a real one. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-"));
    const script = `#!/bin/sh
echo "$*" >> ${folder}/calls
case "$*" in
  "stack ls"*) echo '[{ "name": "prod" }]';;
  *prod*) ;;
  *) echo "error: no stack named found" >&2; exit 6;;
esac
`;
    writeFileSync(join(folder, "pulumi"), script);
    chmodSync(join(folder, "pulumi"), 0o755);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    if (backend === undefined) delete process.env.PULUMI_BACKEND_URL;
    else process.env.PULUMI_BACKEND_URL = backend;
  });

  it("leaves the stack that is selected in the checkout", async () => {
    process.env.PULUMI_BACKEND_URL = "file:///nowhere";
    assert.equal(await runPulumi("preview", ["--stack", "prod"], engine(), "/kubeconfig"), 0);
    assert.equal(await manage("cancel", "prod", "--yes"), 0);
    const show = "stack --show-name --stack prod --non-interactive";
    assert.deepEqual(calls(), [show, "preview --stack prod", show, "cancel prod --yes"]);
  });

  it("takes a name with organisation and project for the stack whose file has the last part", async () => {
    const file = (): string | undefined => calls().at(-1)?.split("--config-file ")[1];
    delete process.env.PULUMI_BACKEND_URL;
    assert.equal(await runPulumi("preview", ["--stack", "organization/telemetry/prod"], engine(), "/kubeconfig"), 0);
    assert.match(calls().at(-1) ?? "", /^preview --stack organization\/telemetry\/prod --config-file /);
    assert.equal(basename(file() ?? ""), "Pulumi.prod.yaml");
    assert.match(readFileSync(file() ?? "", "utf8"), /telemetry:/);
  });

  it("reports a missing stack with the names of all stacks, and writes no file for it", async () => {
    for (const url of ["file:///nowhere", undefined]) {
      if (url === undefined) delete process.env.PULUMI_BACKEND_URL;
      else process.env.PULUMI_BACKEND_URL = url;
      await assert.rejects(manage("secret", "a.b", "--stack", "prdo"), missing("prdo", " Did you mean `prod`?"));
      await assert.rejects(manage("cancel", "prdo"), missing("prdo", " Did you mean `prod`?"));
      await assert.rejects(manage("rm", "elsewhere"), missing("elsewhere", ""));
      assert.ok(!existsSync(join(root, "Pulumi.prdo.yaml")));
    }
    assert.ok(calls().every((call) => call.startsWith("stack --show-name") || call.startsWith("stack ls")));
  });

  it("makes the development stack of a local state before it sets its secret, as an update does, and not elsewhere", async () => {
    delete process.env.PULUMI_BACKEND_URL;
    await assert.rejects(manage("secret", "a.b"), missing("dev", ""));
    assert.equal(calls()[0], "stack select --create --stack dev --non-interactive");
    process.env.PULUMI_BACKEND_URL = "file:///nowhere";
    rmSync(join(folder, "calls"));
    await assert.rejects(manage("secret", "a.b"), missing("dev", ""));
    assert.equal(calls()[0], "stack --show-name --stack dev --non-interactive");
  });

  it("never makes a stack to unlock or remove it", async () => {
    delete process.env.PULUMI_BACKEND_URL;
    for (const command of ["cancel", "rm"]) await assert.rejects(manage(command, "dev"), missing("dev", ""));
    assert.ok(!calls().join("\n").includes("--create"));
  });
});
