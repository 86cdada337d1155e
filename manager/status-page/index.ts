import { pipelineId } from "../../components/contract";
import { type FlowSample, type FlowTargets, type PipelineStatus } from "../../components/verification";
import { html, trusted, type Html } from "./html";
import { looks, styles } from "./appearance";
import { plural, seconds, utc } from "./numbers";
import { pipelineTable, remedies, verdict } from "./pipeline-section";
import { podCards } from "./pod-section";
import { podFlows, prominent } from "./series";

/** Everything that a page shows. */
export interface StatusPageData {
  /** The name of the stack. */
  readonly stack: string;
  /** The name by which users know the cluster, such as the context of a kubeconfig. */
  readonly cluster?: string;
  /** The time at which the page was made, by RFC 3339. */
  readonly madeAt: string;
  /** The stack's output `verification`. */
  readonly targets: FlowTargets;
  readonly pipelines: readonly PipelineStatus[];
  /** The samples of one check; see `Watching`. */
  readonly samples: readonly FlowSample[];
}

/**
 * Makes a page with the state of a stack's pipelines: HTML that has no scripts and loads nothing. The same data always give
 * the same text.
 */
export function statusPage(data: StatusPageData): string {
  const { stack, cluster, madeAt, targets, pipelines, samples } = data;
  const pods = podFlows(samples, targets);
  const backends = new Map(targets.pipelines.map((target) => [pipelineId(target), target.backend]));
  const shown = prominent(pods, targets.pipelines.map(pipelineId), looks.length);
  const looked = Math.max(0, ...samples.map(({ at }) => at));
  const looksTaken = Math.max(0, ...pods.map(({ pod }) => samples.filter((sample) => sample.pod === pod).length));
  const { status, text } = verdict(pipelines);
  const window = samples.length === 0 ? "nothing could be read" : `${seconds(looked)}, ${plural(looksTaken, "look")}`;

  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${text}: ${stack}</title>
        <style>
          ${trusted(styles)}
        </style>
      </head>
      <body>
        <main>
          <header class="card">
            <div class="head">
              <h1>Telemetry pipelines</h1>
              ${status}
            </div>
            <dl class="facts">
              ${fact("Stack", stack)} ${cluster === undefined ? undefined : fact("Cluster", cluster)}
              ${fact("Namespace", targets.namespace)} ${fact("Made", utc(madeAt))} ${fact("Window", window)}
              ${fact("Pods", String(pods.length))}
            </dl>
          </header>
          <section aria-labelledby="pipelines">
            <h2 id="pipelines">Pipelines</h2>
            ${pipelineTable(pipelines, { backends, pods, shown })}
          </section>
          ${remedies(pipelines)}
          <section aria-labelledby="pods">
            <h2 id="pods">Pods</h2>
            ${podCards(pods, { shown, looked })}
          </section>
          <footer>
            <p class="muted small">
              Counts come from the collectors' own metrics in this window. They include canaries: at each look, each pod
              sends one item for each pipeline, until the verdict is certain. This page is a snapshot.
            </p>
          </footer>
        </main>
      </body>
    </html> `.text;
}

function fact(name: string, value: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
