import fc from 'fast-check';

/** Random choices that are the same again for the same seed (Park and Miller 1988, https://doi.org/10.1145/63039.63042). */
export class Randomly {
  readonly seed: number;
  #state: number;

  /** @param offset makes each test's choices its own */
  constructor(offset: number) {
    this.seed = ((fc.readConfigureGlobal().seed ?? 1) + offset) % 2147483646;
    this.#state = Math.abs(this.seed) + 1;
  }

  below(n: number): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state % n;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const deep = () => {
  let value: unknown = 1;
  for (let i = 0; i < 2000; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Values where another was expected. */
const strange: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => 0,
  () => -1,
  () => -0.5,
  () => 1e308,
  () => 2 ** 53,
  () => 1e12,
  () => 4096,
  () => '4096',
  () => '',
  () => 'x'.repeat(20_000),
  () => '</script><img src=x onerror=alert(1)>',
  () => '../../../../etc/passwd',
  () => '\u202e\u0000\ud800',
  () => '%s%n{0}${7*7}',
  () => '__proto__',
  () => [],
  () => ({}),
  () => Array.from({ length: 3000 }, (_, i) => i),
  () => [[[[[]]]]],
  deep,
  () =>
    JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": 1, "toString": 2, "length": -1}',
    ) as unknown,
];

export function strangeValue(random: Randomly): unknown {
  return random.of(strange)();
}

type Holder = Record<string, unknown>;

function slotsOf(value: unknown, slots: [Holder, string][] = []): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return slots;
  for (const key of Object.keys(value)) {
    slots.push([value as Holder, key]);
    slotsOf((value as Holder)[key], slots);
  }
  return slots;
}

/** The value with one to four of its places changed: replaced, removed, named otherwise, exchanged. */
export function mutatedValue(value: unknown, random: Randomly): unknown {
  try {
    return changedValue(value, random);
  } catch (error) {
    // Copied into itself too often, it is deeper than this side can go.
    if (error instanceof RangeError) return deep();
    throw error;
  }
}

function changedValue(value: unknown, random: Randomly): unknown {
  if (random.below(40) === 0) return strangeValue(random);
  const copy: unknown = structuredClone(value);
  const changes = 1 + random.below(4);
  for (let i = 0; i < changes; i++) {
    const slots = slotsOf(copy);
    // Mostly near the top, where a change reaches further.
    const reach = random.below(3) === 0 ? slots.length : Math.min(slots.length, 40);
    if (reach === 0) return strangeValue(random);
    const [holder, key] = slots[random.below(reach)];
    const [otherHolder, otherKey] = slots[random.below(slots.length)];
    switch (random.below(6)) {
      case 0:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else Reflect.deleteProperty(holder, key);
        break;
      case 1:
        holder[`${key}${random.of(['', ' ', '\u0000', '_'])}`] = strangeValue(random);
        break;
      case 2: {
        const other = otherHolder[otherKey];
        // Not into itself: JSON has no circles.
        holder[key] = typeof other === 'object' ? structuredClone(other) : other;
        break;
      }
      default:
        holder[key] = strangeValue(random);
    }
  }
  return copy;
}

/** The value's JSON, changed before or after it is written. */
export function mutatedJson(value: unknown, random: Randomly): string {
  const changed = mutatedValue(value, random);
  const text = asJson(changed);
  return random.below(4) === 0 ? mutatedText(text, random) : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return '['.repeat(100_000) + ']'.repeat(100_000);
  }
}

const pieces = [
  '',
  '\0',
  '\n',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '-',
  '1e999',
  'null',
  '\ufeff',
  '\ud800',
  '\u2028',
  '=',
];

export function mutatedText(text: string, random: Randomly): string {
  let changed = text;
  for (let i = 1 + random.below(3); i > 0; i--) {
    const at = random.below(changed.length + 1);
    const to = Math.min(changed.length, at + random.below(30));
    switch (random.below(5)) {
      case 0:
        changed = changed.slice(0, at);
        break;
      case 1:
        changed = changed.slice(0, at) + changed.slice(to);
        break;
      case 2:
        changed = changed.slice(0, to) + changed.slice(at);
        break;
      default:
        changed = changed.slice(0, at) + random.of(pieces) + changed.slice(at + random.below(2));
    }
  }
  return changed;
}

export function mutatedBytes(bytes: Uint8Array, random: Randomly): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes).slice(
    0,
    random.below(8) === 0 ? random.below(bytes.length + 1) : undefined,
  );
  for (let i = 1 + random.below(8); i > 0 && copy.length > 0; i--) {
    copy[random.below(copy.length)] = random.of([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  }
  return copy;
}
