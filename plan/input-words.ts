import type { Words } from "../words/language";
import { sayer } from "../words/said";

/** What a text is refused for that is no duration, no size, no RUT. Texts arrive as JSON. */
interface InputWords {
  readonly duration: (text: string) => string;
  readonly size: (text: string, units: string) => string;
  readonly rut: (text: string) => string;
  readonly checkDigit: (text: string, expected: string, given: string) => string;
}

export const inputWords: Words<InputWords> = {
  en: {
    duration: (text) =>
      `received ${text}; allowed: a number, a space and seconds, minutes, hours or days; fix: write "15 minutes"`,
    size: (text, units) => `received ${text}; allowed: a number and ${units}; fix: write "40 GiB"`,
    rut: (text) =>
      `received ${text}; allowed: a RUT such as 76192083-9 or 76.192.083-9; fix: write its digits, a dash and the check digit`,
    checkDigit: (text, expected, given) =>
      `received ${text}; its check digit must be ${expected}, not ${given}; fix: correct the number or the digit`,
  },
  es: {
    duration: (text) =>
      `recibido ${text}; permitido: un número, un espacio y seconds, minutes, hours o days; solución: escribir "15 minutes"`,
    size: (text, units) => `recibido ${text}; permitido: un número y ${units}; solución: escribir "40 GiB"`,
    rut: (text) =>
      `recibido ${text}; permitido: un RUT como 76192083-9 o 76.192.083-9; solución: escribir sus cifras, un guion y el dígito verificador`,
    checkDigit: (text, expected, given) =>
      `recibido ${text}; su dígito verificador debe ser ${expected}, no ${given}; solución: corregir el número o el dígito`,
  },
};

/** Says what is wrong with a text. */
export const sayInput = sayer(inputWords);
