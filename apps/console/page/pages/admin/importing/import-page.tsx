import { currencyCodes } from '@tandem/contracts/currency';
import { linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice, Select } from '../../../parts/controls.tsx';
import { counted, integer } from '../../../parts/format.ts';
import { accentOf } from '../../../parts/topology.ts';
import { isOperator } from '../../../session.ts';
import { Heading } from '../heading.tsx';
import {
  actions,
  type Choices,
  choices,
  file,
  importChosen,
  prepare,
  progress,
  result,
  shownPreview,
  stop,
} from './import-state.ts';
import { PreviewTable } from './preview-table.tsx';
import { RejectedRows } from './rejected-rows.tsx';

/** Import of a product file: choose it, look at what it would change, import it. */
export function ImportPage() {
  const change = (changes: Choices) => void prepare(file.value, { ...choices.value, ...changes });
  const { currency = '', decimal = '', stock } = choices.value;
  const isImporting = actions.isPending('import');
  return (
    <>
      <Heading>Import products</Heading>
      <p class="lead">
        A product export of Shopify, WooCommerce or Magento, a Google Merchant feed, or CSV, JSON or NDJSON.
        You see what it changes before anything is written.
      </p>
      <section class={`panel accent-edge ${accentOf('product')}`} aria-labelledby="file-title">
        <h2 id="file-title">File</h2>
        <fieldset class="fields" disabled={!isOperator.value || isImporting}>
          <label>
            Product file
            <input
              type="file"
              accept=".csv,.tsv,.tab,.txt,.xml,.json,.ndjson,.jsonl"
              onChange={({ currentTarget }) => void prepare(currentTarget.files?.[0], choices.value)}
            />
          </label>
          <Select
            label="Currency of prices without one"
            value={currency}
            options={[['', 'As in the file'], ...currencyCodes.map((code) => [code, code] as const)]}
            onChoose={(code) => change({ currency: code || undefined })}
          />
          <Select
            label="Decimal mark of prices"
            value={decimal}
            options={[
              ['', 'As the prices show'],
              ['point', 'Point: 1,234.50'],
              ['comma', 'Comma: 1.234,50'],
            ]}
            onChoose={(mark) => change({ decimal: (mark || undefined) as Choices['decimal'] })}
          />
          <Select
            label="Stock of products that exist"
            value={stock ?? ''}
            options={[
              ['', 'Keep it'],
              ['count', 'Set it to the count in the file'],
            ]}
            onChoose={(value) => change({ stock: (value || undefined) as Choices['stock'] })}
          />
        </fieldset>
        <p class="small">
          {stock === 'count'
            ? 'The file is a stock count: its units become the stock on hand, whatever was sold since it was written.'
            : 'New products start with the units in the file. The stock of existing ones stays as it is, since orders may have changed it since the file was written.'}
        </p>
        <ErrorNotice message={actions.errorOf('preview')} />
        {actions.isPending('preview') && <Progress text="Comparing with the catalog" />}
        {isImporting && (
          <>
            <Progress text="Importing" />
            <Button isQuiet onPress={stop}>
              Stop
            </Button>
          </>
        )}
        <ErrorNotice message={actions.errorOf('import')} />
      </section>
      <PreviewPanel />
      <ResultPanel />
    </>
  );
}

function Progress({ text }: { readonly text: string }) {
  const message = progress.value;
  const isKnown = message?.kind === 'progress' && message.total > 0;
  return (
    <div role="status">
      <label>
        {text} {file.value?.name} …
        <progress max={isKnown ? message.total : undefined} value={isKnown ? message.done : undefined} />
      </label>
      {message?.kind === 'waiting' && <p class="notice">Waiting: {message.reason}</p>}
    </div>
  );
}

function PreviewPanel() {
  const preview = shownPreview.value;
  if (!preview) return null;
  const { created, updated, unchanged, bad, format, notes } = preview;
  return (
    <section class="panel" aria-labelledby="preview-title">
      <h2 id="preview-title">Preview</h2>
      <p role="status">
        {file.value?.name} ({format}): {created} new, {updated} changed, {unchanged} unchanged, {bad.length}{' '}
        rejected.
      </p>
      <Notes notes={notes} />
      <PreviewTable preview={preview} />
      <RejectedRows bad={bad} />
      <p class="row">
        <Button
          isDisabled={!isOperator.value || actions.isPending('import') || created + updated === 0}
          onPress={() => void importChosen()}
        >
          Import {counted(created + updated, 'product')}
        </Button>
        {created + updated === 0 && <span class="quiet">The file changes nothing.</span>}
      </p>
    </section>
  );
}

function ResultPanel() {
  const done = result.value;
  if (!done) return null;
  const { created, updated, unchanged, bad, unlisted } = done;
  return (
    <section class="panel" aria-labelledby="result-title">
      <h2 id="result-title">Imported</h2>
      <p class="notice good" role="status">
        {counted(created, 'product')} created, {integer(updated)} changed, {integer(unchanged)} unchanged,{' '}
        {integer(bad.length + unlisted)} rejected. <a href={linkTo('admin')}>Show the products</a>
      </p>
      <RejectedRows bad={bad} />
    </section>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="small">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
