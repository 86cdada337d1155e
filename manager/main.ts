import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadKubeConfig } from "../components/cluster-access";
import { exitWhenWritten } from "./exit";
import { managerSettings, usage } from "./manager-settings";
import { StackManager } from "./stack-manager";

/** The kubelet writes this file to every pod with a token. */
const podNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const settings = managerSettings(args, resolve(__dirname, ".."), podNamespace());
  const manager = new StackManager(loadKubeConfig({}), settings, (line) => {
    console.log(`${new Date().toISOString()} ${line}`);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => manager.stop());
  return manager.run();
}

function podNamespace(): string | undefined {
  try {
    return readFileSync(podNamespaceFile, "utf8").trim();
  } catch {
    return undefined;
  }
}

main().then(exitWhenWritten, (error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  exitWhenWritten(1);
});
