import { ensurePackages } from "./debian";
import { Failure, findOnPath } from "./host";

/** Browsers that work without a screen, the smallest first. */
const programs = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** Finds a browser on this machine. */
export function findBrowser(searchPath = process.env.PATH): string | undefined {
  return programs.map((program) => findOnPath(program, searchPath)).find((path) => path !== undefined);
}

/** Finds a browser, and installs one if the machine has none. */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found !== undefined) return found;
  // Without any font, a browser shows no text at all.
  await ensurePackages(["chromium-headless-shell", "fonts-dejavu-core"]);
  const installed = findBrowser();
  if (installed === undefined)
    throw new Failure("This machine has no browser, and the tests of pages need one. Install Chromium.");
  return installed;
}
