import { createProduct } from './domain/edit-product.ts';
import { productKey } from './store/entity-types.ts';
import type { Table } from '@tandem/storage/table';

const sampleProducts: Readonly<
  Record<string, readonly [name: string, category: string, price: number, inventory: number]>
> = {
  'tandem-classic': ['Tandem bicycle Classic', 'bicycles', 189_900, 12],
  'tandem-gravel': ['Tandem bicycle Gravel', 'bicycles', 264_900, 5],
  'child-seat': ['Rear child seat', 'accessories', 11_990, 30],
  'bell-duo': ['Bell Duo, two tones', 'accessories', 1_490, 250],
  'light-set': ['Light set, rechargeable', 'accessories', 4_990, 120],
  'lock-long': ['Folding lock, 120 cm', 'accessories', 6_990, 80],
  'pannier-pair': ['Panniers, pair, 40 l', 'luggage', 12_900, 40],
  'bar-bag': ['Handlebar bag, 7 l', 'luggage', 5_900, 60],
  'helmet-m': ['Helmet, size M', 'clothing', 7_990, 45],
  'gloves-l': ['Gloves, size L', 'clothing', 2_990, 70],
  'chain-148': ['Chain, 148 links', 'parts', 4_490, 90],
  'tyre-28': ['Tyre 28", reinforced', 'parts', 3_990, 150],
};

/** Creates the sample products unless they exist. Changed and deleted ones are not restored. */
export async function seed(products: Table, now: string): Promise<void> {
  for (const [productId, [name, category, price, inventory]] of Object.entries(sampleProducts)) {
    const content = { name, category, price, currency: 'EUR' };
    await products.update(productKey(productId), (stored) =>
      stored
        ? { state: stored, events: [] }
        : createProduct({ stored }, productId, { content, inventory }, now),
    );
  }
}
