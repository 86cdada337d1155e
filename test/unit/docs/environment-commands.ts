import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(__dirname, "../../..");

/** The commands of the section that adds an environment, in their order. */
export function environmentCommands(): string[] {
  const page = readFileSync(join(root, "docs/environments.md"), "utf8");
  const [, section = ""] = /^## Add one\n([^]*?)(?=^## )/m.exec(page) ?? [];
  return [...section.matchAll(/^ {4,}(\S.*)$/gm)].map(([, command = ""]) => command);
}
