export function htmlOf(title: string, _report: unknown): string {
  return title;
}
