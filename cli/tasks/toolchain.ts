import { dropGoCaches, ensureBuilt } from "../../lab/build";
import { targets } from "../../lab/build/targets";
import { chooseTools, clusterNeeds, describeTools, engineNeeds, imageNeeds } from "../../lab/machine";
import { bin } from "../paths";
import { Failure } from "../process";

const help = `npm run toolchain -- [TARGET]... [--drop-go-caches]

Builds what this machine lacks, or the named targets whatever it has: ${targets.map(({ name }) => name).join(", ")}

  --drop-go-caches   when done, empty Go's build and module caches of this user (go clean -cache -modcache).
                     Frees most of the disk that building takes. Your other Go projects use these caches too.`;

export async function run(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = args.filter((arg) => arg !== "--drop-go-caches" && !targets.some(({ name }) => name === arg));
  if (unknown.length > 0) throw new Failure(`unknown: ${unknown.join(", ")}\n\n${help}`);
  await ensureBuilt(names.length > 0 ? names : await lacking());
  console.log(`Programs: ${bin}`);
  if (args.includes("--drop-go-caches")) await dropGoCaches();
  return 0;
}

async function lacking(): Promise<string[]> {
  const tools = await chooseTools();
  const said = describeTools(tools);
  console.log(`${said.engine}\n${said.cluster}`);
  return [...clusterNeeds(tools), ...imageNeeds(tools), ...engineNeeds(tools)];
}
