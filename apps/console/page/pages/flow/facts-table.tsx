import { topology } from '@tandem/contracts/topology';
import { state } from '../../live.ts';
import { counts } from './counts.ts';
import { factsOf } from './facts.ts';
import { nameOf } from './names.ts';
import { picture } from './system-picture.ts';
import { addressOf } from '../../parts/selection.ts';

/** Content of the picture as tables. */
export function FactsTable() {
  return (
    <details class="facts-table">
      <summary>Show as tables</summary>
      <h2>Parts</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {picture.nodes.map((node) => {
              const { lines } = factsOf(node, state.value, topology);
              return (
                <tr key={node.id}>
                  <th scope="row">
                    <a href={addressOf(node.id)}>{nameOf(node.id)}</a>
                  </th>
                  <td>
                    {node.kind === 'deadLetters'
                      ? lines.map((depth) => `${depth} dead letters`)
                      : lines.join(', ')}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <h2>Arrows</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Arrow</th>
              <th scope="col" class="number">
                Since page load
              </th>
            </tr>
          </thead>
          <tbody>
            {picture.arrows.map(({ id }) => (
              <tr key={id}>
                <th scope="row">
                  <a href={addressOf(id)}>{nameOf(id)}</a>
                </th>
                <td class="number">{counts.value.get(id) ?? 0}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
