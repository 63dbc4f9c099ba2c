/** What the prompt asks: something a few places answer, or something that needs the whole. */
export type Task =
  | { readonly kind: 'question'; readonly question: string }
  | { readonly kind: 'review' }
  | { readonly kind: 'summarise' }
  | { readonly kind: 'migrate'; readonly goal: string };

/** Whether the answer is likely to stand in one place of the code. */
export function isLocal(task: Task): boolean {
  return task.kind === 'question';
}

/** Whether what is important depends on the words of the task, so that another task reads other code first. */
export function hasOwnWords(task: Task): boolean {
  return task.kind === 'question' || task.kind === 'migrate';
}

/** The words that are sent with the code. */
export function instructionOf(task: Task): string {
  switch (task.kind) {
    case 'question':
      return task.question;
    case 'review':
      return 'Review this code. List defects with file and line, the most serious first.';
    case 'summarise':
      return 'Summarise this code: what it does, its parts, and how they work together.';
    case 'migrate':
      return `Plan this migration file by file: ${task.goal}`;
  }
}
