/** What a unit stands for; other words between the numbers mean nothing. */
const units: Readonly<Record<string, number>> = {
  GB: 1e9,
  'GB/s': 1e9,
  GiB: 2 ** 30,
  MiB: 2 ** 20,
  TFLOP: 1e12,
  'TFLOP/s': 1e12,
};

/**
 * The value of a formula as `Explained` writes them: numbers, + - x / ^, parentheses and max(), with units after
 * numbers and words anywhere. Throws naming what it can't read.
 */
export function evaluateFormula(formula: string): number {
  // A word in parentheses after a number says what the number is: "0 (an encoder reads its text once)".
  const plain = formula.replace(/\((?=[a-z])[^()\d]*\)/g, ' ');
  const tokens =
    plain.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|max\(|[-+^(),]|(?<= )[x/](?= )|[A-Za-z][\w/-]*|\S/g) ??
    [];
  let at = 0;
  const peek = () => {
    while (at < tokens.length && isWord(tokens[at])) at++;
    return tokens[at];
  };
  const isWord = (token: string) =>
    /^[A-Za-z]/.test(token) && token !== 'x' && token !== 'max(' && !Object.hasOwn(units, token);
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const atom = (): number => {
    const token = next();
    let value: number;
    if (token === '(') {
      value = sum();
      expectToken(')');
    } else if (token === 'max(') {
      const first = sum();
      expectToken(',');
      value = Math.max(first, sum());
      expectToken(')');
    } else if (token === '-') return -atom();
    else {
      value = Number(token);
      if (Number.isNaN(value)) throw new Error(`can't read "${token}" in "${formula}"`);
    }
    const unit = peek();
    if (unit !== undefined && Object.hasOwn(units, unit)) {
      at++;
      return value * units[unit];
    }
    return value;
  };
  const expectToken = (wanted: string) => {
    const token = next();
    if (token !== wanted) throw new Error(`"${wanted}" expected, "${token}" found in "${formula}"`);
  };
  const power = (): number => {
    const base = atom();
    if (peek() !== '^') return base;
    at++;
    return base ** power();
  };
  const product = (): number => {
    let value = power();
    for (;;) {
      const token = peek();
      if (token === 'x') {
        at++;
        value *= power();
      } else if (token === '/') {
        at++;
        value /= power();
      } else return value;
    }
  };
  const sum = (): number => {
    let value = product();
    for (;;) {
      const token = peek();
      if (token === '+') {
        at++;
        value += product();
      } else if (token === '-') {
        at++;
        value -= product();
      } else return value;
    }
  };
  const value = sum();
  if (peek() !== undefined) throw new Error(`"${peek()}" is left over in "${formula}"`);
  return value;
}
