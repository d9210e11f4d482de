/** To come. */
export default function Docs() {
  return <p>Nothing here yet.</p>;
}
