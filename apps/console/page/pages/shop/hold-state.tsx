import type { Line } from '../../commerce.ts';
import { Act } from '../../parts/act.tsx';
import { useNow } from '../../parts/use-now.ts';
import { doings, holdAgain } from './basket.ts';
import { canHoldAgain, holdText } from './hold.ts';

interface HoldStateProps {
  readonly line: Line;
  /** Is called once the hold was requested, whatever came of it. */
  readonly onDone: () => void;
}

/** Whether the line's units are held and for how long, and the way to request the hold again. */
export function HoldState({ line, onDone }: HoldStateProps) {
  const text = holdText(line, useNow());
  if (text === undefined) return null;
  return (
    <div class="hold row">
      <span>{text}</span>
      {canHoldAgain(line) && (
        <Act
          isQuiet
          isOff={doings.isUnderWay('hold')}
          label={`Hold again: ${line.name}`}
          onAct={() => void holdAgain().then(onDone)}
        >
          Hold again
        </Act>
      )}
    </div>
  );
}
