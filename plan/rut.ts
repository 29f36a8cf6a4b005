import { SaidError } from "../words/said";
import { sayInput } from "./input-words";

/**
 * RUT: the Chilean tax id by which tenants are known. Its last character is a check digit, modulo 11 with the weights
 * 2..7 from the right; 11 is written 0 and 10 is written K.
 */
export function rutCheckDigit(body: number): string {
  let sum = 0;
  for (let rest = body, weight = 2; rest > 0; rest = Math.floor(rest / 10), weight = weight === 7 ? 2 : weight + 1) {
    sum += (rest % 10) * weight;
  }
  const digit = 11 - (sum % 11);
  return digit === 11 ? "0" : digit === 10 ? "K" : String(digit);
}

/**
 * The RUT in its canonical form, "76192083-9": no dots, upper case K.
 * @throws Error when the form or the check digit is wrong.
 */
export function parseRut(text: string): string {
  const match = /^(\d{1,2}\.?\d{3}\.?\d{3})-([\dkK])$/.exec(text.trim());
  if (!match) throw new SaidError(sayInput("rut", JSON.stringify(text)));
  const body = Number(match[1]!.replaceAll(".", ""));
  const given = match[2]!.toUpperCase();
  const expected = rutCheckDigit(body);
  if (given !== expected) throw new SaidError(sayInput("checkDigit", JSON.stringify(text), expected, given));
  return `${body}-${given}`;
}
