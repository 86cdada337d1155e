// eslint-disable-next-line no-restricted-imports -- the door takes 0.2 s, and only some tasks need the rest of it
import { exitWhenWritten } from "../manager/exit";
import { endBackground, Failure, Interrupted } from "../lab/host";
import { tasks } from "./tasks";

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
  const task = tasks[name ?? ""];
  if (!task) {
    if (name) console.error(`error: there is no task "${name}".`);
    console.error("Tasks, each run by `npm run NAME` (options after --):\n");
    for (const [known, { summary }] of Object.entries(tasks)) console.error(`  ${known.padEnd(14)} ${summary}`);
    return 2;
  }
  const { run } = await task.load();
  // A task without a parameter would ignore its arguments without a message.
  if (run.length === 0 && args.length > 0) {
    throw new Failure(`npm run ${name} takes no options, but got: ${args.join(" ")}. Leave them out.`);
  }
  return run(args);
}

main().then(exitWhenWritten, (error: unknown) => {
  endBackground();
  if (error instanceof Interrupted) {
    console.error("\ninterrupted");
    return exitWhenWritten(error.code);
  }
  // A Failure states problem and remedy. Any other error is a defect, and its stack shows the place.
  console.error(error instanceof Failure ? `\nerror: ${error.message}` : error);
  exitWhenWritten(1);
});
