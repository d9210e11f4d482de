/** Moves the focus to an element after the next render, if the focused element was removed. */
export function restoreFocus(at: HTMLElement | null): void {
  requestAnimationFrame(() => {
    if (!document.activeElement || document.activeElement === document.body) at?.focus();
  });
}
