/** Dollars a month that the system may cost, with one NAT gateway, by scenario: a test holds them. */
export const ceilings: Readonly<Record<string, number>> = { average: 115, 'sustained-peak': 185, worst: 310 };
