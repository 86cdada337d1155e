/** Parts of a dashboard in the form in which Grafana stores them. */

interface Query {
  readonly expr: string;
  /** Legend of a series, with labels in double braces. */
  readonly legend: string;
}

interface PanelOptions {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** Width in columns, of which a row has 24. */
  readonly width: number;
  /** Lowest values that are yellow, and red. */
  readonly thresholds?: readonly [number, number];
  /** Upper end of the axis. */
  readonly max?: number;
  readonly stacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly (PanelOptions & { readonly kind: "stat" | "timeseries" })[];
}

const datasource = { type: "prometheus", uid: "${datasource}" };

/** Places rows below each other, and the panels of a row side by side. Ids and positions follow from the order. */
export function layout(rows: readonly Row[]): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, height, panels: own } of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    });
    y += 1;
    let x = 0;
    for (const { kind, ...options } of own) {
      const gridPos = { x, y, w: options.width, h: height };
      panels.push({
        id: panels.length + 1,
        type: kind,
        ...panel(options),
        ...(kind === "stat" ? statLook : lineLook),
        gridPos,
      });
      x += options.width;
    }
    y += height;
  }
  return panels;
}

function panel({ title, description, queries, unit, thresholds, max, stacked = false }: PanelOptions): object {
  const [yellow, red] = thresholds ?? [];
  return {
    title,
    description,
    datasource,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max !== undefined && { max }),
        color: { mode: thresholds ? "thresholds" : "palette-classic" },
        thresholds: {
          mode: "absolute",
          steps: [
            { color: "green", value: null },
            ...(yellow === undefined ? [] : [{ color: "yellow", value: yellow }]),
            ...(red === undefined ? [] : [{ color: "red", value: red }]),
          ],
        },
        custom: { lineWidth: 1, fillOpacity: stacked ? 30 : 10, stacking: { mode: stacked ? "normal" : "none" } },
      },
      overrides: [],
    },
  };
}

const statLook = { options: { colorMode: "value", graphMode: "area", reduceOptions: { calcs: ["lastNotNull"] } } };

const lineLook = {
  options: {
    legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
    tooltip: { mode: "multi", sort: "desc" },
  },
};
