import { parseArgs } from "node:util";
import {
  chooseTools,
  clusterNeeds,
  describeTools,
  dropGoCaches,
  engineNeeds,
  ensureBuilt,
  imageNeeds,
  targetNames,
} from "../../lab";
import { bin } from "../../lab/host";
import { readArguments } from "../arguments";

const help = `npm run toolchain -- [TARGET]... [--drop-go-caches]

Builds the programs that this machine lacks, or the named targets in any case: ${targetNames.join(", ")}

  --drop-go-caches   afterwards, empty this user's build cache and module cache of Go (go clean -cache -modcache).
                     This frees most of the disk that building takes. Your other Go projects use these caches too.`;

export async function run(args: readonly string[]): Promise<number> {
  const { help: wantsHelp, dropCaches, named } = toolchainArguments(args);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  await ensureBuilt(named.length > 0 ? named : await lacking());
  console.log(`Programs: ${bin}`);
  if (dropCaches) await dropGoCaches();
  return 0;
}

function toolchainArguments(args: readonly string[]): { help: boolean; dropCaches: boolean; named: string[] } {
  return readArguments(help, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h", default: false },
        "drop-go-caches": { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const unknown = positionals.filter((name) => !targetNames.includes(name));
    if (unknown.length > 0) throw new Error(`Unknown target: ${unknown.join(", ")}`);
    return { help: values.help, dropCaches: values["drop-go-caches"], named: positionals };
  });
}

async function lacking(): Promise<string[]> {
  const tools = await chooseTools();
  const chosen = describeTools(tools);
  console.log(`${chosen.engine}\n${chosen.cluster}`);
  return [...clusterNeeds(tools), ...imageNeeds(tools), ...engineNeeds(tools)];
}
