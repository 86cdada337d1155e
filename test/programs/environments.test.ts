import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { bin } from "../../lab/host";
import { environmentCommands, root } from "../unit/docs/environment-commands";

/** Commands that need a cluster or a registry. */
const isElsewhere = (command: string): boolean => /^(?:kubectl|npm ci|pulumi preview)\b/.test(command);

/*
 * Runs the commands of the page about environments, up to the first one that needs a cluster, with the real CLI and in a
 * temporary home folder. It proves that the commands work in this order and change the values that they name. It proves
 * nothing about a cluster.
 */
describe("The page about environments", function () {
  this.timeout("5m");
  const commands = environmentCommands();
  let home: string;

  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "environment-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("makes a stack with the values that it sets, from the first line on", () => {
    for (const file of ["Pulumi.yaml", "Pulumi.prod.yaml"]) cpSync(join(root, file), join(home, file));
    mkdirSync(join(home, "policy"));
    cpSync(join(root, "policy/config"), join(home, "policy/config"), { recursive: true });
    const image = `registry.example.com/own:1@sha256:${"1".repeat(64)}`;
    const script = commands
      .filter((command) => !isElsewhere(command))
      .map((command) =>
        command
          // Pulumi reads `~` as the home folder of the user, whatever HOME is.
          .replace("file://~", `file://${home}`)
          .replace(/^image=.*/, `image=${image}`)
          .replaceAll("otlp.eu.example.com", "own.example"),
      );
    const { status, stderr } = spawnSync("bash", ["-ec", script.join("\n")], {
      cwd: home,
      encoding: "utf8",
      // No variable of this process is passed on: the page names all variables that a reader must set.
      env: {
        HOME: home,
        PULUMI_HOME: join(home, ".pulumi"),
        PATH: [bin, process.env.PATH].join(delimiter),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    assert.equal(status, 0, stderr);
    const made = readFileSync(join(home, "Pulumi.staging.yaml"), "utf8");
    assert.equal(made.match(new RegExp(image, "g"))?.length, 2, made);
    assert.doesNotMatch(made, /0{64}|otlp\.eu\.example\.com/);
    const { config, encryptionsalt } = parse(made) as { config: Record<string, unknown>; encryptionsalt: string };
    assert.match(encryptionsalt, /^v1:/);
    const { config: prod } = parse(readFileSync(join(root, "Pulumi.prod.yaml"), "utf8")) as { config: object };
    assert.deepEqual(Object.keys(config), Object.keys(prod));
    assert.ok(existsSync(join(home, "policy/config/staging.json")));
  });
});
