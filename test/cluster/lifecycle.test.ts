/**
 * Tests the life of a cluster, on a second one with a single node beside the running one: it is made, repaired after every
 * kind of crash, and removed without a trace.
 */

import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { bin, eventually, kubectlOf, must, type Result, run, sleep, state, status } from "./helpers";

/** Returns everything that a cluster could leave on the host, one line each. */
async function traces(): Promise<Set<string>> {
  const lines = async (program: string, ...args: string[]): Promise<string[]> =>
    (await must(program, args)).split("\n").map((line) => `${program} ${args[0]}: ${line.trim()}`);
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  return new Set([
    ...(await lines("ip", "-oneline", "link")).map((line) => line.replace(/ \d+: /, "").replace(/[@:] .*/, "")),
    ...(await lines("ip", "route", "show", "table", "all")),
    ...(await lines("nft", "list", "ruleset")),
    ...(await lines("ip", "netns", "list")),
    ...readFileSync("/proc/self/mountinfo", "utf8").split("\n"),
    ...names("/sys/fs/cgroup").flatMap((hierarchy) => names(`/sys/fs/cgroup/${hierarchy}`)),
    ...names(registry),
    ...["/var/lib/kubelet", "/var/lib/containerd", "/etc/cni", "/run/containerd", "/opt/cluster"].filter(existsSync),
    `ip_forward ${readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8")}`,
  ]);
}

const registry = "/run/telemetry-cluster";

/** Patterns of lines about clusters other than this test's, which may start and end at any time. */
function foreign(base: string): RegExp[] {
  const records = (existsSync(registry) ? readdirSync(registry) : []).filter((name) => name.startsWith("slot-"));
  return records
    .map((name) => JSON.parse(readFileSync(join(registry, name), "utf8")) as { slot: number; state: string })
    .filter((record) => !record.state.startsWith(base))
    .map(
      ({ slot }) =>
        new RegExp(
          `\\b(tc${slot}|telemetry-cluster-${slot}|slot-${slot}|10\\.99\\.${slot}\\.\\d+|` +
            `10\\.${224 + slot}\\.\\d+\\.\\d+|10\\.96\\.${16 * slot}\\.\\d+)\\b`,
        ),
    );
}

/** The processes in a cluster's cgroup, as pid and start time. */
function members(name: string): string[] {
  return readdirSync(`/sys/fs/cgroup/pids/${name}`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("cgroup.procs"))
    .flatMap((path) => readFileSync(`/sys/fs/cgroup/pids/${name}/${path}`, "utf8").trim().split("\n"))
    .filter((pid) => pid !== "")
    .map((pid) => `${pid} ${startTime(pid)}`);
}

/** Returns nothing if the process has ended. A zombie, which waits for its parent, has ended. */
function startTime(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

const alive = (member: string): boolean => {
  const [pid = "", start] = member.split(" ");
  return startTime(pid) === start;
};

/** Network namespaces that any process is in. */
function networks(): Set<string> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Set(pids.map((pid) => networkOf(pid)));
}

function networkOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return "gone";
  }
}

