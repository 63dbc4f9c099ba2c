import { asFields, optionalNumber, optionalText } from '../architectures/fields.ts';
import { InputError } from '../estimates/inputError.ts';
import data from './hardware.json';

/** One accelerator. Rates are dense (no sparsity); absent is unknown. */
export interface Hardware {
  readonly id: string;
  readonly name: string;
  /** Vendors' "GB" of device memory is GiB in what the driver reports (H100 80GB: 81,559 MiB). */
  readonly memoryBytes?: number;
  readonly memoryBytesPerSecond?: number;
  readonly bf16FlopPerSecond?: number;
  readonly fp8FlopPerSecond?: number;
  readonly int8OpPerSecond?: number;
  /** Only a bound for chips whose vendor publishes no 16-bit rate (Apple). */
  readonly fp32FlopPerSecond?: number;
  /** To all peers together, one direction. */
  readonly linkBytesPerSecond?: number;
  readonly linkName?: string;
  readonly confidence: string;
  readonly sources: readonly string[];
  readonly asOf: string;
  readonly notes?: string;
}

function loadHardware(): readonly Hardware[] {
  const asOf = data.generated;
  return data.records.flatMap((raw) => {
    const record = asFields(raw, 'hardware.json');
    const where = `hardware.json: ${raw.id}`;
    if (raw.confidence === 'does not exist') return [];
    const scaled = (field: string, factor: number) => {
      const value = optionalNumber(record, field, where);
      return value === undefined ? undefined : value * factor;
    };
    return [
      {
        id: raw.id,
        name: raw.name,
        memoryBytes: scaled('memory_gb', 2 ** 30),
        memoryBytesPerSecond: scaled('memory_bandwidth_gbs', 1e9),
        bf16FlopPerSecond: scaled('bf16_tflops_dense', 1e12),
        fp8FlopPerSecond: scaled('fp8_tflops_dense', 1e12),
        int8OpPerSecond: scaled('int8_tops_dense', 1e12),
        fp32FlopPerSecond: scaled('fp32_tflops_approx', 1e12),
        linkBytesPerSecond: scaled('interconnect_gbs_unidirectional', 1e9),
        linkName: optionalText(record, 'interconnect', where),
        confidence: raw.confidence,
        sources: raw.source,
        asOf,
        notes: optionalText(record, 'notes', where),
      },
    ];
  });
}

export const hardware: readonly Hardware[] = loadHardware();

/** The accelerator with this id; "h100" and "H100-SXM" find "h100-sxm". Throws when there is none or several. */
export function hardwareById(id: string): Hardware {
  const wanted = id.trim().toLowerCase();
  const exact = hardware.find((one) => one.id === wanted);
  if (exact !== undefined) return exact;
  const starting = wanted === '' ? [] : hardware.filter((one) => one.id.startsWith(wanted));
  const sxm = starting.filter((one) => one.id.endsWith('-sxm'));
  if (starting.length === 1) return starting[0];
  if (sxm.length === 1) return sxm[0];
  throw new InputError('gpu', id, `one of ${hardware.map((one) => one.id).join(', ')}`);
}
