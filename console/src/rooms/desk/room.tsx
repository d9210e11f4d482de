/** To come. */
export default function Desk() {
  return <p>Nothing here yet.</p>;
}
