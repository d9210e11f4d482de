/** To come. */
export default function Shop() {
  return <p>Nothing here yet.</p>;
}
