import { put, type Table } from '@tandem/storage/table';
import { createProduct } from './domain/edit-product.ts';
import { descriptionKey, productKey } from './store/entity-types.ts';

interface Sample {
  readonly name: string;
  readonly category: string;
  /** In cents of a euro. */
  readonly price: number;
  readonly inventory: number;
  readonly description: string;
}

const samples: Readonly<Record<string, Sample>> = {
  'tandem-classic': {
    name: 'Tandem bicycle Classic',
    category: 'bicycles',
    price: 189_900,
    inventory: 12,
    description:
      'A touring tandem for two riders of different size. Steel frame, mudguards, 3 × 9 gears, and a stoker’s handlebar that can be moved without tools.',
  },
  'tandem-gravel': {
    name: 'Tandem bicycle Gravel',
    category: 'bicycles',
    price: 264_900,
    inventory: 5,
    description:
      'For roads that end. Aluminium frame, 45 mm tyres, disc brakes, and mounts for six bottles: the two of you will be thirsty.',
  },
  'child-seat': {
    name: 'Rear child seat',
    category: 'accessories',
    price: 11_990,
    inventory: 30,
    description:
      'For children of 9 to 22 kg. Five-point harness, adjustable foot rests, and a quick release.',
  },
  'bell-duo': {
    name: 'Bell Duo, two tones',
    category: 'accessories',
    price: 1_490,
    inventory: 250,
    description: 'Two domes, a third apart. One lever, so that nobody argues about who rings.',
  },
  'light-set': {
    name: 'Light set, rechargeable',
    category: 'accessories',
    price: 4_990,
    inventory: 120,
    description: 'Front 80 lux, rear with brake light. Eight hours at full power, charged by USB-C.',
  },
  'lock-long': {
    name: 'Folding lock, 120 cm',
    category: 'accessories',
    price: 6_990,
    inventory: 80,
    description: 'Long enough for a tandem and a lamp post. Hardened links, two keys, holder included.',
  },
  'pannier-pair': {
    name: 'Panniers, pair, 40 l',
    category: 'luggage',
    price: 12_900,
    inventory: 40,
    description: 'Waterproof roll-top bags of 20 litres each, with reflective seams and hooks for any rack.',
  },
  'bar-bag': {
    name: 'Handlebar bag, 7 l',
    category: 'luggage',
    price: 5_900,
    inventory: 60,
    description: 'Waxed cotton with a magnetic clasp. Holds a map, a camera and lunch for two.',
  },
  'helmet-m': {
    name: 'Helmet, size M',
    category: 'clothing',
    price: 7_990,
    inventory: 45,
    description: 'For heads of 55 to 59 cm. Eleven vents, 290 g, with a visor that can be taken off.',
  },
  'gloves-l': {
    name: 'Gloves, size L',
    category: 'clothing',
    price: 2_990,
    inventory: 70,
    description: 'Long fingers that work on touch screens, padded palms, and a cuff that keeps the wind out.',
  },
  'chain-148': {
    name: 'Chain, 148 links',
    category: 'parts',
    price: 4_490,
    inventory: 90,
    description: 'A nine-speed chain of a length that only tandems need. With two connecting links.',
  },
  'tyre-28': {
    name: 'Tyre 28", reinforced',
    category: 'parts',
    price: 3_990,
    inventory: 150,
    description: '28 × 1.6 inches, built for the weight of two. Puncture protection and a reflective stripe.',
  },
};

/**
 * Creates the sample products unless they exist; the console serves their pictures. Changed and deleted ones are not
 * restored.
 */
export async function seed(products: Table, now: string): Promise<void> {
  for (const [productId, { inventory, ...sample }] of Object.entries(samples)) {
    const content = { ...sample, currency: 'EUR', imageUrl: `/images/${productId}.svg` };
    await products.transact([productKey(productId), descriptionKey(productId)], (read) => {
      if (read.get(productKey(productId))) return { writes: [] };
      const { state, description, events } = createProduct(
        { stored: undefined },
        productId,
        { content, inventory },
        now,
      );
      const product = put(productKey(productId), state, events);
      return { writes: description ? [product, put(descriptionKey(productId), description)] : [product] };
    });
  }
}
