/** How far the count of the workspace is. */
export type AnalysisStatus =
  | { readonly type: 'noFolder' }
  | { readonly type: 'notAnalyzed' }
  | { readonly type: 'analyzing'; readonly filesDone: number; readonly filesFound: number }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'ready'; readonly leftOutFiles: number; readonly problems: number };
