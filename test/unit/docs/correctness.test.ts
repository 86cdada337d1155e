import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const page = readFileSync(join(root, "docs/correctness.md"), "utf8");

/** The rows of all tables of the page, each as its cells. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:Input|-)/.test(line))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .filter(Boolean),
  );

const named = /^`([^`]+)`: "(.*)"$/;

/** Whether a source file has a text as one whole literal. */
const hasLiteral = (source: string, text: string): boolean =>
  ['"', "`"].some((quote) => source.includes(`${quote}${text}${quote}`));

describe("The page about odd inputs", () => {
  it("has a table for each topic", () => {
    assert.ok(rows.length > 70, `${rows.length} rows`);
    assert.deepEqual(
      rows.filter((cells) => cells.length !== 3),
      [],
    );
  });

  it("names tests that exist, by file and title", () => {
    const missing = rows.flatMap(([input = "", , test = ""]) => {
      const [, file = "", title = ""] = named.exec(test) ?? [];
      const exists =
        file !== "" && existsSync(join(root, file)) && hasLiteral(readFileSync(join(root, file), "utf8"), title);
      return exists ? [] : [`${input}: ${test}`];
    });
    assert.deepEqual(missing, []);
  });
});
