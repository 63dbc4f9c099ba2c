import type { Architecture } from './architecture.ts';
import { asFields, optionalCount, optionalFields, optionalText } from './fields.ts';
import type { Fields } from './fields.ts';
import type { GgufHeader, GgufValue } from './gguf.ts';
import { ggufArchitecture } from './ggufArchitecture.ts';

/** A model that a server on an address the user named says it serves. */
export interface ServedModel {
  readonly id: string;
  /** As the server reports it (vLLM `max_model_len`, LM Studio `max_context_length`); absent: it does not say. */
  readonly contextWindowTokens?: number;
}

/** The list of an OpenAI-compatible `GET /v1/models` (vLLM, SGLang, llama.cpp, LM Studio, Ollama). */
export function parseModelList(answer: unknown): readonly ServedModel[] {
  const fields = asFields(answer, '/v1/models');
  const data: unknown = fields['data'];
  if (!Array.isArray(data)) return [];
  return data.map((entry: unknown) => {
    const model = asFields(entry, '/v1/models data');
    const where = '/v1/models data';
    return {
      id: optionalText(model, 'id', where) ?? '',
      contextWindowTokens:
        optionalCount(model, 'max_model_len', where) ??
        optionalCount(model, 'max_context_length', where) ??
        optionalCount(model, 'context_length', where),
    };
  });
}

/** The shape in the `model_info` of Ollama's `POST /api/show`: the same names as a GGUF header has. */
export function parseOllamaShow(answer: unknown, id: string): Architecture {
  const fields: Fields = asFields(answer, '/api/show');
  const info = optionalFields(fields, 'model_info', '/api/show') ?? {};
  const metadata = new Map<string, GgufValue>();
  const arrayLengths = new Map<string, number>();
  for (const [key, value] of Object.entries(info)) {
    if (Array.isArray(value)) arrayLengths.set(key, value.length);
    if (isGgufValue(value)) metadata.set(key, value);
  }
  const header: GgufHeader = { version: 3, numTensors: 0, metadata, arrayLengths };
  return ggufArchitecture(header, id);
}

function isGgufValue(value: unknown): value is GgufValue {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'number');
  return ['number', 'string', 'boolean'].includes(typeof value);
}
