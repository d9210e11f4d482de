import { useMemo } from 'preact/hooks';
import { createActionState } from '../../actions.ts';
import { fetchFile } from '../../api.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { operatorToken } from '../../session.ts';

interface DownloadProps {
  /** Content of the file: `days`. */
  readonly what: string;
  /** Address in the API, requested when the button is pressed. */
  readonly path: () => string;
  readonly fileName: () => string;
}

/** Button that downloads figures as a CSV file. */
export function Download({ what, path, fileName }: DownloadProps) {
  const actions = useMemo(createActionState, []);
  const download = () =>
    actions.run('download', async () => {
      const file = await fetchFile(path(), 'text/csv', operatorToken.peek());
      const address = URL.createObjectURL(file);
      const link = Object.assign(document.createElement('a'), { href: address, download: fileName() });
      link.click();
      // The browser reads the file after the click.
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    });
  return (
    <>
      <Button
        isQuiet
        label={`Download as CSV: ${what}`}
        isDisabled={actions.isPending('download')}
        onPress={() => void download()}
      >
        Download as CSV
      </Button>
      <ErrorNotice message={actions.errorOf('download')} />
    </>
  );
}
