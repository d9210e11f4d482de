/**
 * URLs by queue name. A URL ends with the name, which may have the prefix of the deployment; of several that do, the shortest
 * is the queue's own: the name of another queue may end with this one's. Throws for a queue without URL.
 */
export function urlsByName(queues: readonly string[], urls: readonly string[]): Record<string, string> {
  const shortestFirst = urls.toSorted((a, b) => a.length - b.length);
  return Object.fromEntries(
    queues.map((queue) => {
      const url = shortestFirst.find((candidate) => candidate.endsWith(queue));
      if (url === undefined) throw new Error(`QUEUE_URLS has no URL of ${queue}. Add it.`);
      return [queue, url];
    }),
  );
}
