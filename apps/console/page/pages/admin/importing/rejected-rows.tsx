import { Button, Table } from '../../../parts/controls.tsx';
import { capitalized, counted, integer } from '../../../parts/format.ts';
import { rejectedCsv } from './import-file.ts';
import { file } from './import-state.ts';

/** Rejected rows that are shown; the file has them all. */
const MAX_SHOWN = 20;

interface RejectedRowsProps {
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
}

/** Rows of a file that an import rejects, each with its reason, and all of them as a file. */
export function RejectedRows({ bad }: RejectedRowsProps) {
  if (bad.length === 0) return null;
  return (
    <>
      <h3>{counted(bad.length, 'rejected row')}</h3>
      <Table
        label="Rejected rows"
        columns={['Line', 'Reason']}
        rows={bad.slice(0, MAX_SHOWN).map(({ line, reason }) => [integer(line), capitalized(reason)])}
      />
      {bad.length > MAX_SHOWN && <p class="small">The first {MAX_SHOWN}. The file has all of them.</p>}
      <Button isQuiet onPress={() => download(bad)}>
        Download the rejected rows
      </Button>
    </>
  );
}

function download(bad: RejectedRowsProps['bad']): void {
  const address = URL.createObjectURL(new Blob([rejectedCsv(bad)], { type: 'text/csv' }));
  const name = `${file.peek()?.name ?? 'import'}-rejected.csv`;
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  // The browser reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
