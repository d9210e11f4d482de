/** To come. */
export default function Flow() {
  return <p>Nothing here yet.</p>;
}
