import { setTimeout as sleep } from "node:timers/promises";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeNamespaces, putSecret, removeNamespaces } from "../../e2e/support/probe";
import { Stack } from "../../e2e/support/stack";
import type { Edit, Edited } from "./edit";
import { crashesIn, faultsOfRefusal, shownCredentials } from "./invariants";
import { manifestsOf } from "./manifests";
import { changesBetween, everything, faultsOfWorkloads } from "./running";
import { allPipelines, describeScene, filesFolder, type Scene } from "./scene";
import { secretContent, secretName, secretNamespace } from "./texts";

interface Resource {
  readonly urn: string;
  readonly [key: string]: unknown;
}

/** A stack on the real engine and cluster, with the current configuration of its user. */
export class EditedStack {
  private readonly stack = new Stack({});
  private readonly folder = mkdtempSync(join(tmpdir(), "telemetry-edits-"));
  private cluster: Readonly<Record<string, string>> = {};
  private state: Readonly<Record<string, string>> = {};
  private acceptedSteps = 0;

  constructor(private scene: Scene) {}

  async begin(): Promise<void> {
    await makeNamespaces(secretNamespace);
    await putSecret(secretNamespace, secretName, secretContent);
    await this.stack.create();
    this.write(this.scene);
    await this.stack.up();
    await this.look();
  }

  async end(): Promise<void> {
    this.write({ configuration: { ...this.scene.configuration, protect: false }, files: this.scene.files });
    await this.stack.tryUp();
    await this.stack.destroy();
    this.stack.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    await removeNamespaces(secretNamespace);
  }

  /** Applies an edit to the configuration without an update. */
  skip({ apply }: Edit): void {
    const { scene, verdict } = apply(this.current());
    if (verdict.accepted) this.scene = scene;
  }

  /** Makes an edit. If an invariant does not hold, throws with all data that is needed to repeat the edit. */
  async step({ name, apply }: Edit): Promise<void> {
    const before = this.current();
    const edited = apply(before);
    this.write(edited.scene);
    const { code, output } = await this.stack.tryUp();
    const faults = edited.verdict.accepted
      ? await this.faultsOfAccepted(edited, code, output)
      : await this.faultsOfRefused(edited, code, output);
    if (faults.length > 0) {
      await this.restore(before);
      throw new Error(
        [`${name}:`, ...faults.map((fault) => `- ${fault}`), "", output, "", describeScene(edited.scene)].join("\n"),
      );
    }
    if (edited.verdict.accepted) this.scene = edited.scene;
  }

  private async faultsOfAccepted({ scene }: Edited, code: number, output: string): Promise<string[]> {
    if (code !== 0) return [...crashesIn(output), ...shownCredentials(output), `is refused (exit code ${code})`];
    const faults = [...crashesIn(output), ...shownCredentials(output), ...(await lastingFaults(scene))];
    await this.look();
    return [...faults, ...(this.acceptedSteps++ % 4 === 0 ? await this.faultsOfRest() : [])];
  }

  /** Runs the slow checks, in some of the steps. */
  private async faultsOfRest(): Promise<string[]> {
    const preview = await this.stack.preview("--expect-no-changes");
    return [
      ...(preview.code === 0 ? [] : [`another update has something to change:\n${preview.output}`]),
      ...shownCredentials(await this.stack.state()).map((fault) => `the state ${fault}`),
    ];
  }

  private async faultsOfRefused({ verdict }: Edited, code: number, output: string): Promise<string[]> {
    if (verdict.accepted) return [];
    const { cluster, state } = this;
    const accepted = code === 0 ? ["is accepted"] : [];
    await this.look();
    const byCluster = verdict.by === "cluster";
    // The pod that validates needs the credentials, and the next update removes them.
    const expected = /^Secret telemetry\/telemetry-credentials-[0-9a-f]+ is new$/;
    const changes = changesBetween(cluster, this.cluster).filter((change) => !byCluster || !expected.test(change));
    return [
      ...accepted,
      ...(byCluster
        ? [...crashesIn(output), ...shownCredentials(output)]
        : faultsOfRefusal(output, this.placed(verdict.at))),
      ...changes.map((change) => `half applied, in the cluster: ${change}`),
      ...(byCluster ? [] : changesBetween(state, this.state).map((change) => `half applied, in the state: ${change}`)),
    ];
  }

  private async restore(scene: Scene): Promise<void> {
    this.write(scene);
    const { code, output } = await this.stack.tryUp();
    if (code !== 0) throw new Error(`an earlier good configuration is refused now:\n${output}`);
    await this.look();
  }

  /** Returns the current configuration. An edit turns the proof on for one update only. */
  private current(): Scene {
    const { verification, ...configuration } = this.scene.configuration;
    void verification;
    return { ...this.scene, configuration };
  }

  private async look(): Promise<void> {
    this.cluster = await everything();
    const { deployment } = JSON.parse(await this.stack.state("--show-secrets")) as {
      deployment: { resources: Resource[]; pending_operations?: unknown[] };
    };
    const resources = deployment.resources.map(({ urn, created, modified, outputs, ...rest }, i): [string, string] => {
      void [created, modified];
      // The engine empties a component's outputs before its code runs. They are copies of other resources' outputs.
      const kept = rest.custom === true ? { ...rest, outputs } : rest;
      return [`${urn} ${rest.delete === true ? i : ""}`, JSON.stringify(kept)];
    });
    this.state = Object.fromEntries([...resources, ["pending", JSON.stringify(deployment.pending_operations ?? [])]]);
  }

  private write({ configuration, files }: Scene): void {
    mkdirSync(this.folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    this.stack.configure(JSON.parse(this.placed(JSON.stringify(configuration))) as Record<string, unknown>);
  }

  private placed(text: string): string {
    return text.replaceAll(filesFolder, this.folder);
  }
}

/** Returns the faults that last: the engine does not wait until the last old pod is removed. */
async function lastingFaults(scene: Scene): Promise<string[]> {
  const find = (): Promise<string[]> => faultsOfWorkloads(scene, allPipelines(scene, manifestsOf));
  let faults = await find();
  for (let seconds = 0; faults.length > 0 && seconds < 30; seconds++) {
    await sleep(1000);
    faults = await find();
  }
  return faults;
}
