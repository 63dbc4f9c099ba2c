/**
 * Gives the focus back to what had it by the keyboard when the page is entered again. A browser takes it from a page's
 * element once another page gets it: after a quick pick, the palette or a dialog of VS Code it would be nowhere to be seen.
 */
export function keepFocus(): void {
  let last: HTMLElement | undefined;
  document.addEventListener('focusin', (event) => {
    const [element] = event.composedPath();
    last =
      element instanceof HTMLElement && element.matches(':focus-visible') ? element : undefined;
  });
  // Whoever takes the mouse goes where it points.
  document.addEventListener('pointerdown', () => {
    last = undefined;
  });
  window.addEventListener('focus', () => {
    // After what the browser itself, or VS Code, gives the focus to.
    setTimeout(() => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && document.hasFocus()) last?.focus({ preventScroll: true });
    });
  });
}
