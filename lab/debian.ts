import { existsSync } from "node:fs";
import { Failure, findOnPath, must } from "./host";

/** Debian packages, each with a command or file that shows that the machine has its content, from any source. */
const signs = {
  gcc: { command: "gcc" },
  "libc6-dev": { file: "/usr/include/stdlib.h" },
  "libseccomp-dev": { file: "/usr/include/seccomp.h" },
  "pkg-config": { command: "pkg-config" },
  nftables: { command: "nft" },
  iproute2: { command: "ip" },
  podman: { command: "podman" },
  crun: { command: "crun" },
  netavark: { file: "/usr/lib/podman/netavark" },
  "aardvark-dns": { file: "/usr/lib/podman/aardvark-dns" },
  iptables: { command: "iptables" },
  jq: { command: "jq" },
  mmdebstrap: { command: "mmdebstrap" },
  "chromium-headless-shell": { command: "chromium-headless-shell" },
  "fonts-dejavu-core": { file: "/usr/share/fonts/truetype/dejavu" },
} as const satisfies Record<string, { command: string } | { file: string }>;

export type Package = keyof typeof signs;

const systemPath = "/usr/local/sbin:/usr/sbin:/sbin";

function isThere(name: Package): boolean {
  const sign = signs[name];
  if ("file" in sign) return existsSync(sign.file);
  return findOnPath(sign.command, `${process.env.PATH}:${systemPath}`) !== undefined;
}

export function missingPackages(wanted: readonly Package[], there: (name: Package) => boolean = isThere): Package[] {
  return [...new Set(wanted)].filter((name) => !there(name));
}

/** Installs missing packages where no password is needed. Otherwise fails with the command to run. */
export async function ensurePackages(wanted: readonly Package[]): Promise<void> {
  const missing = missingPackages(wanted);
  if (missing.length === 0) return;
  const names = missing.join(" ");
  const aptGet = findOnPath("apt-get");
  if (!aptGet) throw new Failure(`Programs or libraries are missing. Install them (the names are Debian's): ${names}`);
  if (process.getuid?.() !== 0) {
    throw new Failure(`Debian packages are missing. Install them:\n\n  sudo apt-get install ${names}\n`);
  }
  console.log(`Installing Debian packages: ${names}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await must(aptGet, ["update"], { env });
  await must(aptGet, ["install", "-y", "--no-install-recommends", ...missing], { env });
  const still = missingPackages(missing);
  if (still.length > 0)
    throw new Failure(
      `apt-get installed ${names}, but the content of these packages is not found: ${still.join(" ")}. Is it on the PATH?`,
    );
}
