import { reasonRow } from "../../components/verification";
import { html, type Html } from "./html";
import { legend, lookOf } from "./legend";
import { othersLook } from "./appearance";
import { bytes, count, percent, plural, seconds, short } from "./numbers";
import { drawPlot, type Plot, type PlotLine } from "./plot";
import { lostBy, sum, type PipelineFlow, type PodFlow, type Point } from "./series";

export interface PodContext {
  /** The pipelines that have their own lines. */
  readonly shown: readonly string[];
  /** The length of the window, in seconds. */
  readonly looked: number;
}

/** The most pods that get plots: more would make the page long and no clearer. */
const mostPlotted = 24;

/** Shows pods with their plots, and in large clusters the rest as a table. */
export function podCards(pods: readonly PodFlow[], context: PodContext): Html {
  if (pods.length === 0) {
    return html`<p class="card">
      The metrics of no pod could be read, so there is nothing to show.
      ${reasonRow("TelemetryFlowHealthy", "GatewayProbingFailed")?.remedy}
    </p>`;
  }
  const rest = pods.slice(mostPlotted);
  return html`${pods.slice(0, mostPlotted).map((pod, i) => card(pod, `pod-${i + 1}`, context))}
  ${rest.length > 0 ? furtherPods(rest) : undefined}`;
}

function card({ pod, node, collector, flows, seconds: observed }: PodFlow, id: string, context: PodContext): Html {
  return html`<article class="card pod" data-pod="${pod}">
    <header>
      <h3 class="id">${node ?? pod}</h3>
      <span class="muted small id">${collector}${node === undefined ? "" : `, pod ${pod}`}</span>
    </header>
    ${legend(
      flows.map(({ pipeline }) => pipeline),
      context.shown,
    )}
    <div class="plots">
      ${figure("Delivered, items per second", delivered(flows, id, context))}
      ${figure("Lost, items", lost(flows, id, context))} ${figure("Queue use", queueUse(flows, id, context))}
    </div>
    <details>
      <summary>The same as a table</summary>
      ${numbers(flows, observed)}
    </details>
  </article>`;
}

function figure(caption: string, content: Html): Html {
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${content}
  </figure>`;
}

const calm = (text: string): Html => html`<div class="calm">${text}</div>`;

function delivered(flows: readonly PipelineFlow[], id: string, context: PodContext): Html {
  const items = sum(flows.map(({ sent }) => sent));
  if (items === 0) return calm("Nothing was delivered");
  const best = Math.max(...flows.flatMap(({ points }) => points.flatMap(({ rate }) => rate ?? [])));
  return drawPlot({
    ...common(`${id}-delivered`, context),
    title: "Items that backends took each second, by pipeline",
    description: `${plural(items, "item")} in ${seconds(context.looked)}; at most ${short(best)} a second for one pipeline.`,
    kind: "lines",
    unit: "number",
    lines: lines(flows, context, ({ rate }) => rate, sumOfKnown),
  });
}

function lost(flows: readonly PipelineFlow[], id: string, context: PodContext): Html {
  const items = sum(flows.map(lostBy));
  if (items === 0) return calm("Nothing was lost");
  const losers = flows.filter((flow) => lostBy(flow) > 0);
  return drawPlot({
    ...common(`${id}-lost`, context),
    title: "Items that were lost at each look, by pipeline",
    description: `${plural(items, "item")} in ${seconds(context.looked)}: ${losers
      .map((flow) => `${count(lostBy(flow))} of ${flow.pipeline}`)
      .join(", ")}.`,
    kind: "bars",
    unit: "number",
    lines: lines(losers, context, ({ lost: amount }) => amount, sumOfKnown),
  });
}

function queueUse(flows: readonly PipelineFlow[], id: string, context: PodContext): Html {
  const fullest = flows.flatMap((flow) => flow.fullest ?? []);
  if (fullest.length === 0) return calm("The sizes of the queues are unknown");
  return drawPlot({
    ...common(`${id}-queue`, context),
    title: "Part of each pipeline's queue that is in use",
    description: `At most ${percent(Math.max(...fullest))}.`,
    kind: "lines",
    unit: "share",
    lines: lines(flows, context, ({ use }) => use, maximum),
  });
}

const common = (id: string, { looked }: PodContext): Pick<Plot, "id" | "seconds"> => ({ id, seconds: looked });

type Merge = (values: readonly number[]) => number | undefined;
const sumOfKnown: Merge = (values) => (values.length === 0 ? undefined : sum(values));
const maximum: Merge = (values) => (values.length === 0 ? undefined : Math.max(...values));

/** Makes a line for each pipeline that has its own, and one line for all others together. */
function lines(
  flows: readonly PipelineFlow[],
  { shown }: PodContext,
  value: (point: Point) => number | undefined,
  merge: Merge,
): PlotLine[] {
  const own = flows.filter(({ pipeline }) => shown.includes(pipeline));
  const others = flows.filter(({ pipeline }) => !shown.includes(pipeline));
  const together = others[0]?.points.map(({ at }, i): [number, number | undefined] => [
    at,
    merge(others.flatMap(({ points }) => (points[i] && value(points[i])) ?? [])),
  ]);
  return [
    ...own.map(({ pipeline, points }) => ({
      look: lookOf(pipeline, shown),
      points: points.map((point): [number, number | undefined] => [point.at, value(point)]),
    })),
    ...(together ? [{ look: othersLook, points: together }] : []),
  ];
}

function numbers(flows: readonly PipelineFlow[], observed: number): Html {
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Pipeline</th>
        ${["Delivered", "Per second", "Given up", "Full queue", "Waiting", "Fullest queue"].map(
          (head) => html`<th role="columnheader" scope="col" class="number">${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${flows.map(
        ({ pipeline, sent, givenUp, queueRefused, queued, fullest }) =>
          html`<tr role="row">
            <th role="rowheader" scope="row" class="id">${pipeline}</th>
            ${number("Delivered", count(sent))} ${number("Per second", observed > 0 ? short(sent / observed) : "–")}
            ${number("Given up", count(givenUp))} ${number("Full queue", count(queueRefused))}
            ${number("Waiting", bytes(queued))}
            ${number("Fullest queue", fullest === undefined ? "–" : percent(fullest))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const number = (label: string, text: string): Html =>
  html`<td role="cell" data-label="${label}" class="number">${text}</td>`;

function furtherPods(pods: readonly PodFlow[]): Html {
  return html`<div class="card">
    <h3>${plural(pods.length, "further pod")}</h3>
    <table role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Node</th>
          <th role="columnheader" scope="col">Pod</th>
          ${["Delivered", "Lost", "Fullest queue"].map((head) => html`<th role="columnheader" scope="col" class="number">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${pods.map(({ node, pod, flows }) => {
          const fullest = flows.flatMap((flow) => flow.fullest ?? []);
          return html`<tr role="row" data-pod="${pod}">
            <th role="rowheader" scope="row" class="id">${node ?? "–"}</th>
            <td role="cell" data-label="Pod" class="id">${pod}</td>
            ${number("Delivered", count(sum(flows.map(({ sent }) => sent))))}
            ${number("Lost", count(sum(flows.map(lostBy))))}
            ${number("Fullest queue", fullest.length === 0 ? "–" : percent(Math.max(...fullest)))}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
