// @ts-check
// A lock between processes: a name in Linux's abstract socket namespace. The kernel gives the name to one process and frees
// it when that process ends, however it ends, so no file stays behind. This is JavaScript because `bootstrap.mjs` uses it
// before any dependency is installed, on Nodes that cannot run TypeScript.
import { createHash } from "node:crypto";
import net from "node:net";

/**
 * Runs `work` while no other process of this user holds `name`. Calls `waiting` once if another process holds it.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {() => void} [waiting]
 * @returns {Promise<T>}
 */
export async function withLock(name, work, waiting = () => {}) {
  // On other systems nothing is built: only the installation of npm dependencies takes this lock.
  if (process.platform !== "linux") return work();
  // An address holds 107 bytes at most, and names are paths.
  const id = createHash("sha256").update(name).digest("hex").slice(0, 24);
  const address = `\0telemetry-pipelines-${process.getuid?.()}-${id}`;
  let server = await listen(address);
  if (!server) waiting();
  while (!server) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    server = await listen(address);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

/**
 * Returns nothing while another process listens on the address.
 * @param {string} address
 * @returns {Promise<net.Server | undefined>}
 */
function listen(address) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((connection) => connection.destroy());
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}
