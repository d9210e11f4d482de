import { computed, signal } from '@preact/signals';
import { capitalized } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { layOut, type Shape } from './layout.ts';

/** Shape and width of the picture, in picture units, as its place on the page demands. */
export const frame = signal<{ readonly shape: Shape; readonly width: number }>({ shape: 'wide', width: 0 });

/** Layout of the services that run. */
export const picture = computed(() => layOut(running.value, frame.value.shape, frame.value.width));

/** Widest screen on which the picture is upright. */
const narrow = matchMedia('(max-width: 63.99rem)');
/** Height of what is above the picture, in pixels. */
const ABOVE = 150;
/** Limits of the size of a picture unit, in pixels. */
const scales = { wide: { min: 0.9, max: 1.7 }, upright: { min: 0.8, max: 1.25 } } as const;

/** Fits the picture into an element whenever the size of that or of the screen changes. Returns the function that stops it. */
export function fitPicture(place: HTMLElement): () => void {
  const fit = () => {
    const shape: Shape = narrow.matches ? 'upright' : 'wide';
    const { height } = layOut(running.peek(), shape);
    const { min, max } = scales[shape];
    const scale = Math.min(max, Math.max(min, shape === 'wide' ? (innerHeight - ABOVE) / height : 1));
    const width = Math.round(place.clientWidth / scale);
    const { shape: formerShape, width: formerWidth } = frame.peek();
    if (shape !== formerShape || width !== formerWidth) frame.value = { shape, width };
  };
  const observer = new ResizeObserver(fit);
  observer.observe(place);
  narrow.addEventListener('change', fit);
  addEventListener('resize', fit);
  return () => {
    observer.disconnect();
    narrow.removeEventListener('change', fit);
    removeEventListener('resize', fit);
  };
}

const prefixes = {
  client: 'The ',
  gateway: 'The ',
  service: 'Service ',
  table: 'Table ',
  relay: '',
  topic: 'Topic ',
  subscription: '',
  queue: 'Queue ',
  deadLetters: 'Dead letters ',
};

/** Display name of a part or an arrow; undefined for an unknown id. */
export function nameOf(id: string): string | undefined {
  const node = picture.value.nodes.find((node) => node.id === id);
  if (node)
    return capitalized(prefixes[node.kind] + (node.kind === 'service' ? capitalized(node.name) : node.name));
  const arrow = picture.value.arrows.find((arrow) => arrow.id === id);
  if (!arrow) return undefined;
  const name = (end: string) => picture.value.nodes.find(({ id }) => id === end)?.name ?? end;
  const carries = arrow.carries === 'consumed' ? 'Events consumed' : capitalized(arrow.carries);
  return `${carries}: ${name(arrow.from)} to ${name(arrow.to)}`;
}
