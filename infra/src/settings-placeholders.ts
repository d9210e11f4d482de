/** Values of the files of settings that stand for one's own, and texts that nobody can own (RFC 2606, RFC 6761). */
const PLACEHOLDERS: readonly RegExp[] = [
  /(?:^|[^\w-])(?:[\w-]+\.)*example(?:\.(?:com|net|org))?(?![\w.-]*\w)/i,
  /\.(?:test|invalid)(?![\w.-]*\w)/i,
  // A hosted zone, an account.
  /\bZ0{5,}\b/,
  /\b(?:0{12}|123456789012|111122223333)\b/,
];

/**
 * Settings that still are placeholders, one line for each: its path and value. A stack with them deploys and runs, but rejects every
 * token, or waits for a certificate that nobody can validate.
 */
export function placeholdersIn(settings: unknown, path: readonly string[] = []): string[] {
  if (typeof settings === 'string' || typeof settings === 'number')
    return PLACEHOLDERS.some((placeholder) => placeholder.test(String(settings)))
      ? [`${path.join('.')}: ${settings}`]
      : [];
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]) => placeholdersIn(value, [...path, key]));
}

/** Throws for placeholders in the settings of a stage, unless `acknowledged`: for a synthesis that nobody deploys, and for trials. */
export function rejectPlaceholders(
  stage: string,
  settings: unknown,
  { acknowledged }: { readonly acknowledged: boolean },
): void {
  const found = acknowledged ? [] : placeholdersIn(settings);
  if (found.length === 0) return;
  throw new Error(
    `Settings of ${stage} are placeholders:\n  ${found.join('\n  ')}\nFill in your own in infra/settings/${stage}.ts (docs/deployment.md, section 2). To see the stacks without them, as \`npm run synth\` does: -c placeholders=allowed`,
  );
}
