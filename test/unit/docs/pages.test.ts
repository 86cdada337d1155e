import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse as parseYaml } from "yaml";
import { renderArguments } from "../../../cli/render/render-arguments";
import { stackCommand } from "../../../cli/stack-command";
import { statusArguments } from "../../../cli/status-arguments";
import { oldestKubernetesMinor } from "../../../components/contract";
import { readOptions } from "../../bench/gateway/options";
import { recipeConfiguration, recipes } from "../helpers/recipes";
import { parse } from "../settings/helpers";

const root = join(__dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = ["README.md", "lab/README.md", "docs/recipes/README.md", ...markdown("docs")];

function markdown(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);
}

/** Returns a page's text with a space for each line break, so that it can be searched for words. */
const plainText = (page: string): string => page.replaceAll(/\s+/g, " ");

/** Anchors of a page's headings, as GitHub makes them. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** The npm commands of a page, each as its words, without comments and trailing text. */
function npmCommands(page: string): string[][] {
  const inText = [...page.matchAll(/`(npm [^`]+)`/g)];
  const inBlocks = [...page.matchAll(/^ {4}(npm [^#\n]+)/gm)];
  return [...inText, ...inBlocks].map(([, command = ""]) => command.trim().split(/,?\s+/));
}

/** A configuration, from its keys and values as `pulumi config set --path` takes them. */
function configuration(commands: readonly (readonly [path: string, value: string])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [path, value] of commands) {
    const keys = path.replace(/^telemetry:/, "").match(/[^.[\]]+/g) ?? [];
    let part: Record<string, unknown> | unknown[] = result;
    for (const [i, key] of keys.entries()) {
      const parent = part;
      const empty = /^\d+$/.test(keys[i + 1] ?? "") ? [] : {};
      parent[key] ??= i === keys.length - 1 ? value : empty;
      part = parent[key] as typeof part;
    }
  }
  return result;
}

describe("Each page", () => {
  for (const page of pages) {
    it(`links only to files and headings that exist: ${page}`, () => {
      for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file = "", anchor] = target.split("#");
        const path = file === "" ? page : relative(root, join(root, dirname(page), file));
        assert.ok(existsSync(join(root, path)), `${target}: there is no ${path}`);
        if (anchor !== undefined)
          assert.ok(anchors(read(path)).includes(anchor), `${target}: there is no such heading`);
      }
    });

    it(`names only npm scripts, measurements and options that exist: ${page}`, () => {
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      for (const [, word = "", name = "", separator, ...args] of npmCommands(read(page))) {
        const script = word === "run" ? name : word;
        // `npm run` by itself means all scripts; the others are npm's own commands.
        if (["", "ci", "install", "pack"].includes(script)) continue;
        assert.ok(scripts[script], `there is no npm run ${script}`);
        if (separator !== "--" || args.some((arg) => /^[A-Z]+$/.test(arg))) continue;
        const [measurement = "", ...options] = args;
        if (script === "bench") assert.ok(existsSync(join(root, `test/bench/${measurement}.ts`)), measurement);
        if (script === "bench" && ["gateway", "choices"].includes(measurement)) readOptions(options);
        if (script === "status" && args.length > 1) statusArguments(args);
        if (script === "render") renderArguments(args);
        if (script === "stack") stackCommand(args);
      }
    });
  }
});

describe("The page about the architecture", () => {
  const page = read("docs/architecture.md");

  it("names only files and folders that exist", () => {
    const named = [...page.matchAll(/`((?:components|cli|lab|manager|policy|docs|test)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    assert.ok(named.length > 12);
    for (const path of named) assert.ok(existsSync(join(root, path)), path);
  });

  it("draws every folder of components", () => {
    const folders = readdirSync(join(root, "components"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of folders) assert.match(page, new RegExp(`^ +${name}/ {2,}\\S`, "m"), name);
  });
});

it("The pages name the oldest Kubernetes that the program accepts", () => {
  const oldest = `1.${oldestKubernetesMinor}`;
  const named = {
    "README.md": `Kubernetes ≥ ${oldest} `,
    "docs/limits.md": `Kubernetes ${oldest} is an error in the preview.`,
    "docs/correctness.md": `A kubelet of Kubernetes ${oldest} to `,
  };
  for (const [file, words] of Object.entries(named))
    assert.ok(plainText(read(file)).includes(words), `${file}: ${words}`);
});

describe("The README", () => {
  const page = read("README.md");

  it("fits two screens, and leads to every page", () => {
    assert.ok(page.split("\n").length <= 120, "move details to the pages in docs");
    for (const file of markdown("docs")) assert.ok(page.includes(`](${file})`), `no link to ${file}`);
  });

  it("has a configuration that the program accepts", () => {
    const [, block = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const { config } = parseYaml(block) as { config: Record<string, unknown> };
    const plain = Object.entries(config).map(([key, value]) => [key.replace("telemetry:", ""), value]);
    assert.deepEqual(parse(Object.fromEntries(plain) as object).warnings, []);
  });

  it("has commands for a stack that make a configuration that the program accepts", () => {
    const sets = [...page.matchAll(/^ {4}pulumi config set --path (?:--secret )?'([^']+)' (\S+)$/gm)];
    assert.equal(sets.length, 4);
    const made = configuration(sets.map(([, path = "", value = ""]) => [path, value === "…" ? "a-secret" : value]));
    assert.deepEqual(parse(made).warnings, []);
  });
});

describe("The Secrets of the recipes", () => {
  interface Reference {
    readonly name: string;
    readonly namespace: string;
    readonly key: string;
  }
  const references = (value: unknown): Reference[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([key, part]) =>
          key === "secretKeyRef" ? [part as Reference] : references(part),
        );

  for (const recipe of recipes) {
    it(`are those that the command in the recipe creates: ${recipe}`, () => {
      const command = /kubectl create secret generic (\S+) -n (\S+) (.*)$/m.exec(read(`docs/recipes/${recipe}`));
      if (command === null) return;
      const [, name, namespace, literals = ""] = command;
      const keys = [...literals.matchAll(/--from-literal=([^=]+)=/g)].map(([, key]) => key);
      const used = references(recipeConfiguration(recipe));
      assert.ok(used.length > 0);
      for (const reference of used) {
        assert.deepEqual([reference.name, reference.namespace], [name, namespace]);
        assert.ok(keys.includes(reference.key), reference.key);
      }
      assert.deepEqual(new Set(keys), new Set(used.map(({ key }) => key)));
    });
  }
});
