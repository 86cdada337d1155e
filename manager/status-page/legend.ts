import { html, trusted, type Html } from "./html";
import { looks, othersLook, type Look } from "./appearance";

/** The look of a pipeline's lines, the same on the whole page. */
export function lookOf(pipeline: string, shown: readonly string[]): Look {
  return looks[shown.indexOf(pipeline)] ?? othersLook;
}

/** Draws the line and mark that stand for a pipeline in plots. */
export function keyOf(pipeline: string, shown: readonly string[]): Html {
  return key(lookOf(pipeline, shown));
}

/** Names the lines of a plot. */
export function legend(pipelines: readonly string[], shown: readonly string[]): Html {
  const own = pipelines.filter((pipeline) => shown.includes(pipeline));
  const others = pipelines.length - own.length;
  return html`<ul class="legend">
    ${own.map((pipeline) => html`<li>${keyOf(pipeline, shown)}<span class="id">${pipeline}</span></li>`)}
    ${others > 0 ? html`<li>${key(othersLook)}<span>${others} others together</span></li>` : undefined}
  </ul>`;
}

const marks: Readonly<Record<Look["symbol"], (colour: string) => string>> = {
  circle: (colour) => `<circle cx="15" cy="6" r="4" fill="${colour}"/>`,
  rect: (colour) => `<rect x="11.5" y="2.5" width="7" height="7" fill="${colour}"/>`,
  triangle: (colour) => `<path d="M15 1.5L19.5 10L10.5 10Z" fill="${colour}"/>`,
  diamond: (colour) => `<path d="M15 1L20 6L15 11L10 6Z" fill="${colour}"/>`,
};

function key({ light, symbol, dash }: Look): Html {
  const dashes = dash === "solid" ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
  return trusted(
    `<svg class="key" viewBox="0 0 30 12" aria-hidden="true"><path d="M1 6L29 6" stroke="${light}" stroke-width="2" ` +
      `fill="none"${dashes}/>${marks[symbol](light)}</svg>`,
  );
}
