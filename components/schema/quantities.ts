import { z } from "zod";
import { bytesFault, cpuFault, volumeFault } from "./amount-faults";
import { explained } from "./format-faults";

const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const durationPattern = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** Seconds of a duration as Go writes them: `1m30s` is 90. */
export const seconds = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? NaN),
    0,
  );

const day = 24 * 3600;

/** Problem and remedy of a duration of zero, where zero has a meaning that the user may not expect. */
interface ZeroFault {
  readonly problem: string;
  readonly remedy: string;
}

/** A duration from a number of seconds, in words for the message, to a day: longer ones are typing errors. */
export const duration = (least: number, leastInWords: string, zero?: ZeroFault): z.ZodString => {
  const isFault = (text: string, fault: (length: number) => boolean): boolean =>
    durationPattern.test(text) && fault(seconds(text));
  const isZero = (length: number): boolean => zero !== undefined && length === 0;
  return z
    .string()
    .regex(durationPattern, "is not a duration")
    .refine((text) => !isFault(text, isZero), { message: zero?.problem, params: { remedy: zero?.remedy } })
    .refine((text) => !isFault(text, (length) => length < least && !isZero(length)), `is shorter than ${leastInWords}`)
    .refine((text) => !isFault(text, (length) => length > day), "is longer than a day");
};

const wholeUnits = [
  { unit: "h", noun: "hour", length: 3600 },
  { unit: "m", noun: "minute", length: 60 },
] as const;
const secondUnit = { unit: "s", noun: "second" } as const;

/** Returns the largest unit of which a time in seconds is a whole number, and the number. Seconds get three decimals. */
function inUnit(time: number): { readonly unit: string; readonly noun: string; readonly count: number } {
  const whole = wholeUnits.find(({ length }) => time > 0 && time % length === 0);
  return whole ? { ...whole, count: time / whole.length } : { ...secondUnit, count: Math.round(time * 1000) / 1000 };
}

/** Writes seconds as users write a duration: 300 is `5m`, 90 is `90s`. */
export function durationText(time: number): string {
  const { count, unit } = inUnit(time);
  return `${count}${unit}`;
}

/** Writes seconds in words for messages: `5 minutes`, `90 seconds`, `2 hours`. */
export function durationWords(time: number): string {
  const { count, noun } = inUnit(time);
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const cpuPattern = explained(/^(?:\d+m|\d+(?:\.\d+)?)$/, cpuFault);
const bytesPattern = explained(/^\d+(?:\.\d+)?(?:Ki|Mi|Gi|k|M|G)?$/, bytesFault);
const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Millicores of a Kubernetes quantity, which are whole: `1.5` is 1500. */
export const millicores = (text: string): number =>
  Math.ceil(text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000);

/** Whole bytes of a Kubernetes quantity: `1Ki` is 1024. */
export const bytes = (text: string): number => {
  const [, amount = "", unit = ""] = /^([\d.]+)(\D*)$/.exec(text) ?? [];
  return Math.floor(Number(amount) * (factors[unit] ?? NaN));
};

/** Whole mebibytes as Kubernetes writes them: 2048 of them are `2Gi`. */
export const quantityOf = (bytes: number): string => {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
};

/** Upper limits, above the size of any node. Larger numbers are not written in full, and nothing can read them. */
const most = { cores: "1000", memory: "1024Gi" };

/** Millicores or cores, between two amounts that Kubernetes would read. */
export const cpuQuantity = (least = "0"): z.ZodString =>
  z
    .string()
    .regex(cpuPattern, "is not an amount")
    .refine((text) => !cpuPattern.test(text) || millicores(text) >= millicores(least), `is less than ${least}`)
    .refine(
      (text) => !cpuPattern.test(text) || millicores(text) <= millicores(most.cores),
      `is more than ${most.cores} cores`,
    );

/** Bytes, between two amounts that Kubernetes would read. */
export const bytesQuantity = (least = "0", largest = most.memory): z.ZodString =>
  z
    .string()
    .regex(bytesPattern, "is not an amount")
    .refine((text) => !bytesPattern.test(text) || bytes(text) >= bytes(least), `is less than ${least}`)
    .refine((text) => !bytesPattern.test(text) || bytes(text) <= bytes(largest), `is more than ${largest}`);

const volumePattern = explained(/^\d+(?:Ki|Mi|Gi|Ti)$/, volumeFault);

/** Size of a volume. The API server rejects a claim of nothing. */
export const volumeQuantity = (): z.ZodString =>
  z
    .string()
    .regex(volumePattern, "is not an amount")
    .refine((text) => !volumePattern.test(text) || Number.parseInt(text, 10) > 0, "is less than 1Ki");
