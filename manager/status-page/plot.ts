import * as echarts from "echarts";
import { escapeHtml, trusted, type Html } from "./html";
import { inks, type Look } from "./appearance";
import { percent, short } from "./numbers";

export interface PlotLine {
  readonly look: Look;
  /** Seconds and the value at that time, which is missing where it is unknown. */
  readonly points: readonly (readonly [number, number | undefined])[];
}

export interface Plot {
  /** Unique on the page. Letters, digits and `-`. */
  readonly id: string;
  /** The quantity that the plot shows. */
  readonly title: string;
  /** The content of the plot in words, for readers who cannot see it. */
  readonly description: string;
  /** `bars` are stacked. */
  readonly kind: "lines" | "bars";
  readonly unit: "number" | "share";
  readonly lines: readonly PlotLine[];
  /** The end of the time axis, in seconds. */
  readonly seconds: number;
}

/** In units of the drawing: on the page, a plot fills the width of its column. */
const size = { width: 400, height: 170 };
const fontSize = 13;

/** Draws a plot as SVG that needs no script, style sheet or other file. */
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

/** Chooses a scale on which little use still shows. */
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

/** Gives the drawing a title and a description, removes parts that only scripts or pointers use, and makes ids unique. */
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
