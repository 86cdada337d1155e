import tseslint from "typescript-eslint";
import { doorRules } from "./test/runner/doors.mjs";

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
    // job, and no door of a room. The engine stores dynamic providers with all code that they import, so they import no door.
    ignores: ["test/**", "policy/test/**", "docs/**", "components/program.ts", "components/*/*-provider.ts"],
    rules: doorRules,
  },
);
