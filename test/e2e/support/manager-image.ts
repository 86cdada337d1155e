import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(__dirname, "../../..");

const programs = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
  "pulumi-resource-pulumi-nodejs",
  "pulumi-resource-random",
];
/** The script with which engines older than 3.230 run policy packs. */
const policyScript = "pulumi-analyzer-policy";
/** The files that `manager/Dockerfile` copies. */
const project = [
  "Pulumi.yaml",
  "cli/package.json",
  "components",
  "index.ts",
  "manager",
  "package.json",
  "policy",
  "tsconfig.json",
  "tsconfig.pulumi.json",
];
/** Large packages that only development needs. */
const leftOut = [
  "@eslint",
  "@oxc-parser",
  "@oxc-resolver",
  "@typescript-eslint",
  "eslint",
  "knip",
  "mocha",
  "prettier",
  "typescript-eslint",
  ".cache",
];

/**
 * Makes an image of the manager from this machine's own programs and loads it onto the nodes. `manager/Dockerfile` makes the
 * same where a container engine runs. The image proves the program, its rights and its pod, not the Dockerfile.
 */
export async function loadManagerImage(name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-manager-image-"));
  try {
    for (const program of programs) copy(await find(program), join(folder, "usr/local/bin"));
    const script = join(dirname(realpathSync(await find("pulumi"))), policyScript);
    if (existsSync(script)) copy(script, join(folder, "usr/local/bin"));
    copy(process.execPath, join(folder, "usr/local/bin"));
    copy("/bin/sh", join(folder, "bin"), "sh");
    for (const library of await libraries(process.execPath)) copy(library, join(folder, dirname(library)));
    mkdirSync(join(folder, "tmp"));
    const app = join(folder, "app");
    mkdirSync(app);
    const paths = [...project, "node_modules"];
    await run("cp", ["--recursive", "--link", "--no-dereference", "--parents", ...paths, app], { cwd: root });
    for (const path of leftOut) rmSync(join(app, "node_modules", path), { recursive: true, force: true });
    await run("cluster", ["load-image", "--state", process.env.CLUSTER_STATE ?? ".cluster", name, `${folder}=/`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function find(program: string): Promise<string> {
  return (await run("which", [program])).stdout.trim();
}

function copy(file: string, folder: string, name = file.split("/").at(-1) ?? ""): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(realpathSync(file), join(folder, name));
}

/** The libraries of a program under the paths that its loader uses, with the loader itself. */
async function libraries(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}
