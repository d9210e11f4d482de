import type { Line } from '../../commerce.ts';
import { Button } from '../../parts/button.tsx';
import { useNow } from '../../parts/use-now.ts';
import { actions, holdAgain } from './cart-state.ts';
import { canHoldAgain, holdText } from './hold.ts';

interface HoldStateProps {
  readonly line: Line;
  /** Called after the hold was requested, whether it succeeded or not. */
  readonly onDone: () => void;
}

/** Hold of a line with its remaining time, and a button to request it again. */
export function HoldState({ line, onDone }: HoldStateProps) {
  const text = holdText(line, useNow());
  if (text === undefined) return null;
  return (
    <div class="row hold small">
      <span>{text}</span>
      {canHoldAgain(line) && (
        <Button
          isQuiet
          isDisabled={actions.isPending('hold')}
          label={`Hold again: ${line.name}`}
          onPress={() => void holdAgain().then(onDone)}
        >
          Hold again
        </Button>
      )}
    </div>
  );
}
