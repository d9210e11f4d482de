import type { Bill } from '@tandem/bill/bill';
import { dollars } from '@tandem/bill/line';
import { count } from './figures.ts';

/** Totals of a bill. */
export function Totals({ bill }: { readonly bill: Bill }) {
  return (
    <dl class="totals">
      <div>
        <dt>Per month</dt>
        <dd>{dollars(bill.total)}</dd>
      </div>
      <div>
        <dt>Per million requests</dt>
        <dd>{dollars(bill.perMillionRequests)}</dd>
      </div>
      <div>
        <dt>Requests per month</dt>
        <dd>{count(bill.requests)}</dd>
      </div>
    </dl>
  );
}
