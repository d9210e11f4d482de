/** Cost limits by scenario, in dollars a month, with one NAT gateway; enforced by a test. */
export const costLimits: Readonly<Record<string, number>> = {
  average: 119,
  'sustained-peak': 207,
  worst: 348,
};
