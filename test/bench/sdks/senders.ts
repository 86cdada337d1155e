import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../../cluster/helpers";

export const languages = ["go", "python", "node", "java"] as const;
type Language = (typeof languages)[number];

/** The folder in which senders are built, outside the checkout. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "sdks-"));

  constructor() {
    for (const language of languages) {
      cpSync(join(__dirname, language), join(this.folder, language), { recursive: true });
    }
  }

  /** Builds the sender of a language from pinned packages, and returns the command that runs it. */
  async build(language: Language): Promise<readonly string[]> {
    const folder = join(this.folder, language);
    const run = (program: string, ...args: string[]): Promise<string> =>
      must(program, args, { cwd: folder, timeout: 600_000 });
    switch (language) {
      case "go":
        await run("go", "build", "-o", "sender", ".");
        return [join(folder, "sender")];
      case "python":
        await run("python3", "-m", "venv", "venv");
        await run(join(folder, "venv/bin/pip"), "install", "--quiet", "--requirement", "requirements.txt");
        return [join(folder, "venv/bin/python"), join(folder, "sender.py")];
      case "node":
        await run("npm", "ci", "--ignore-scripts");
        return [process.execPath, join(folder, "sender.mjs")];
      case "java":
        await run("mvn", "--quiet", "--batch-mode", "package", "dependency:copy-dependencies");
        return ["java", "-cp", `${folder}/target/sender-1.jar:${folder}/target/dependency/*`, "Sender"];
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A process on a node's network that makes twenty spans a second. */
export class Sender {
  private output = "";
  private readonly ended: Promise<void>;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.on("data", (data: Buffer) => (this.output += data.toString()));
    child.stderr?.on("data", (data: Buffer) => (this.output += data.toString()));
    this.ended = new Promise((done) => child.on("exit", () => done()));
  }

  /** Starts a sender on the network of the machine whose first process is `pid`. */
  static start(name: string, command: readonly string[], pid: number, protocol: string, endpoint: string): Sender {
    const args = [`--net=/proc/${pid}/ns/net`, ...command, protocol, endpoint, name];
    return new Sender(name, spawn("nsenter", args, { stdio: "pipe" }));
  }

  /** Ends the sender in good order, and returns the number of spans that the application has made. */
  async stop(): Promise<number> {
    this.child.stdin?.end();
    await this.ended;
    const [, sent] = /^sent (\d+)$/m.exec(this.output) ?? [];
    if (sent === undefined) throw new Error(`${this.name} ended without a count:\n${this.output.slice(-2000)}`);
    return Number(sent);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
