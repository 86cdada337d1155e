/**
 * Colours of pages and plots, light and dark. The markup of plots has the light colours, and a style sheet replaces them by
 * the dark ones. So plots are right without any style sheet, too, as in a mail.
 */
export const inks = {
  text: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#59636e", dark: "#9aa4af" },
  axis: { light: "#8c959f", dark: "#656d76" },
  grid: { light: "#e3e7eb", dark: "#2b3138" },
  others: { light: "#6b7078", dark: "#8b929b" },
} as const;

/** The appearance of a line. Shape and dashes distinguish lines where colours do not. */
export interface Look {
  readonly light: string;
  readonly dark: string;
  readonly symbol: "circle" | "rect" | "triangle" | "diamond";
  readonly dash: "solid" | readonly number[];
}

/** The looks of pipelines that have their own lines, one each. */
export const looks: readonly Look[] = [
  { light: "#2a78d6", dark: "#4f9bf0", symbol: "circle", dash: "solid" },
  { light: "#d9541e", dark: "#f0803c", symbol: "rect", dash: "solid" },
  { light: "#12835b", dark: "#2fb585", symbol: "triangle", dash: "solid" },
  { light: "#8a5a00", dark: "#d9a520", symbol: "diamond", dash: "solid" },
  { light: "#6a4fc4", dark: "#a18df0", symbol: "circle", dash: [6, 3] },
  { light: "#c2347f", dark: "#ec74ad", symbol: "rect", dash: [6, 3] },
  { light: "#00798c", dark: "#3bb8cc", symbol: "triangle", dash: [6, 3] },
];

/** The look of the line that adds up all other pipelines. */
export const othersLook: Look = { ...inks.others, symbol: "diamond", dash: [2, 2] };

const status = {
  good: { light: "#116329", dark: "#57c274", lightBack: "#dff5e4", darkBack: "#12301b" },
  bad: { light: "#a40e26", dark: "#ff8f89", lightBack: "#ffe3e3", darkBack: "#421417" },
  warning: { light: "#7a4b00", dark: "#e8b339", lightBack: "#fff1cc", darkBack: "#362605" },
  unknown: { light: "#4b535d", dark: "#adb6c0", lightBack: "#e9edf1", darkBack: "#262c33" },
} as const;

export type Status = keyof typeof status;

/** The sign before the word for a status, for readers who cannot see colours. */
export const signs: Readonly<Record<Status, string>> = { good: "✓", bad: "✕", warning: "!", unknown: "?" };

const variables = (theme: "light" | "dark"): string =>
  [
    `--back:${theme === "light" ? "#f6f8fa" : "#0d1117"}`,
    `--card:${theme === "light" ? "#ffffff" : "#161b22"}`,
    `--line:${theme === "light" ? "#d8dee4" : "#30363d"}`,
    ...Object.entries(inks).map(([name, ink]) => `--${name}:${ink[theme]}`),
    ...Object.entries(status).flatMap(([name, colours]) => [
      `--${name}:${colours[theme]}`,
      `--${name}-back:${theme === "light" ? colours.lightBack : colours.darkBack}`,
    ]),
  ].join(";");

const darkPlots = [...Object.values(inks), ...looks]
  .flatMap(({ light, dark }) => [`svg [fill="${light}"]{fill:${dark}}`, `svg [stroke="${light}"]{stroke:${dark}}`])
  .join("");

/** All styles of a page. */
export const styles = `
:root{color-scheme:light dark;${variables("light")}}
@media (prefers-color-scheme:dark){:root{${variables("dark")}}${darkPlots}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main{max-width:76rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.15rem;margin:2.25rem 0 .75rem}h3{font-size:1rem;margin:0}
p{margin:.4rem 0}.muted{color:var(--muted)}.small{font-size:.85rem}
.id{overflow-wrap:anywhere}code{font:.88em ui-monospace,SFMono-Regular,Menlo,"Liberation Mono",monospace;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.1rem}
.head{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center;justify-content:space-between;margin-bottom:1rem}
.facts{display:flex;flex-wrap:wrap;gap:.75rem 2.75rem;margin:0}.facts div{min-width:0}
.facts dt{color:var(--muted);font-size:.8rem}.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.chip{display:inline-flex;gap:.4em;align-items:baseline;border-radius:999px;padding:.1em .65em;font-size:.85rem;font-weight:600;max-width:100%}
.chip.large{font-size:1rem;padding:.3em .95em}
${Object.keys(status)
  .map((name) => `.${name}{color:var(--${name});background:var(--${name}-back)}`)
  .join("")}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.55rem .6rem;border-bottom:1px solid var(--line)}
thead th{color:var(--muted);font-size:.8rem;font-weight:600;white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}tbody th{font-weight:600;min-width:17rem}th .muted{font-weight:400}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td .chip{border-radius:8px}
.lost{color:var(--bad);font-weight:700}
.key{width:30px;height:12px;flex:none}
.named{display:flex;gap:.55rem;align-items:baseline}
.todo{border-left:4px solid var(--line);margin:0 0 .75rem}
.todo.is-bad{border-left-color:var(--bad)}.todo.is-warning{border-left-color:var(--warning)}
.pod{margin:0 0 1rem}
.pod header{display:flex;flex-wrap:wrap;gap:.15rem .75rem;align-items:baseline;margin-bottom:.6rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.75rem 1.5rem}
figure{margin:0;min-width:0}figcaption{font-size:.85rem;font-weight:600;margin-bottom:.15rem}
figure svg{display:block;width:100%;height:auto}
.calm{display:flex;align-items:center;justify-content:center;min-height:7rem;color:var(--muted);border:1px dashed var(--line);border-radius:8px}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;list-style:none;margin:0 0 .9rem;padding:0;font-size:.85rem}
.legend li{display:flex;gap:.5rem;align-items:center;min-width:0}
details{margin-top:.6rem}summary{cursor:pointer;color:var(--muted);font-size:.85rem}
@media (max-width:60rem){
table,tbody,tr,th,td{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding:.6rem 0;border-bottom:1px solid var(--line)}tbody tr:last-child{border-bottom:0}
th,td{border:0;padding:.15rem 0}
td{display:grid;grid-template-columns:minmax(7rem,38%) minmax(0,1fr);gap:.75rem;text-align:left}td.number{text-align:left}
td::before{content:attr(data-label);color:var(--muted);font-size:.85rem;white-space:normal}
td>.chip{justify-self:start}tbody th{min-width:0}.calm{min-height:2.6rem}
}
@media (max-width:30rem){main{padding:1rem .75rem 2rem}.card{padding:.8rem .85rem}h1{font-size:1.35rem}}
@media print{body{background:none}.card{break-inside:avoid}}
`;
