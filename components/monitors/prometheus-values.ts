const durationPattern = /^(?:0|(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;
const lengths = [365 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1, 0.001];

/** Seconds of 290 years. Go counts nanoseconds in 64 bits, which last for 292. */
const mostSeconds = 290 * 365 * 86_400;

/** Returns the seconds of a duration as Prometheus writes them, such as `1m30s`; undefined for another text. */
export function prometheusSeconds(text: string): number | undefined {
  const amounts = text === "" ? undefined : durationPattern.exec(text)?.slice(1);
  const seconds = amounts?.reduce((sum, amount, i) => sum + Number(amount ?? 0) * (lengths[i] ?? 0), 0);
  return seconds !== undefined && seconds <= mostSeconds ? seconds : undefined;
}

/** Returns whether Go reads a text as a URL with a host. It is stricter than JavaScript: nothing is trimmed or repaired. */
export function isGoUrl(text: string, schemes: readonly string[]): boolean {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9]*):\/\/([^\s]+)$/i.exec(text) ?? [];
  const parts = /^(?:[\w.~!$&'()*+,;=:%-]*@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#].*)?$/.test(
    rest,
  );
  const isEscaped = !/%(?![0-9A-Fa-f]{2})/.test(rest) && [...rest].every((char) => char > " " && char !== "\x7f");
  return schemes.includes(scheme.toLowerCase()) && parts && isEscaped && URL.canParse(text);
}

/** Returns a number of Kubernetes' quantities as far as factors need it: `1.1`, or `1100m`; undefined for another text. */
export function quantity(text: string | number): number | undefined {
  const [, amount, milli] = /^(\d+(?:\.\d*)?|\.\d+)(m?)$/.exec(`${text}`) ?? [];
  return amount === undefined ? undefined : Number(amount) / (milli ? 1000 : 1);
}

/** Returns the bytes of a size as Prometheus writes them, where `1KB` is 1024; undefined for another text. */
export function prometheusBytes(text: string): number | undefined {
  if (text === "0") return 0;
  const [, amount, unit = ""] = /^((?:\d*\.)?\d+)([KMGTPE]?)i?B$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.floor(Number(amount) * 1024 ** "BKMGTPE".indexOf(unit || "B"));
}

/** Formats in which targets answer, in the words of the scraper. */
export const scrapeProtocols: readonly string[] = [
  "PrometheusProto",
  "OpenMetricsText1.0.0",
  "OpenMetricsText0.0.1",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
];
