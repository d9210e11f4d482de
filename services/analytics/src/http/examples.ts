/** Examples of the OpenAPI document: two days of a bicycle shop. */

const range = { from: '2026-02-13', to: '2026-02-14' };

const days = [
  {
    date: '2026-02-13',
    cartsOpened: 40,
    cartsAbandoned: 21,
    cartsCheckedOut: 14,
    conversionRate: 0.35,
    unitsCheckedOut: 28,
    unitsPerCart: 2,
    revenue: [{ currency: 'EUR', amount: 83_440 }],
    valuePerCart: [{ currency: 'EUR', amount: 5_960 }],
  },
  {
    date: '2026-02-14',
    cartsOpened: 60,
    cartsAbandoned: 30,
    cartsCheckedOut: 21,
    conversionRate: 0.35,
    unitsCheckedOut: 42,
    unitsPerCart: 2,
    revenue: [{ currency: 'EUR', amount: 125_160 }],
    valuePerCart: [{ currency: 'EUR', amount: 5_960 }],
  },
];

export const funnel = {
  ...range,
  total: {
    cartsOpened: 100,
    cartsAbandoned: 51,
    cartsCheckedOut: 35,
    conversionRate: 0.35,
    unitsCheckedOut: 70,
    unitsPerCart: 2,
    revenue: [{ currency: 'EUR', amount: 208_600 }],
    valuePerCart: [{ currency: 'EUR', amount: 5_960 }],
  },
  days,
};

const product = { productId: 'bell-duo', name: 'Bell Duo, two tones' };

const figures = {
  unitsAdded: 10,
  unitsRemoved: 2,
  unitsHeld: 9,
  unitsExpired: 1,
  unitsCheckedOut: 6,
  revenue: [{ currency: 'EUR', amount: 8_940 }],
};
const noFigures = {
  unitsAdded: 0,
  unitsRemoved: 0,
  unitsHeld: 0,
  unitsExpired: 0,
  unitsCheckedOut: 0,
  revenue: [],
};

/** Cursors are opaque. */
export const cursor = 'WyJ1bml0c0NoZWNrZWRPdXQiLDYsImJlbGwtZHVvIl0';

export const productPage = {
  ...range,
  items: [{ ...product, ...figures, trend: [0, 6] }],
  nextCursor: cursor,
};

export const productFigures = {
  ...product,
  ...range,
  total: figures,
  days: [
    { date: '2026-02-13', ...noFigures },
    { date: '2026-02-14', ...figures },
  ],
  priceChanges: [
    {
      changedAt: '2026-02-14T10:20:00.000Z',
      version: 41,
      from: { price: 1_690, currency: 'EUR' },
      to: { price: 1_490, currency: 'EUR' },
      unitsAddedPerHour: { before: 0, after: 2.5 },
      hoursBefore: [0, 0],
      hoursAfter: [2, 3],
    },
  ],
};
