import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Judgements } from "../judgements";
import { policies } from "../rules";
import { backendHosts } from "../rules/backend-hosts";
import { backendTls } from "../rules/backend-tls";
import { networkPolicies } from "../rules/network-policies";
import { dangerousResources } from "../rules/rbac-least-privilege";
import { unknownSettings } from "../settings";
import { judge } from "./judge";
import { clusterRole, configMap, daemonSet, exporter, mergedSecret, networkPolicy } from "./good-objects";

const folder = join(__dirname, "..");
const names = policies.map(({ name }) => name);

describe("The pack", () => {
  it("has every rule of its folder once, under the name of its file", () => {
    const files = readdirSync(join(folder, "rules")).map((file) => file.replace(/\.ts$/, ""));
    assert.deepEqual(
      [...names].sort(),
      files.filter((file) => file !== "index"),
    );
  });

  it("gives every setting of every rule a default and a description", () => {
    for (const { name, configSchema } of policies) {
      for (const [setting, schema] of Object.entries(configSchema?.properties ?? {})) {
        assert.ok(schema.default !== undefined && schema.description, `${name}: ${setting}`);
      }
    }
  });

  it("finds nothing wrong with objects that keep all rules", () => {
    const stack = [daemonSet(), configMap(), networkPolicy(), mergedSecret(), clusterRole([])];
    for (const rule of policies.filter(({ name }) => name !== "report")) {
      assert.deepEqual(judge(rule, stack), { messages: [] }, rule.name);
    }
  });

  it("never shows a text of a Secret, whatever rule it breaks", () => {
    const text = "hunter2";
    const files = {
      a_endpoint: `http://${text}.example.net`,
      a_authentication: JSON.stringify({ token_url: `http://${text}`, client_secret: text }),
      a_headers: text,
      "a_tls.key": text,
    };
    const exporters = { a: { ...exporter, endpoint: `http://me:${text}@a.example.net`, headers: { key: text } } };
    const env = [{ name: "TOKEN", value: text }];
    const stack = [
      mergedSecret(files, { immutable: false }),
      configMap({ exporters, extensions: { "basicauth/a": { client_auth: { password: text } } } }),
      daemonSet({ image: "a", env, resources: {} }),
    ];
    const messages = policies
      .filter(({ name }) => name !== "report")
      .flatMap((rule) => judge(rule, stack, rule.name === "backend-hosts" ? { hosts: ["b"] } : {}).messages);
    assert.ok(messages.length >= 12, messages.join("\n"));
    for (const message of messages) assert.ok(!message.includes(text), message);
  });
});

interface Settings {
  readonly enforcementLevel?: string;
}

describe("The configuration of each environment", () => {
  const levels = ["advisory", "mandatory", "disabled", "remediate"];

  for (const file of readdirSync(join(folder, "config"))) {
    it(`names only rules, levels and settings that exist: ${file}`, () => {
      const config = JSON.parse(readFileSync(join(folder, "config", file), "utf8")) as Record<string, string | object>;
      for (const [name, value] of Object.entries(config)) {
        const rule = [{ name: "all" }, ...policies].find((one) => one.name === name);
        assert.ok(rule, name);
        const { enforcementLevel } = typeof value === "string" ? { enforcementLevel: value } : (value as Settings);
        if (enforcementLevel !== undefined) assert.ok(levels.includes(enforcementLevel), name);
        assert.deepEqual(typeof value === "string" ? [] : unknownSettings(rule, value), []);
      }
    });
  }
});

describe("Settings that no rule reads", () => {
  it("end the preview, at any level of the rule and whatever the object", () => {
    const other = { type: "core/v1:Namespace", props: {} };
    const problem = (text: string): Error => new Error(`Invalid settings of the policy pack\n${text}`);
    assert.throws(
      () => judge(backendHosts, other, { host: ["a"] }),
      problem("backend-hosts.host: is not a setting of this rule. Did you mean hosts?"),
    );
    assert.throws(
      () => judge(backendTls, other, { enforcementlevel: "mandatory", plaintext: [] }),
      problem(
        "backend-tls.enforcementlevel: is not a setting of this rule. Did you mean enforcementLevel?\n" +
          "backend-tls.plaintext: is not a setting of this rule. Known here: plaintextHosts, except, enforcementLevel.",
      ),
    );
    // Rules about the whole stack read settings in another way.
    assert.throws(
      () => judge(networkPolicies, [], { component: [] }),
      problem("network-policies.component: is not a setting of this rule. Did you mean components?"),
    );
  });
});

describe("The documentation of the rules", () => {
  const page = readFileSync(join(folder, "../docs/policy.md"), "utf8");
  const lines = page.split("\n").map((line) => line.replace(/ +/g, " "));

  /** Writes a default as in the table. `allowed` has too many parts for one. */
  function inWords(value: unknown): string {
    if (!Array.isArray(value)) return String(value);
    return typeof value[0] === "object" ? "all that inputs need" : value.join(", ") || "none";
  }

  it("has a line for each rule with its level, its settings and their defaults", () => {
    for (const { name, enforcementLevel, configSchema } of policies) {
      const line = lines.find((text) => text.startsWith(`| \`${name}\` |`));
      assert.ok(line, `docs/policy.md lacks ${name}`);
      const settings = Object.entries(configSchema?.properties ?? {})
        .filter(([setting]) => setting !== "except")
        .map(([setting, schema]) => `\`${setting}\` ${inWords(schema.default)}`);
      assert.deepEqual(
        line
          .split("|")
          .slice(3, 5)
          .map((cell) => cell.trim()),
        [enforcementLevel, settings.join("; ")],
        `docs/policy.md has another level, setting or default for ${name}`,
      );
    }
  });

  it("names every resource that no role may have", () => {
    for (const resource of Object.keys(dangerousResources)) {
      assert.ok(page.includes(`\`${resource}\``), `docs/policy.md lacks ${resource}`);
    }
  });
});

describe("The report", () => {
  it("states how many resources each rule judged, and which rules judged none", () => {
    const judgements = new Judgements();
    judgements.begin("a", "urn:1");
    judgements.begin("a", "urn:2").violation();
    // The same resource in the update after its preview.
    judgements.begin("a", "urn:2").violation();
    judgements.begin("b", "urn:2").unknown();
    assert.equal(
      judgements.report(["a", "b", "c", "d"]),
      [
        "Policy report: 2 of 4 rules judged 2 resources.",
        "  a: 2 judged, 1 violating",
        "  b: 1 judged, 1 not known before the update",
        "  nothing to judge, or switched off: c, d",
      ].join("\n"),
    );
  });
});
