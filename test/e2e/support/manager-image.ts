import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(__dirname, "../../..");

const programs = [
  "pulumi",
  "pulumi-analyzer-policy",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
  "pulumi-resource-pulumi-nodejs",
  "pulumi-resource-random",
];
/** What `manager/Dockerfile` copies. */
const project = ["Pulumi.yaml", "components", "index.ts", "manager", "package.json", "policy", "tsconfig.json"];
/** Large, and only for development. */
const leftOut = ["@eslint", "@typescript-eslint", "eslint", "mocha", "prettier", "typescript-eslint", ".cache"];

/**
 * Makes an image of the manager out of this machine's own programs and brings it to the nodes: what `manager/Dockerfile`
 * makes where there is a container engine. It proves the program, its rights and its pod, not the Dockerfile.
 */
export async function loadManagerImage(name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-manager-image-"));
  try {
    for (const program of programs) copy((await run("which", [program])).stdout.trim(), join(folder, "usr/local/bin"));
    copy(process.execPath, join(folder, "usr/local/bin"));
    copy("/bin/sh", join(folder, "bin"), "sh");
    for (const library of await libraries(process.execPath)) copy(library, join(folder, dirname(library)));
    mkdirSync(join(folder, "tmp"));
    const app = join(folder, "app");
    mkdirSync(app);
    const paths = [...project, "node_modules"].map((path) => join(root, path));
    await run("cp", ["--recursive", "--link", "--no-dereference", ...paths, app]);
    for (const path of leftOut) rmSync(join(app, "node_modules", path), { recursive: true, force: true });
    await run("cluster", ["load-image", "--state", process.env.CLUSTER_STATE ?? ".cluster", name, `${folder}=/`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copy(file: string, folder: string, name = file.split("/").at(-1) ?? ""): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(realpathSync(file), join(folder, name));
}

/** Paths as the program's loader looks for them, the loader among them. */
async function libraries(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}
