import type { Box, Placed } from './layout.ts';

const RIM = 8;

/** Shape of a part by its kind as an SVG path: a drum for a table, a pipe for a queue, an arrowhead for a topic. */
export function Outline({ kind, x, y, width: w, height: h }: Box & Pick<Placed, 'kind'>) {
  switch (kind) {
    case 'table':
      return (
        <>
          <path
            class="shape"
            d={`M${x} ${y + RIM}a${w / 2} ${RIM} 0 0 1 ${w} 0v${h - 2 * RIM}a${w / 2} ${RIM} 0 0 1 ${-w} 0Z`}
          />
          <path class="detail" d={`M${x} ${y + RIM}a${w / 2} ${RIM} 0 0 0 ${w} 0`} />
        </>
      );
    case 'queue':
      // The open end is the side of the consumer.
      return (
        <>
          <path
            class="shape"
            d={`M${x + RIM} ${y}h${w - 2 * RIM}a${RIM} ${h / 2} 0 0 1 0 ${h}h${2 * RIM - w}a${RIM} ${h / 2} 0 0 1 0 ${-h}Z`}
          />
          <path class="detail" d={`M${x + w - RIM} ${y}a${RIM} ${h / 2} 0 0 0 0 ${h}`} />
        </>
      );
    case 'topic':
      return (
        <path class="shape" d={`M${x} ${y}h${w - 12}l12 ${h / 2}l-12 ${h / 2}h${12 - w}l12 ${-h / 2}Z`} />
      );
    case 'relay':
      return (
        <path
          class="shape"
          d={`M${x + 10} ${y}h${w - 20}l10 10v${h - 20}l-10 10h${20 - w}l-10 -10v${20 - h}Z`}
        />
      );
    case 'subscription':
      return <path class="shape" d={`M${x} ${y}l${w} ${h * 0.22}v${h * 0.56}l${-w} ${h * 0.22}Z`} />;
    case 'client':
      return <circle class="shape" cx={x + w / 2} cy={y + h / 2} r={w / 2} />;
    default:
      return <rect class="shape" x={x} y={y} width={w} height={h} rx={kind === 'deadLetters' ? h / 2 : 5} />;
  }
}
