/** Reads some of the known words, separated by commas. */
export function choice<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(",").map((wanted) => {
    const found = known.find((one) => one === wanted);
    if (found === undefined) throw new Error(`--${name}: "${wanted}" is not one of ${known.join(", ")}`);
    return found;
  });
}

export function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!(value >= least)) throw new Error(`--${name}: "${text}" is not a number from ${least}`);
  return value;
}
