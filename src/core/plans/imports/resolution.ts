/**
 * Where an import leads: files of the workspace; outside of it (a library, the standard library); or nowhere, although it
 * says that its target is here (a relative path to no file).
 */
export type Resolution = readonly number[] | 'external' | 'unresolved';
