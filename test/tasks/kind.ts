import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { images } from "../../components/contract";
import {
  clusterTargets,
  engineTargets,
  ensureBuilt,
  goEnvironment,
  imageTargets,
  kindTestTargets,
  kubernetesVersions,
} from "../../lab";
import { ensurePackages } from "../../lab/debian";
import { bin, clusterState, Failure, local, must, root } from "../../lab/host";

const folder = join(local, "kind");
const nodeImage = "docker.io/kindest/node:test";

/** Packages of kind's nodes, besides the built programs: see the Dockerfile of kind's base image. */
const nodePackages =
  "systemd,conntrack,iptables,nftables,iproute2,ethtool,util-linux,mount,kmod,libseccomp2,jq,procps,ca-certificates";

/** Images of pods that kind's nodes would pull: name, program, and the program's path in the image. */
const podImages = [
  [images.collector, "otelcol-contrib", "/otelcol-contrib"],
  [images.prometheus, "prometheus", "/bin/prometheus"],
  [images.telemetrygen, "telemetrygen", "/telemetrygen"],
] as const;

/** Tests `npm start` by kind with podman, on a machine without a registry. Takes about ten minutes on two cores. */
export async function run(): Promise<number> {
  if (process.getuid?.() !== 0) throw new Failure("This test makes namespaces and mounts, for which it needs root.");
  if (existsSync(clusterState)) throw new Failure("A local cluster exists. Remove it first: npm run cluster:down");
  await ensurePackages(["podman", "crun", "netavark", "aardvark-dns", "iptables", "jq", "mmdebstrap"]);
  await ensureBuilt([...clusterTargets, ...imageTargets, ...engineTargets, ...kindTestTargets]);
  await prepare();
  const sandbox = (script: string, args: readonly string[]): Promise<unknown> =>
    must(join(root, "test/kind/sandbox.sh"), [folder, join(root, "test/kind", script), folder, ...args], {
      cwd: root,
      output: "show",
    });
  try {
    await sandbox("node-image.sh", [bin, await kindSource(), nodeImage, kubernetesVersions.newest]);
    await sandbox("scenario.sh", [nodeImage]);
    return 0;
  } finally {
    rmSync(join(folder, "storage"), { recursive: true, force: true });
    rmSync(clusterState, { recursive: true, force: true });
  }
}

async function prepare(): Promise<void> {
  rmSync(join(folder, "bin"), { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const name of ["kind", "kubeadm"]) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join(bin, name), join(folder, name));
  }
  for (const name of ["node", "npm", "npx"])
    symlinkSync(join(dirname(process.execPath), name), join(folder, "bin", name));
  const lines = podImages.map(([name, program, path]) => `${name}=${join(bin, program)}=${path}\n`);
  writeFileSync(join(folder, "images"), lines.join(""));
  const rootArchive = join(folder, "root.tar");
  if (existsSync(rootArchive)) return;
  console.log("Making a Debian root for the nodes");
  const part = `${rootArchive}.part.tar`;
  const options = ["--mode=root", "--variant=minbase", `--include=${nodePackages}`, "--dpkgopt=force-unsafe-io"];
  await must("mmdebstrap", [...options, "bookworm", part]);
  await must("mv", [part, rootArchive]);
}

/** The folder with kind's source, which has the files of its node image. */
async function kindSource(): Promise<string> {
  const list = ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind"];
  const { stdout } = await must("go", list, { cwd: join(root, "lab/modules/kind"), env: goEnvironment(false) });
  return stdout.trim();
}
