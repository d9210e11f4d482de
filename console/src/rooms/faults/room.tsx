/** To come. */
export default function Faults() {
  return <p>Nothing here yet.</p>;
}
