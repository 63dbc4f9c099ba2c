import type { Architecture } from '../core/architectures/architecture.ts';
import { architectureById, architectures } from '../core/architectures/architectures.ts';
import { findModel } from '../core/catalog/findModel.ts';
import type { Model } from '../core/catalog/model.ts';
import { InputError } from '../core/estimates/inputError.ts';
import { listServedModels, readOllamaModel } from '../node/modelServer.ts';
import { readArchitecture } from '../node/readArchitecture.ts';
import { modelNamed } from './catalogue.ts';
import { parseShape } from './estimateOptions.ts';
import type { EstimateOptions } from './estimateOptions.ts';

/** What is estimated: a shape, a model of the catalogue with its prices, or both. */
export interface EstimatedModel {
  readonly name: string;
  /** Absent: the weights are closed, or the shape is not held. */
  readonly architecture?: Architecture;
  readonly model?: Model;
  /** The window that a running server was started with. */
  readonly servedContextWindowTokens?: number;
}

/** The one model that the options name, with the price that they name. */
export async function estimatedModel(
  options: EstimateOptions,
  catalogue: readonly Model[],
): Promise<EstimatedModel> {
  const one = await namedModel(options, catalogue);
  if (options.pricedAs === undefined) return one;
  return { ...one, model: findModel(options.pricedAs, catalogue) };
}

async function namedModel(
  options: EstimateOptions,
  catalogue: readonly Model[],
): Promise<EstimatedModel> {
  const ways = ['model', 'config', 'shape', 'server'] as const;
  const given = ways.filter((way) => options[way] !== undefined);
  if (given.length === 0) {
    throw new InputError(
      'model',
      undefined,
      'given, or --config, --shape or --server in its place',
    );
  }
  if (given.length > 1) {
    const [first, second] = given;
    throw new InputError(second, options[second], `left out when --${first} is given`);
  }
  if (options.config !== undefined) return named(await readArchitecture(options.config));
  if (options.shape !== undefined) return named(parseShape(options.shape));
  if (options.server !== undefined) return servedModel(options.server, options.served, catalogue);
  return modelOf(options.model ?? '', catalogue);
}

function named(architecture: Architecture): EstimatedModel {
  return { name: architecture.name, architecture };
}

function modelOf(id: string, catalogue: readonly Model[]): EstimatedModel {
  const shape = shapeNamed(id);
  if (shape !== undefined) {
    const model = catalogue.find(({ architectureId }) => architectureId === shape.id);
    return { ...named(shape), ...(model && { model }) };
  }
  const model = modelNamed(id, catalogue);
  // Neither: the error of the architectures lists near ids.
  if (model === undefined) return named(architectureById(id));
  const architecture = architectures.find((one) => one.id === model.architectureId);
  return { name: model.name, model, ...(architecture && { architecture }) };
}

function shapeNamed(id: string): Architecture | undefined {
  const wanted = id.trim().toLowerCase();
  return architectures.find((one) => one.id === wanted || one.name.toLowerCase() === wanted);
}

/** Asks the address that was named: its list first, then Ollama's description of the model's shape. */
async function servedModel(
  address: string,
  served: string | undefined,
  catalogue: readonly Model[],
): Promise<EstimatedModel> {
  const list = await listServedModels(address);
  const ids = list.map(({ id }) => id);
  const one =
    served === undefined && list.length === 1 ? list[0] : list.find(({ id }) => id === served);
  if (one === undefined) {
    throw new InputError('served', served, `one of the models of ${address}: ${ids.join(', ')}`);
  }
  const { contextWindowTokens } = one;
  const window =
    contextWindowTokens === undefined ? {} : { servedContextWindowTokens: contextWindowTokens };
  try {
    return { ...named(await readOllamaModel(address, one.id)), ...window };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // No Ollama: an OpenAI-compatible server names its models, whose shape we may hold.
    const shape = shapeNamed(one.id);
    const model = modelNamed(one.id, catalogue);
    if (shape === undefined && model?.architectureId === undefined) {
      const expected = `a name whose shape is known: the server tells none (${error.message})`;
      throw new InputError('served', one.id, expected);
    }
    return { ...modelOf(one.id, catalogue), ...window };
  }
}
