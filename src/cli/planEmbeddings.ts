import path from 'node:path';
import { formatBytes, formatCount } from '../core/format/numbers.ts';
import { embeddingAddress, type EmbeddingTarget } from '../node/embeddingEndpoint.ts';
import type { IndexSummary } from '../node/plansCalls.ts';
import type { PlansThread } from '../node/plansThread.ts';
import type { PlanOptions } from './planOptions.ts';
import { tellSecrets } from './secretsFound.ts';
import { cacheFolder } from './surroundings.ts';

/** A key is taken from here, since a command line can be seen by others. */
const keyVariable = 'CONTEXT_BUDGET_EMBEDDING_KEY';

/** The model that `--embeddings` and `--embedding-model` name; undefined: no embeddings. Throws where one is missing or wrong. */
export function embeddingTarget(
  { embeddings: address, embeddingModel: modelName }: PlanOptions,
  environment: NodeJS.ProcessEnv,
): EmbeddingTarget | undefined {
  if (address === undefined && modelName === undefined) return undefined;
  if (address === undefined || modelName === undefined) {
    throw new Error('--embeddings and --embedding-model need each other: an address and a model');
  }
  embeddingAddress(address);
  const key = environment[keyVariable];
  return { address, modelName, ...(key === undefined || key === '' ? {} : { key }) };
}

/** Sends what is new of the code to the model, unless something in it looks like a secret: then false. */
export async function embedWith(
  thread: PlansThread,
  { indexId }: IndexSummary,
  target: EmbeddingTarget,
  allowSecrets: boolean,
): Promise<boolean> {
  const request = { target, cacheFolder: path.join(cacheFolder, 'embeddings') };
  const { newChunks, newBytes, secrets } = await thread.call('embeddingSize', indexId, request);
  if (secrets.length > 0 && !allowSecrets) {
    tellSecrets(secrets, 'nothing was sent to be embedded');
    return false;
  }
  if (newChunks > 0) {
    process.stderr.write(
      `context-budget: sending ${formatCount(newChunks)} pieces (${formatBytes(newBytes)}) to ${target.address} to be embedded by ${target.modelName}\n`,
    );
  }
  await thread.call('embed', indexId, request, new Int32Array(new SharedArrayBuffer(8)));
  return true;
}
