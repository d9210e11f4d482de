/** Dollars a month that the system may cost, with one NAT gateway, by scenario: a test holds them. */
export const ceilings: Readonly<Record<string, number>> = { average: 120, 'sustained-peak': 216, worst: 367 };
