import { Scenarios } from './scenarios.tsx';
import { SeenTraffic } from './seen-traffic.tsx';
import { Sources } from './sources-of-prices.tsx';
import './bill.css';

/** What a month costs on AWS: of the traffic that was just seen, and of the scenarios that the system is built for. */
export default function BillRoom() {
  return (
    <>
      <h1>The bill</h1>
      <p class="lead">
        What this would cost on AWS in a month: the stacks of production × what each request was measured to
        consume × a dated price list. Every amount shows its formula, and can be repeated by hand.
      </p>
      <SeenTraffic />
      <Scenarios />
      <Sources />
    </>
  );
}
