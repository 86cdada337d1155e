import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { apply, kubectl } from "./support/kubectl";

const root = join(__dirname, "../..");
const run = promisify(execFile);
const password = "hunter2-correct-horse";

/** Runs the command as a user does. */
async function render(...args: string[]): Promise<void> {
  const context = (await kubectl("config", "current-context")).trim();
  const env = { ...process.env, TELEMETRY_KUBE_CONTEXT: context };
  await run(process.execPath, ["--import", "tsx", join(root, "cli/main.ts"), "render", ...args], {
    cwd: root,
    env,
  });
}

const textsOf = (folder: string): Map<string, string> =>
  new Map(globSync("**/*.*", { cwd: folder }).map((path) => [path, readFileSync(join(folder, path), "utf8")]));

describe("rendering the production environment", function () {
  this.timeout("6m");
  const metadata = { name: "backend", namespace: "telemetry-secrets" };
  const folder = mkdtempSync(join(tmpdir(), "telemetry-rendered-"));
  const [out, withSecrets] = [join(folder, "a"), join(folder, "b")];
  const stackFile = readFileSync(join(root, "Pulumi.prod.yaml"), "utf8");

  before(async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: metadata.namespace } });
    await apply({ apiVersion: "v1", kind: "Secret", metadata, stringData: { user: "me", password } });
    await render("--stack", "prod", "--out", out);
    await render("--stack", "prod", "--out", withSecrets, "--secrets");
  });
  after(async () => {
    await kubectl("delete", "namespace", metadata.namespace);
    rmSync(folder, { recursive: true });
  });

  it("gives manifests that kubectl applies unchanged, in their order", async () => {
    const manifests = join(out, "manifests");
    try {
      const applied = await kubectl("apply", "-f", manifests);
      assert.match(applied, /daemonset\.apps\/telemetry-otlp-gateway created/);
      assert.doesNotMatch(applied, /secret/);
    } finally {
      await kubectl("delete", "--ignore-not-found", "-f", manifests);
    }
  });

  it("leaves no credential behind, but lists those that the cluster needs", () => {
    for (const [path, text] of textsOf(out)) {
      assert.ok(!text.includes(password) && !text.includes(Buffer.from(password).toString("base64")), path);
    }
    assert.match(readFileSync(join(out, "secrets.md"), "utf8"), /`telemetry-credentials`.*\n\n- `log_backend_auth/);
    assert.equal(readFileSync(join(root, "Pulumi.prod.yaml"), "utf8"), stackFile);
  });

  it("gives the same files each time, except for the Secrets, if the user wants these", () => {
    const second = textsOf(withSecrets);
    const differing = [...textsOf(out)].filter(([path, text]) => second.get(path) !== text).map(([path]) => path);
    assert.deepEqual(differing.sort(), [
      "manifests/11-daemonset-telemetry-telemetry-metric-agent.yaml",
      "manifests/11-daemonset-telemetry-telemetry-otlp-gateway.yaml",
      "manifests/11-deployment-telemetry-telemetry-metric-agent-cluster.yaml",
      "secrets.md",
    ]);
    const secret = [...second].find(([path]) => path.includes("-secret-"))?.[1] ?? "";
    const [, data = ""] = /log_backend_authentication: (\S+)/.exec(secret) ?? [];
    assert.equal(Buffer.from(data, "base64").toString(), JSON.stringify({ username: "me", password }));
  });
});
