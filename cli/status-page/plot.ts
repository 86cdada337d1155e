import * as echarts from "echarts";
import { escapeHtml, trusted, type Html } from "./html";
import { inks, type Look } from "./appearance";
import { percent, short } from "./numbers";

export interface PlotLine {
  readonly look: Look;
  /** Seconds and a value; nothing where it is not known. */
  readonly points: readonly (readonly [number, number | undefined])[];
}

export interface Plot {
  /** Different from those of all other plots of the page: made of letters, digits and `-`. */
  readonly id: string;
  /** What is shown. */
  readonly title: string;
  /** What is to be seen, for those who don't. */
  readonly description: string;
  /** `bars` are stacked. */
  readonly kind: "lines" | "bars";
  readonly unit: "number" | "share";
  readonly lines: readonly PlotLine[];
  /** End of the time axis, in seconds. */
  readonly seconds: number;
}

/** In units of its own: a plot is as wide as its place. */
const size = { width: 400, height: 170 };
const fontSize = 13;

/** Draws a plot as SVG that needs no script, no style and nothing from elsewhere. */
export function drawPlot(plot: Plot): Html {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption(options(plot));
    return trusted(accessible(chart.renderToSVGString({ useViewBox: true }), plot));
  } finally {
    chart.dispose();
  }
}

function options({ kind, unit, lines, seconds }: Plot): echarts.EChartsOption {
  const axisLabel = { color: inks.muted.light, fontSize };
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.flatMap(([, value]) => value ?? [])));
  return {
    animation: false,
    textStyle: { fontFamily: "inherit" },
    grid: { left: 4, right: 14, top: 12, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "value",
      min: 0,
      max: Math.max(1, Math.ceil(seconds)),
      splitNumber: 4,
      axisLabel: {
        ...axisLabel,
        formatter: (value: number) => `${short(value)} s`,
        hideOverlap: true,
        showMaxLabel: false,
      },
      axisLine: { lineStyle: { color: inks.axis.light } },
      axisTick: { lineStyle: { color: inks.axis.light } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min: 0,
      splitNumber: 3,
      ...(unit === "share" ? shareAxis(highest) : highest === 0 ? { max: 1 } : {}),
      axisLabel: { ...axisLabel, formatter: (value: number) => (unit === "share" ? percent(value) : short(value)) },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: inks.grid.light } },
    },
    series: lines.map((line) => (kind === "lines" ? lineSeries(line) : barSeries(line))),
  };
}

/** Little use must not look like none. */
function shareAxis(highest: number): { max: number; interval: number } {
  const max = highest <= 0.1 ? 0.1 : highest <= 0.5 ? 0.5 : 1;
  return { max, interval: max === 0.5 ? 0.25 : max / 2 };
}

const data = ({ points }: PlotLine): (number | string)[][] => points.map(([at, value]) => [at, value ?? "-"]);

function lineSeries(line: PlotLine): echarts.LineSeriesOption {
  const { light, symbol, dash } = line.look;
  return {
    type: "line",
    silent: true,
    data: data(line),
    symbol,
    symbolSize: line.points.length > 30 ? 0 : 6,
    lineStyle: { color: light, width: 2, type: dash === "solid" ? "solid" : [...dash] },
    itemStyle: { color: light },
  };
}

function barSeries(line: PlotLine): echarts.BarSeriesOption {
  return {
    type: "bar",
    silent: true,
    stack: "all",
    data: data(line),
    barWidth: 8,
    itemStyle: { color: line.look.light },
  };
}

/** Names the drawing, and takes away what only a script or a pointer would use. Ids are those of the plot, on each page anew. */
function accessible(svg: string, { id, title, description }: Plot): string {
  const named =
    `<svg id="${id}" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${size.width} ${size.height}" ` +
    `xmlns="http://www.w3.org/2000/svg"><title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-desc">${escapeHtml(description)}</desc>`;
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/ (?:class|ecmeta_\w+|xml:space|pointer-events)="[^"]*"/g, "")
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/^<svg[^>]*>/, named)
    .replace(/\n+/g, "\n")
    .trim();
}
