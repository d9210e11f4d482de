import type { Bill } from '@tandem/bill/bill';
import { dollars } from '@tandem/bill/line';
import { count } from './figures.ts';

/** What a bill comes to. */
export function Totals({ bill }: { readonly bill: Bill }) {
  return (
    <dl class="totals">
      <div>
        <dt>A month</dt>
        <dd>{dollars(bill.total)}</dd>
      </div>
      <div>
        <dt>Per million requests</dt>
        <dd>{dollars(bill.perMillionRequests)}</dd>
      </div>
      <div>
        <dt>Requests a month</dt>
        <dd>{count(bill.requests)}</dd>
      </div>
    </dl>
  );
}
