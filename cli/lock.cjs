// A lock that vanishes with its holder, however that ends: a name in Linux's abstract socket namespace, which the kernel
// gives to one process and takes back when the process is gone. No file stays behind. CommonJS, because both the
// bootstrap (before any dependency is there) and the TypeScript programs use it.
const { createHash } = require("node:crypto");
const net = require("node:net");

/** Runs `work` while no other process of this user holds `name`. `waiting` is called once if another one does. */
async function withLock(name, work, waiting = () => {}) {
  // Elsewhere only npm's dependencies are installed with it, and nothing is built.
  if (process.platform !== "linux") return work();
  // Addresses are short.
  const id = createHash("sha256").update(name).digest("hex").slice(0, 24);
  const address = `\0telemetry-pipelines-${process.getuid()}-${id}`;
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

function listen(address) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((connection) => connection.destroy());
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

module.exports = { withLock };
