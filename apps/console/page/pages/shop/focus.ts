/** Puts the focus there, once what was done is drawn, if its button went away with it. */
export function keepFocus(at: HTMLElement | null): void {
  requestAnimationFrame(() => {
    if (!document.activeElement || document.activeElement === document.body) at?.focus();
  });
}
