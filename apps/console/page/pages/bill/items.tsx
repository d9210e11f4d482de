import { dollars, type Line } from '@tandem/bill/line';

const CENT = 0.005;
/** Minimum share that is drawn as a bar. */
const MIN_SHARE = 0.01;

/** Lines of a bill, most expensive first; lines below a cent are in a separate table. */
export function Items({ lines, caption }: { readonly lines: readonly Line[]; readonly caption: string }) {
  const sorted = [...lines].sort((a, b) => b.monthly - a.monthly);
  const paid = sorted.filter(({ monthly }) => monthly >= CENT);
  const free = sorted.filter(({ monthly }) => monthly < CENT);
  return (
    <>
      <Table lines={paid} caption={caption} />
      {free.length > 0 && (
        <details>
          <summary>{free.length} more below one cent</summary>
          <Table lines={free} caption={`${caption}: less than a cent`} />
        </details>
      )}
    </>
  );
}

function Table({ lines, caption }: { readonly lines: readonly Line[]; readonly caption: string }) {
  const most = Math.max(...lines.map(({ monthly }) => monthly));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="items">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" class="number">
              Per month
            </th>
            <th scope="col">Formula</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Row key={line.item} line={line} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  line: { item, monthly, formula, inputs },
  most,
}: {
  readonly line: Line;
  readonly most: number;
}) {
  return (
    <tr>
      <th scope="row">
        {item}
        {monthly >= MIN_SHARE * most && monthly >= CENT && (
          <span class="share" style={{ width: `${(100 * monthly) / most}%` }} />
        )}
      </th>
      <td class="number">{dollars(monthly)}</td>
      <td class="formula">
        <code>{formula}</code>
        {inputs.length > 0 && (
          <details>
            <summary>
              Derivation<span class="unseen">: {item}</span>
            </summary>
            <dl>
              {inputs.map(({ name, formula }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <code>{formula}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </td>
    </tr>
  );
}
