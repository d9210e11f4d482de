/** To come. */
export default function DeadLetters() {
  return <p>Nothing here yet.</p>;
}
