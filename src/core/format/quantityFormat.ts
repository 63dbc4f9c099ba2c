/** Numbers as text in one language; words around them are the caller's. */
export interface QuantityFormat {
  /** A whole number with the language's separators: "12,345". */
  readonly whole: (value: number) => string;
  /** For where there is little room: "12.3K". */
  readonly short: (value: number) => string;
  /** Bytes in binary units: "1.5 MiB". */
  readonly bytes: (bytes: number) => string;
  /** A part of a whole: "34%", "0.4%", and "<0.1%" for what is there but hardly. */
  readonly percent: (part: number, of: number) => string;
  /** To the cent from one dollar up, to two digits below: "$12.30", "$0.0123". */
  readonly usd: (usd: number) => string;
  /** Whether the language speaks of this many as of one. */
  readonly isOne: (count: number) => boolean;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function quantityFormat(language: string): QuantityFormat {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const digits = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const short = new Intl.NumberFormat(language, {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const plural = new Intl.PluralRules(language);
  const money = { style: 'currency', currency: 'USD' } as const;
  const dollars = new Intl.NumberFormat(language, money);
  const cents = new Intl.NumberFormat(language, { ...money, maximumSignificantDigits: 2 });
  return {
    whole: (value) => whole.format(value),
    short: (value) => (value < 1000 ? whole : short).format(value),
    bytes: (bytes) => {
      let amount = bytes;
      let unit = 0;
      for (; amount >= 1024 && unit < byteUnits.length - 1; unit++) amount /= 1024;
      return `${(unit === 0 ? whole : digits).format(amount)} ${byteUnits[unit]}`;
    },
    percent: (part, of) => {
      if (of <= 0 || part <= 0) return '0%';
      const percent = (100 * part) / of;
      if (percent < 0.1) return `<${tenths.format(0.1)}%`;
      return `${(percent < 10 ? tenths : whole).format(percent)}%`;
    },
    usd: (usd) => (usd >= 1 || usd === 0 ? dollars : cents).format(usd),
    isOne: (count) => plural.select(count) === 'one',
  };
}
