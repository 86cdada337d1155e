import { existsSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * Finds the program from the project's folder, which is the working folder of a dynamic provider, and returns Node's
 * arguments for it. The engine stores this file as text, so it holds no path of this machine. A checkout has the program
 * as TypeScript. Every other project has the package among its dependencies, with the program compiled.
 */
export function programOfProject(): string[] {
  const source = "components/program.ts";
  // Node loads the Kubernetes client before tsx starts: tsx would translate each of the client's thousand files, which
  // takes 2 s of processor time for each job.
  if (existsSync(source)) return ["--require", "@kubernetes/client-node", "--import", "tsx", source];
  return [createRequire(`${process.cwd()}/index.js`).resolve("telemetry-pipelines/dist/program.js")];
}
