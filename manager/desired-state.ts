import type { KubeConfig } from "@kubernetes/client-node";
import { fingerprint, readInputs, type InputFile, type InputPlace, type Inputs } from "./stack-inputs";
import { blame, refusal, type Refusal } from "./pipeline-objects";
import { ObjectWatch, objectFile, type FoundPipeline } from "./watch/watch-objects";
import { SecretWatch } from "./watch/watch-secrets";

/** A pipeline of the cluster that takes no part, or takes part. */
export interface JudgedPipeline {
  readonly found: FoundPipeline;
  readonly refusal?: Refusal;
}

export interface Wanted {
  /** Without pipelines that are refused. */
  readonly inputs: Inputs;
  readonly fingerprint: string;
  readonly pipelines: readonly JudgedPipeline[];
}

/** What the users of a stack want, wherever they have written it. */
export class WantedState {
  private readonly secrets: SecretWatch;
  private readonly objects: ObjectWatch | undefined;
  /** Pipelines that only an update has shown to be wrong, by their files; forgotten when anything changes. */
  private blamed: { readonly everything: string; readonly refusals: ReadonlyMap<string, Refusal> } | undefined;
  /** What was found out about files, which are looked at every second. */
  private known = new Map<string, Refusal | undefined>();

  constructor(
    config: KubeConfig,
    private readonly place: InputPlace,
    watchObjects: boolean,
    tell: { readonly change: () => void; readonly trouble: (problem: string) => void },
  ) {
    this.secrets = new SecretWatch(config, tell);
    this.objects = watchObjects ? new ObjectWatch(config, tell) : undefined;
  }

  async start(): Promise<void> {
    await this.objects?.start();
  }

  /** Everything as it is now. */
  async look(): Promise<Wanted> {
    const found = this.objects?.found() ?? [];
    const all = readInputs(this.place, found.map(objectFile));
    await this.secrets.follow(all.secrets);
    const contents = this.secrets.fingerprints();
    const everything = fingerprint(all, contents);
    const pipelines = found.map((one): JudgedPipeline => {
      const reason = this.judge(objectFile(one), everything, contents.join());
      return { found: one, ...(reason && { refusal: reason }) };
    });
    const accepted = pipelines.filter(({ refusal }) => refusal === undefined).map(({ found }) => objectFile(found));
    const inputs = { ...all, objects: accepted };
    return { inputs, fingerprint: fingerprint(inputs, contents), pipelines };
  }

  /** Takes those pipelines of the cluster out that a refused update was the fault of. False when it was none of them. */
  async blame(message: string): Promise<boolean> {
    const { inputs } = await this.look();
    const found = blame(
      message,
      inputs.objects.map(({ path }) => path),
    );
    if (found.size === 0) return false;
    const all = readInputs(this.place, (this.objects?.found() ?? []).map(objectFile));
    const everything = fingerprint(all, this.secrets.fingerprints());
    const before = this.blamed?.everything === everything ? this.blamed.refusals : new Map<string, Refusal>();
    this.blamed = { everything, refusals: new Map([...before, ...found]) };
    return true;
  }

  stop(): void {
    this.secrets.stop();
    this.objects?.stop();
  }

  private judge(file: InputFile, everything: string, secrets: string): Refusal | undefined {
    const blamed = this.blamed?.everything === everything ? this.blamed.refusals.get(file.path) : undefined;
    if (blamed) return blamed;
    const key = JSON.stringify([file, secrets]);
    if (!this.known.has(key)) {
      // Only what is looked at now has to be remembered; many are forgotten at once, rarely.
      if (this.known.size > mostKnown) this.known.clear();
      this.known.set(key, refusal(file, this.secrets.read, new Date()));
    }
    return this.known.get(key);
  }
}

const mostKnown = 1000;
