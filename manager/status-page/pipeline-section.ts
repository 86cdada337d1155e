import { columns, isWarning, type Condition, type PipelineStatus } from "../../components/verification";
import { breakable, html, type Html } from "./html";
import { signs, type Status } from "./appearance";
import { keyOf } from "./legend";
import { bytes, count, percent, plural, utc } from "./numbers";
import { lostBy, total, type PodFlow } from "./series";

/** The data that the table shows of each pipeline besides its conditions. */
export interface PipelineContext {
  /** `host:port` by pipeline. Missing if the address is a secret. */
  readonly backends: ReadonlyMap<string, string | undefined>;
  readonly pods: readonly PodFlow[];
  /** The pipelines that have their own lines in plots. */
  readonly shown: readonly string[];
}

/** Summarizes the page in a few words. */
export function verdict(pipelines: readonly PipelineStatus[]): { readonly text: string; readonly status: Html } {
  const unhealthy = pipelines.filter(({ healthy }) => !healthy).length;
  const unproven = pipelines.filter(({ conditions }) => conditions.some(({ status }) => status === "Unknown")).length;
  const all = plural(pipelines.length, "pipeline");
  const [status, text]: [Status, string] =
    pipelines.length === 0
      ? ["unknown", "No pipelines"]
      : unhealthy > 0
        ? ["bad", `${count(unhealthy)} of ${all} unhealthy`]
        : unproven > 0
          ? ["unknown", `${count(unproven)} of ${all} not proven`]
          : ["good", pipelines.length === 1 ? "The pipeline is healthy" : `All ${all} healthy`];
  return { text, status: html`<span class="chip large ${status}">${sign(status)}<span>${text}</span></span>` };
}

export function pipelineTable(pipelines: readonly PipelineStatus[], context: PipelineContext): Html {
  if (pipelines.length === 0) return html`<p class="card muted">The stack has no pipelines.</p>`;
  const heads = columns.map(([head]) => head.charAt(0) + head.slice(1).toLowerCase());
  return html`<div class="card">
    <table role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Pipeline</th>
          ${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}
          <th role="columnheader" scope="col" class="number">Delivered</th>
          <th role="columnheader" scope="col" class="number">Lost</th>
          <th role="columnheader" scope="col" class="number">Fullest queue</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${pipelines.map((pipeline) => row(pipeline, heads, context))}
      </tbody>
    </table>
  </div>`;
}

function row({ pipeline, conditions }: PipelineStatus, heads: readonly string[], context: PipelineContext): Html {
  const { backends, pods, shown } = context;
  const backend = backends.get(pipeline);
  const { sent, queued, fullest, ...losses } = total(pods, pipeline);
  const lost = lostBy(losses);
  const cells = columns.map(([, type], i) => {
    const condition = conditions.find((one) => one.type === type);
    return html`<td role="cell" data-label="${heads[i]}">${state(condition)}</td>`;
  });
  return html`<tr role="row" data-pipeline="${pipeline}">
    <th role="rowheader" scope="row">
      <span class="named"
        >${keyOf(pipeline, shown)}<span class="id"
          >${breakable(pipeline)}<br /><span class="muted small">${backend ?? "backend kept in a Secret"}</span></span
        ></span
      >
    </th>
    ${cells}
    <td role="cell" data-label="Delivered" class="number">${count(sent)}</td>
    <td role="cell" data-label="Lost" class="number">
      <span class="${lost > 0 ? "lost" : ""}">${count(lost)}</span>
    </td>
    <td role="cell" data-label="Fullest queue" class="number">
      <span
        >${fullest === undefined ? "–" : percent(fullest)}
        ${queued > 0 ? html`<br /><span class="muted small">${bytes(queued)} wait</span>` : undefined}</span
      >
    </td>
  </tr>`;
}

function state(condition: Condition | undefined): Html {
  if (condition === undefined) return html`<span class="muted" role="img" aria-label="not needed">–</span>`;
  const status = statusOf(condition);
  const word = status === "good" ? html`ok` : breakable(condition.reason);
  return html`<span class="chip ${status}">${sign(status)}<span>${word}</span></span>`;
}

function statusOf(condition: Condition): Status {
  switch (condition.status) {
    case "True":
      return isWarning(condition) ? "warning" : "good";
    case "False":
      return "bad";
    case "Unknown":
      return "unknown";
  }
}

const sign = (status: Status): Html => html`<span aria-hidden="true">${signs[status]}</span>`;

/** Lists causes with their remedies. Returns nothing if all pipelines are healthy. */
export function remedies(pipelines: readonly PipelineStatus[]): Html | undefined {
  const causes = pipelines.flatMap(({ pipeline, conditions }) =>
    conditions.filter((one) => statusOf(one) !== "good").map((condition) => ({ pipeline, condition })),
  );
  if (causes.length === 0) return undefined;
  return html`<section aria-labelledby="causes">
    <h2 id="causes">Causes and what to do</h2>
    ${causes.map(
      ({ pipeline, condition }) =>
        html`<article class="card todo is-${statusOf(condition)}">
          <h3 class="id">${pipeline}</h3>
          <p class="small">
            ${state(condition)} <span class="muted">${condition.type}, since ${utc(condition.since)}</span>
          </p>
          <p class="id">${condition.message}</p>
        </article>`,
    )}
  </section>`;
}
