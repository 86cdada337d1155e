import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentCommands, root } from "./environment-commands";

describe("The page about environments", () => {
  const commands = environmentCommands();

  it("logs in and sets the passphrase before a command needs them", () => {
    const first = commands.findIndex((command) => /^pulumi (?!login)/.test(command));
    const before = commands.slice(0, first).join("\n");
    assert.match(before, /^pulumi login /m);
    assert.match(before, /^export PULUMI_CONFIG_PASSPHRASE=/m);
  });

  it("copies files without aliases, which Pulumi writes out", () => {
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"])
      assert.doesNotMatch(readFileSync(join(root, file), "utf8"), /: [&*]\w/, file);
  });
});
