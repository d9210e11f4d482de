import { topology } from '@tandem/contracts/topology';
import { state } from '../../live.ts';
import { addressOf } from '../../parts/selection.ts';
import { Table } from '../../parts/table.tsx';
import { counts } from './counts.ts';
import { factsOf } from './facts.ts';
import { nameOf } from './names.ts';
import { picture } from './system-picture.ts';

/** Content of the picture as tables. */
export function FactsTable() {
  return (
    <details>
      <summary>Show as tables</summary>
      <Table label="Parts" columns={['Part', 'Now']}>
        {picture.nodes.map((node) => (
          <tr key={node.id}>
            <Name id={node.id} />
            <td>{factsOf(node, state.value, topology).lines.join(', ')}</td>
          </tr>
        ))}
      </Table>
      <Table label="Arrows" columns={['Arrow', { number: 'Since page load' }]}>
        {picture.arrows.map(({ id }) => (
          <tr key={id}>
            <Name id={id} />
            <td class="number">{counts.value.get(id) ?? 0}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

function Name({ id }: { readonly id: string }) {
  return (
    <th scope="row">
      <a href={addressOf(id)}>{nameOf(id)}</a>
    </th>
  );
}