describe("lifecycle", function () {
  this.timeout(600_000);
  const base = mkdtempSync(join(tmpdir(), "cluster-test-"));
  const folder = join(base, "second");
  const other = join(base, "third");
  const kubectl = kubectlOf(folder);
  const call = (...args: string[]): Promise<Result> => run(`${bin}/cluster`, args);
  // The programs may be links. `cluster` finds them beside the link by which it was called.
  const links = join(base, "bin");
  const up = (where = folder): Promise<string> => must(`${links}/cluster`, ["up", "--nodes", "1", "--state", where]);
  const down = (where = folder): Promise<string> => must(`${bin}/cluster`, ["down", "--state", where]);

  let clean: Set<string>;
  /** Fails if anything is left that did not exist before the first cluster of this test. */
  const nothingLeft = async (): Promise<void> => {
    const before = foreign(base);
    const now = await traces();
    const others = [...before, ...foreign(base)];
    const left = [...now].filter((line) => !clean.has(line) && !others.some((other) => other.test(line)));
    assert.deepEqual(left, []);
  };

  before(async function () {
    for (const name of readdirSync(bin, { recursive: true, encoding: "utf8" })) {
      mkdirSync(dirname(join(links, name)), { recursive: true });
      if (statSync(join(bin, name)).isFile()) {
        symlinkSync(join(bin, name), join(links, name));
      }
    }
    clean = await traces();
  });

  after(async function () {
    await down();
    await down(other);
    rmSync(base, { recursive: true, force: true });
  });

  const killAll = async (): Promise<string[]> => {
    const now = await status(folder);
    const all = members(now.name);
    for (const machine of now.machines) {
      process.kill(machine.pid, "SIGKILL");
    }
    await eventually(() => Promise.resolve(assert.deepEqual(all.filter(alive), [])));
    return all;
  };

  it("reports all problems before anything is started", async function () {
    const fails = async (expected: RegExp, result: Promise<Result>): Promise<void> => {
      const { code, stderr } = await result;
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    };
    // The program itself may be in a folder that only root can read.
    const everyones = mkdtempSync(join(tmpdir(), "cluster-"));
    chmodSync(everyones, 0o755);
    copyFileSync(`${bin}/cluster`, join(everyones, "cluster"));
    await fails(
      /not root: .*run this as root/,
      run(join(everyones, "cluster"), ["up", "--state", folder], { uid: 65534, cwd: "/" }),
    );
    rmSync(everyones, { recursive: true });
    await fails(
      /--bin \S+ has no executable kube, containerd,.*build them first/,
      call("up", "--bin", base, "--state", folder),
    );
    await fails(/--nodes 10: a cluster has 1 to 9 nodes/, call("up", "--nodes", "10", "--state", folder));
    await fails(
      /image \S+a:1: program \/no\/such: .*no such file/,
      call("up", "--state", folder, "--image", "a:1=/no/such"),
    );
    await fails(/no cluster in .*cluster up/, call("kubeconfig", "--state", folder));
    await fails(/no cluster in /, call("exec", "node1", "--state", folder, "--", "true"));
    const foreign = join(base, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "precious"), "");
    await fails(/--state \S+ holds precious but no cluster/, call("up", "--state", foreign));
    await down(foreign);
    assert(existsSync(join(foreign, "precious")), "a foreign file was removed");
    await nothingLeft();
  });

  it("comes up beside another cluster", async function () {
    await up();
    const [first, second] = [await status(), await status(folder)];
    assert.equal(second.code, 0);
    assert.notEqual(second.name, first.name);
    assert.notEqual(second.services, first.services);
    assert.equal(await kubectl("get", "nodes", "-o", "name"), "node/node1");
    assert.equal(await kubectl("config", "view", "-o", "jsonpath={.current-context}"), second.name);
  });

  it("`up` on a cluster that is up changes nothing", async function () {
    const was = await status(folder);
    // The machine may stand still during an attempt.
    await eventually(async () => {
      const begin = Date.now();
      await up();
      assert(Date.now() - begin < 5000, "took longer than 5 s");
    });
    assert.deepEqual(await status(folder), was);
  });

  it("comes up again after all its processes were killed, with its data", async function () {
    await kubectl("create", "configmap", "kept", "--from-literal=a=b");
    await killAll();
    assert.equal((await status(folder)).code, 1);
    await up();
    assert.equal(await kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}"), "b");
    assert.equal((await status()).code, 0, "the other cluster was left alone");
  });

  it("`down` leaves nothing", async function () {
    const { name, machines } = await status(folder);
    const all = members(name);
    const inside = new Set(machines.map((m) => networkOf(String(m.pid))));
    assert(all.length > 10 && inside.size === 2);
    await down();
    assert.deepEqual(all.filter(alive), []);
    assert.deepEqual(
      [...networks()].filter((n) => inside.has(n)),
      [],
    );
    await nothingLeft();
    assert(!existsSync(folder));
    assert.match(await down(), /no cluster in/);
  });

  it("`down` leaves nothing of an `up` that was killed half-way", async function () {
    for (const delay of [150, 1500]) {
      const half = spawn(`${links}/cluster`, ["up", "--nodes", "1", "--state", folder], {
        stdio: "ignore",
      });
      await sleep(delay);
      half.kill("SIGKILL");
      await new Promise((done) => half.on("exit", done));
      await down();
      await nothingLeft();
      assert(!existsSync(folder));
    }
  });

  it("`up` cleans up after a crashed cluster of another folder", async function () {
    await up();
    const { name } = await status(folder);
    await killAll();
    rmSync(folder, { recursive: true });
    await up(other);
    assert.equal((await status(other)).name, name, "its slot is free again");
    await down(other);
    await nothingLeft();
  });

  it("`down` finds a running cluster whose folder was deleted", async function () {
    await up();
    const all = members((await status(folder)).name);
    rmSync(folder, { recursive: true });
    await down();
    assert.deepEqual(all.filter(alive), []);
    await nothingLeft();
  });

  it("left the first cluster alone", async function () {
    assert.equal((await status(state)).code, 0);
  });
});
