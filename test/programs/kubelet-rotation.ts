import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** The number of a container's files that the kubelet keeps by default, including the current one (`containerLogMaxFiles`). */
const mostFiles = 5;

/**
 * Rotates the file of a container with the steps of the kubelet, in its order (`rotateLog` of its container log manager):
 * delete remains of a failed rotation, delete the oldest files, compress the others, then rename the file.
 * So the newest rotated file is text, and all older ones are compressed.
 */
export function rotateAsKubelet(folder: string, file: string, time: string): void {
  const all = readdirSync(folder).filter((name) => name.startsWith(`${file}.`));
  const isLeft = (name: string): boolean => name.endsWith(".tmp") || all.includes(`${name}.gz`);
  const remove = (name: string): void => {
    rmSync(join(folder, name));
  };
  all.filter(isLeft).forEach(remove);
  const rotated = all.filter((name) => !isLeft(name)).sort();
  // Two more follow: the file that is renamed now, and its successor.
  const kept = rotated.slice(Math.max(0, rotated.length - (mostFiles - 2)));
  rotated.filter((name) => !kept.includes(name)).forEach(remove);
  for (const name of kept.filter((one) => !one.endsWith(".gz"))) {
    const path = join(folder, name);
    writeFileSync(`${path}.tmp`, gzipSync(readFileSync(path)));
    renameSync(`${path}.tmp`, `${path}.gz`);
    remove(name);
  }
  renameSync(join(folder, file), join(folder, `${file}.${time}`));
}
