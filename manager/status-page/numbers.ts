/** Numbers and times in a form that people read easily. */

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

/** Formats a number for axes and rates: `1.5k`, `0.3`. */
export function short(value: number): string {
  if (value === 0) return "0";
  const [factor, unit] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "k"] : [1, ""];
  const scaled = value / factor;
  const digits = scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${Number(scaled.toFixed(digits))}${unit}`;
}

export function percent(part: number): string {
  const value = part * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} %`;
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** power).toFixed(power === 0 ? 0 : 1))} ${units[power]}`;
}

/** Formats a time as `2026-11-25 18:20:11 UTC`. Returns any other text unchanged. */
export function utc(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function seconds(value: number): string {
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} s`;
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}
