import { ensurePackages } from "./debian";
import { Failure, findOnPath } from "../cli/process";

/** Programs that show a page without a screen, the smallest first. */
const programs = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** A browser of this machine, if it has one. */
export function findBrowser(searchPath = process.env.PATH): string | undefined {
  return programs.map((program) => findOnPath(program, searchPath)).find((path) => path !== undefined);
}

/** A browser, installed if there is none. */
export async function ensureBrowser(): Promise<string> {
  const there = findBrowser();
  if (there !== undefined) return there;
  // Without any font, a browser shows no text at all.
  await ensurePackages(["chromium-headless-shell", "fonts-dejavu-core"]);
  const installed = findBrowser();
  if (installed === undefined) throw new Failure("There is no browser to look at pages with. Install Chromium.");
  return installed;
}
