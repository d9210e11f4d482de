export async function measureCapacity(_o: object): Promise<number> {
  return 1;
}
