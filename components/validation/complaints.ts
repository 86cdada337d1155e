/** One problem that the collector reports about a configuration. */
export interface Complaint {
  /** Id of the component that has the problem. Missing if the collector could not read the configuration at all. */
  readonly component?: string;
  readonly text: string;
}

/** Splits the output of `otelcol validate`, which names the component in front of each problem. */
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

/** Returns the cause of a problem in OTTL, without the text itself and the parser's steps to the cause. */
export function ottlCause(text: string): string {
  return onTheWay
    .reduce((rest, pattern) => rest.replace(pattern, ""), text.trim())
    .replace(/ - review https:\S+ to see all valid paths/, "");
}

/** Returns whether the only problem is that a text has no path: the entry's other texts then decide the context. */
export function lacksContext(text: string): boolean {
  return /^unable to infer context from .* must be a valid context name \[\],/s.test(ottlCause(text));
}

/** Returns the address of the OTTL documentation for a problem, for the collector's version or, if no patch is known, for `main`. */
export function ottlHelp(text: string, version = ""): string {
  const tree = /^\d+\.\d+\.\d/.test(version) ? `v${version}` : "main";
  const base = `https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/${tree}/pkg/ottl`;
  const context = /pkg\/ottl\/contexts\/(\w+)/.exec(text)?.[1] ?? enumContext(text);
  if (context !== undefined) return `${base}/contexts/${context}`;
  return /function|argument/.test(text) ? `${base}/ottlfuncs` : base;
}

/** Returns the context of an unknown constant: the page of a context lists its constants. */
function enumContext(text: string): string | undefined {
  const [, context] = /context "(\w+)" does not support the enum/.exec(text) ?? [];
  return context === undefined ? undefined : `ottl${context}`;
}
