/** Dollars a month that the system may cost, with one NAT gateway, by scenario: a test holds them. */
export const ceilings: Readonly<Record<string, number>> = { average: 119, 'sustained-peak': 207, worst: 348 };
