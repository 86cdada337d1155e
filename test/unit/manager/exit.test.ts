import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Far more than a pipe holds (64 KiB). */
const program = `
const { exitWhenWritten } = await import("./manager/exit.ts");
for (const stream of [process.stdout, process.stderr]) stream.write("x".repeat(1_000_000) + "the end");
setInterval(() => undefined, 1000);
exitWhenWritten(7);
`;

describe("the exit of a program", () => {
  it("waits for readers that are slower than the output, and not for other work", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exited = once(child, "close");
    const texts = await Promise.all(
      [child.stdout, child.stderr].map(async (stream) => {
        await once(stream, "readable");
        await sleep(300);
        return stream.setEncoding("utf8").reduce((all: string, text: string) => all + text, "");
      }),
    );
    assert.deepEqual(
      texts.map((text) => [text.length, text.slice(-7)]),
      [
        [1_000_007, "the end"],
        [1_000_007, "the end"],
      ],
    );
    assert.deepEqual(await exited, [7, null]);
  });
});
