import { Scenarios } from './scenarios.tsx';
import { ObservedBill } from './observed-bill.tsx';
import { Sources } from './sources-of-prices.tsx';
import './bill.css';

/** Bill page: monthly AWS cost of the observed traffic and of the design scenarios. */
export default function BillPage() {
  return (
    <>
      <h1>Bill</h1>
      <p class="lead">
        Monthly cost on AWS: the production stacks × the measured consumption per request × a dated price
        list. Every amount shows its formula.
      </p>
      <ObservedBill />
      <Scenarios />
      <Sources />
    </>
  );
}
