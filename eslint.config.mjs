import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import tseslint from "typescript-eslint";

/**
 * Folders whose only way in is their `index.ts`: from outside, an import names the folder and nothing behind it. The last
 * part of a room's path must be unique among the folders that product code imports, because a rule sees the text of an
 * import and not the file that it resolves to.
 */
const rooms = [
  ...readdirSync(join(import.meta.dirname, "components"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `components/${name}`),
  "lab",
  "lab/build",
  "lab/host",
  "manager/deployment",
  "manager/status-page",
];

/** A pattern for what is behind a room's door; a room inside of it has a door of its own. */
function behind(room) {
  const inner = rooms.filter((other) => other.startsWith(`${room}/`)).map((other) => other.slice(room.length + 1));
  const exceptDoors = inner.length > 0 ? `(?!(?:${inner.join("|")})$)` : "";
  return `^\\.{1,2}/(.*/)?${basename(room)}/${exceptDoors}.`;
}

/** Files of rooms never name their own room, so one set of rules is right for all files. */
const pastDoors = rooms.map((room) => ({
  pattern: behind(room),
  message: `Import "${room}" through its door, ${room}/index.ts.`,
}));

export default tseslint.config(
  {
    ignores: ["**/node_modules/**", ".cluster/**", ".toolchain/**", ".pulumi-state/**", "dist/**", "eslint.config.mjs"],
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "off",
    },
  },
  {
    files: ["**/*.ts"],
    // Tests and the generator of docs look behind doors. So does the program that runs outside: it loads the code of one
    // job, and no door of a room. What the engine stores with dynamic providers must not have a door behind it.
    ignores: ["test/**", "policy/test/**", "docs/**", "components/program.ts", "components/*/*-provider.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: pastDoors.map(({ pattern, message }) => ({ regex: pattern, message })) },
      ],
      // The rule above does not see `import("…")`.
      "no-restricted-syntax": [
        "error",
        ...pastDoors.map(({ pattern, message }) => ({
          selector: `ImportExpression > Literal[value=/${pattern.replaceAll("/", "\\/")}/]`,
          message,
        })),
      ],
    },
  },
);
