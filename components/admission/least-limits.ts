import { leastLimits } from "../contract";
import { bytes, millicores } from "../schema";

/** Resources that have settings. */
type Resource = keyof typeof leastLimits;

const amountOf: Readonly<Record<Resource, (text: string) => number>> = { cpu: millicores, memory: bytes };

export const hasSetting = (resource: string): resource is Resource => Object.hasOwn(leastLimits, resource);

/** Returns a resource as a sentence names it. */
export const wordFor = (resource: string): string => (resource === "cpu" ? "CPU" : resource);

/** Whether an amount is less than any limit that the settings accept. `used` is subtracted from it. */
export function isTooLittle(resource: Resource, text: string, used = "0"): boolean {
  const amount = amountOf[resource];
  return amount(text) - amount(used) < amount(leastLimits[resource]);
}

/** Returns the reason why no setting helps, as the end of a sentence. `setting` is the path of the limit. */
export const cannotBeLess = (setting: string, resource: Resource): string =>
  `${setting} cannot be less than ${leastLimits[resource]}`;
