/** To come. */
export default function Bill() {
  return <p>Nothing here yet.</p>;
}
