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

/** A duration from a number of seconds, in words for the message, to a day: longer ones are typing errors. */
export const duration = (least: number, leastInWords: string): z.ZodString =>
  z
    .string()
    .regex(durationPattern, "is not a duration")
    .refine((text) => !durationPattern.test(text) || seconds(text) >= least, `is shorter than ${leastInWords}`)
    .refine((text) => !durationPattern.test(text) || seconds(text) <= day, "is longer than a day");

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
export const bytesQuantity = (least = "0"): z.ZodString =>
  z
    .string()
    .regex(bytesPattern, "is not an amount")
    .refine((text) => !bytesPattern.test(text) || bytes(text) >= bytes(least), `is less than ${least}`)
    .refine((text) => !bytesPattern.test(text) || bytes(text) <= bytes(most.memory), `is more than ${most.memory}`);

const volumePattern = explained(/^\d+(?:Ki|Mi|Gi|Ti)$/, volumeFault);

/** Size of a volume. */
export const volumeQuantity = (): z.ZodString => z.string().regex(volumePattern, "is not an amount");
