import type { KubeConfig } from "@kubernetes/client-node";
import type { Finding } from "../components/schema";
import { refusal, refusalsOf, type Refusal } from "./pipeline-objects";
import { fingerprint, readInputs, type InputFile, type InputPlace, type Inputs } from "./stack-inputs";
import { ObjectWatch, objectFile, type FoundPipeline, MonitorWatch, SecretWatch } from "./watch";

/** A pipeline object, and why it is not part of updates, if it is not. */
export interface CheckedPipeline {
  readonly found: FoundPipeline;
  readonly refusal?: Refusal;
}

/** The state that the users of a stack want. */
export interface DesiredState {
  /** All inputs except refused pipeline objects. */
  readonly inputs: Inputs;
  readonly fingerprint: string;
  readonly pipelines: readonly CheckedPipeline[];
}

/** Everything that was read at one moment, refused objects included. */
interface All {
  readonly objects: readonly { readonly found: FoundPipeline; readonly file: InputFile }[];
  readonly inputs: Inputs;
  /** Fingerprints of the contents of Secrets and monitors. */
  readonly contents: readonly string[];
  readonly ofAll: string;
}

/** Reads the desired state of a stack from its files, from Secrets and from pipeline objects. */
export class DesiredStateReader {
  private readonly secrets: SecretWatch;
  private readonly monitors: MonitorWatch;
  private readonly objects: ObjectWatch | undefined;
  /** The objects that only an update could show to be wrong, by their files. Any change of the inputs discards them. */
  private excluded: { readonly all: string; readonly refusals: ReadonlyMap<string, Refusal> } | undefined;
  /** Results of earlier checks: the inputs are read every second. */
  private checked = new Map<string, Refusal | undefined>();

  constructor(
    config: KubeConfig,
    private readonly place: InputPlace,
    watchObjects: boolean,
    handlers: { readonly onChange: () => void; readonly onProblem: (problem: string) => void },
  ) {
    this.secrets = new SecretWatch(config, handlers);
    this.monitors = new MonitorWatch(config, handlers);
    this.objects = watchObjects ? new ObjectWatch(config, handlers) : undefined;
  }

  async start(): Promise<void> {
    await this.objects?.start();
  }

  /** Reads the desired state as it is now. */
  async read(): Promise<DesiredState> {
    return this.select(await this.readAll());
  }

  /** Excludes the pipeline objects that the findings of a refused update are about. Returns false if there are none. */
  async exclude(findings: readonly Finding[]): Promise<boolean> {
    const all = await this.readAll();
    const { inputs } = this.select(all);
    const found = refusalsOf(
      findings,
      inputs.objects.map(({ path }) => path),
    );
    if (found.size === 0) return false;
    const { ofAll } = all;
    const before = this.excluded?.all === ofAll ? this.excluded.refusals : new Map<string, Refusal>();
    this.excluded = { all: ofAll, refusals: new Map([...before, ...found]) };
    return true;
  }

  stop(): void {
    this.secrets.stop();
    this.monitors.stop();
    this.objects?.stop();
  }

  private async readAll(): Promise<All> {
    const objects = (this.objects?.found() ?? []).map((found) => ({ found, file: objectFile(found) }));
    const inputs = readInputs(
      this.place,
      objects.map(({ file }) => file),
    );
    const { secretNamespaces, inputs: wanting } = inputs.monitors;
    await this.monitors.follow(wanting);
    await this.secrets.follow([...inputs.secrets, ...this.monitors.secrets(secretNamespaces)]);
    const contents = [...this.secrets.fingerprints(), ...this.monitors.fingerprints()];
    return { objects, inputs, contents, ofAll: fingerprint(inputs, contents) };
  }

  /** Leaves out the objects that are refused. */
  private select({ objects, inputs: all, contents, ofAll }: All): DesiredState {
    const checked = objects.map(({ found, file }) => ({
      found,
      file,
      refusal: this.check(file, ofAll, contents.join()),
    }));
    const accepted = checked.filter(({ refusal }) => refusal === undefined).map(({ file }) => file);
    const inputs = { ...all, objects: accepted };
    return {
      inputs,
      fingerprint: fingerprint(inputs, contents),
      pipelines: checked.map(({ found, refusal }) => ({ found, ...(refusal && { refusal }) })),
    };
  }

  private check(file: InputFile, ofAll: string, secrets: string): Refusal | undefined {
    const excluded = this.excluded?.all === ofAll ? this.excluded.refusals.get(file.path) : undefined;
    if (excluded) return excluded;
    const key = JSON.stringify([file, secrets]);
    if (!this.checked.has(key)) {
      // Only results for the current objects are needed. Rarely discarding all of them is simpler than discarding each.
      if (this.checked.size > mostChecked) this.checked.clear();
      this.checked.set(key, refusal(file, this.secrets.read, new Date()));
    }
    return this.checked.get(key);
  }
}

const mostChecked = 1000;
