/** Of an even number of them, the lower middle one. @throws RangeError when there is none */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError("the median of no numbers");
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]!;
}
