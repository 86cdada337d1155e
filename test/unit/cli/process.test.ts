import assert from "node:assert/strict";
import { spawn } from "node:child_process";

const script = `
  import { cleanUp, run } from "./lab/host/process.ts";
  const show = (text) => run("sh", ["-c", "echo " + text], { output: "show" });
  try {
    console.log("begun");
    await run("sleep", ["30"]);
  } catch (error) {
    console.log(error.message);
    await cleanUp(async () => void (await show("cleaned")));
    await show("after").catch(() => console.log("nothing more"));
  }
`;

describe("a task that is interrupted", () => {
  it("ends its programs and cleans up, and does nothing else", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
    let printed = "";
    child.stdout.on("data", (text: Buffer) => {
      printed += text.toString();
      if (printed === "begun\n") setTimeout(() => child.kill("SIGINT"), 300);
    });
    await new Promise((done) => child.on("close", done));
    assert.equal(printed, "begun\ninterrupted\ncleaned\nnothing more\n");
  });
});
