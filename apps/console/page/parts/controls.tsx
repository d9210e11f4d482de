import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { createActionState } from '../actions.ts';
import { about } from '../live.ts';
import { isOperator } from '../session.ts';
import { capitalized } from './format.ts';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly isDisabled?: boolean;
  /** Secondary style. */
  readonly isQuiet?: boolean;
  /** State of a switch. */
  readonly isPressed?: boolean;
  /** Accessible name, where the visible text alone is ambiguous. */
  readonly label?: string;
  /** Handler of a click; without one it is a submit button. */
  readonly onPress?: () => void;
}

/** Button that keeps the keyboard focus while it is disabled (`aria-disabled`). */
export function Button({
  children,
  isDisabled = false,
  isQuiet = false,
  isPressed,
  label,
  onPress,
}: ButtonProps) {
  const press = (event: Event) => {
    if (isDisabled) event.preventDefault();
    else onPress?.();
  };
  return (
    <button
      type={onPress ? 'button' : 'submit'}
      class={isQuiet ? 'quiet' : undefined}
      aria-disabled={isDisabled}
      aria-pressed={isPressed}
      aria-label={label}
      onClick={press}
    >
      {children}
    </button>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string | undefined;
  /** Values with their texts. */
  readonly options: readonly (readonly [value: string, text: string])[];
  /** Called with the chosen value. */
  readonly onChoose: (value: string) => void;
}

/** Labelled list of options. */
export function Select({ label, value, options, onChoose }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Error message as an alert; renders nothing without one. */
export function ErrorNotice({ message }: { readonly message: string | undefined }) {
  return message === undefined ? null : (
    <p class="notice bad" role="alert">
      {capitalized(message)}
    </p>
  );
}

interface LazyDetailsProps {
  readonly summary: string;
  /** Accessible name, where the summary alone is ambiguous. */
  readonly label?: string;
  readonly load: () => Promise<ComponentChildren>;
}

/** Details whose content is loaded each time they are opened. */
export function LazyDetails({ summary, label, load }: LazyDetailsProps) {
  const content = useSignal<ComponentChildren>('…');
  const actions = useMemo(createActionState, []);
  const open = () => void actions.run('load', async () => void (content.value = await load()));
  const error = actions.errorOf('load');
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open && open()}>
      <summary aria-label={label}>{summary}</summary>
      {error === undefined ? content.value : <ErrorNotice message={error} />}
    </details>
  );
}

/** Term and value in a description list. */
export function Fact({ name, children }: { readonly name: string; readonly children: string | number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface TableProps {
  /** Accessible name. */
  readonly label: string;
  readonly class?: string;
  /** Titles of the columns; those that start with # have numbers, which are right-aligned. */
  readonly columns: readonly string[];
  /** Column that sorts the rows, in descending order by default, and the links of columns that can sort them. */
  readonly sorting?: {
    readonly column: string;
    readonly isAscending?: boolean;
    readonly addressOf: (column: string) => string | undefined;
  };
  /** Cells of each row, of which the first is its header. */
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** Table in a region that scrolls by itself, also with the keyboard. */
export function Table({ label, class: className, columns, sorting, rows }: TableProps) {
  const classOf = (column: number) => (columns[column]?.startsWith('#') ? 'number' : undefined);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={className}>
        <thead>
          <tr>
            {columns.map((title, column) => (
              <th
                key={column}
                scope="col"
                class={classOf(column)}
                aria-sort={sorting?.column === title ? orderOf(sorting) : undefined}
              >
                <ColumnTitle title={title.replace('#', '')} address={sorting?.addressOf(title)} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([header, ...cells], row) => (
            <tr key={typeof header === 'string' ? header : row}>
              <th scope="row">{header}</th>
              {cells.map((cell, index) => (
                <td key={index} class={classOf(index + 1)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function orderOf({ isAscending = false }: { readonly isAscending?: boolean }) {
  return isAscending ? 'ascending' : 'descending';
}

function ColumnTitle({ title, address }: { readonly title: string; readonly address: string | undefined }) {
  return address === undefined ? <>{title}</> : <a href={address}>{title}</a>;
}

/** Notice of what the actions of a page require: a running system, and an operator token for `what`: "Injecting faults". */
export function Requirements({ what }: { readonly what: string }) {
  if (about.value === null) return <NotConnected />;
  if (isOperator.value) return null;
  return (
    <p class="notice">
      {what} requires an operator token. Open the link that <code>npm start</code> prints, or paste a token
      under “Sign in as operator”.
    </p>
  );
}

/** Notice that no gateway serves the page. */
export function NotConnected() {
  return <p class="notice">This page is not connected to a running system, so it shows no live data.</p>;
}
