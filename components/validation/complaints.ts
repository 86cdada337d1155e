/** One thing the collector says about a configuration. */
export interface Complaint {
  /** Id of the component whose settings it is about; missing when the configuration could not be read at all. */
  readonly component?: string;
  readonly text: string;
}

/** Takes what `otelcol validate` writes apart. It names the component in front of each thing that it finds. */
export function complaintsIn(output: string): Complaint[] {
  return output
    .slice(Math.max(0, output.search(/^Error: /m)))
    .replace(/^Error: /, "")
    .split(/^(?=(?:receivers|processors|exporters|connectors|extensions|service)::)/m)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [, component, text = part] = /^[a-z]+::([^\s:]+)(?:::\S*?)?: (.*)$/s.exec(part) ?? [];
      return { component, text };
    });
}

const quoted = String.raw`"(?:\\.|[^"\\])*"`;
const onTheWay = [
  new RegExp(String.raw`^unable to parse OTTL (?:statement|condition) ${quoted}: `),
  new RegExp(
    String.raw`^unable to infer a valid context \(\[[^\]]*\]\) from statements \[(?:${quoted} ?)*\] and conditions \[(?:${quoted} ?)*\]: `,
  ),
  /^error while parsing arguments for call to "\w+": /,
  /^couldn't create function: /,
];

/** What it says about an OTTL text, without the text itself and without its own steps to what is wrong. */
export function ottlCause(text: string): string {
  return onTheWay
    .reduce((rest, pattern) => rest.replace(pattern, ""), text.trim())
    .replace(/ - review https:\S+ to see all valid paths/, "");
}

/** Whether it only says that a text has no path, so that what it applies to is for other texts of its entry to tell. */
export function lacksContext(text: string): boolean {
  return /^unable to infer context from .* must be a valid context name \[\],/s.test(ottlCause(text));
}

/** Where the part of OTTL that it complains about is described, for one version of the collector. */
export function ottlHelp(text: string, version: string | undefined): string {
  const tree = version === undefined ? "main" : `v${version}`;
  const base = `https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/${tree}/pkg/ottl`;
  const context = /pkg\/ottl\/contexts\/(\w+)/.exec(text)?.[1] ?? enumContext(text);
  if (context !== undefined) return `${base}/contexts/${context}`;
  return /function|argument/.test(text) ? `${base}/ottlfuncs` : base;
}

/** Names of constants stand in the page of the context they belong to. */
function enumContext(text: string): string | undefined {
  const [, context] = /context "(\w+)" does not support the enum/.exec(text) ?? [];
  return context === undefined ? undefined : `ottl${context}`;
}
