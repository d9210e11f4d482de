import type { Placed } from './layout.ts';

/** Shape of a part by its kind: a drum for a table, a pipe for a queue, an arrowhead for a topic. */
export function Outline({ node }: { node: Box & Pick<Placed, 'kind'> }) {
  const { kind, x, y, width, height } = node;
  switch (kind) {
    case 'table':
      return <Drum {...node} />;
    case 'queue':
      return <Pipe {...node} />;
    case 'topic':
      return <path class="shape" d={fan(node)} />;
    case 'relay':
      return <path class="shape" d={notched(node)} />;
    case 'subscription':
      return <path class="shape" d={funnel(node)} />;
    case 'client':
      return <circle class="shape" cx={x + width / 2} cy={y + height / 2} r={width / 2} />;
    default:
      return (
        <rect
          class="shape"
          x={x}
          y={y}
          width={width}
          height={height}
          rx={kind === 'deadLetters' ? height / 2 : 5}
        />
      );
  }
}

type Box = Pick<Placed, 'x' | 'y' | 'width' | 'height'>;

const RIM = 8;

function Drum({ x, y, width, height }: Box) {
  const rim = `M${x} ${y + RIM}a${width / 2} ${RIM} 0 0 1 ${width} 0`;
  return (
    <>
      <path class="shape" d={`${rim}v${height - 2 * RIM}a${width / 2} ${RIM} 0 0 1 ${-width} 0Z`} />
      <path class="detail" d={`M${x} ${y + RIM}a${width / 2} ${RIM} 0 0 0 ${width} 0`} />
    </>
  );
}

/** Pipe of a queue; its open end is the side of the consumer. */
function Pipe({ x, y, width, height }: Box) {
  const right = x + width - RIM;
  return (
    <>
      <path
        class="shape"
        d={`M${x + RIM} ${y}H${right}a${RIM} ${height / 2} 0 0 1 0 ${height}H${x + RIM}a${RIM} ${height / 2} 0 0 1 0 ${-height}Z`}
      />
      <path class="detail" d={`M${right} ${y}a${RIM} ${height / 2} 0 0 0 0 ${height}`} />
    </>
  );
}

function fan({ x, y, width, height }: Box): string {
  const tip = 12;
  return `M${x} ${y}H${x + width - tip}L${x + width} ${y + height / 2}L${x + width - tip} ${y + height}H${x}L${x + tip} ${y + height / 2}Z`;
}

function notched({ x, y, width, height }: Box): string {
  const cut = 10;
  return `M${x + cut} ${y}H${x + width - cut}L${x + width} ${y + cut}V${y + height - cut}L${x + width - cut} ${y + height}H${x + cut}L${x} ${y + height - cut}V${y + cut}Z`;
}

function funnel({ x, y, width, height }: Box): string {
  const narrow = height * 0.22;
  return `M${x} ${y}L${x + width} ${y + narrow}V${y + height - narrow}L${x} ${y + height}Z`;
}
