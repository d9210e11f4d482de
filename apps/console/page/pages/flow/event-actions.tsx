import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { createActionState } from '../../actions.ts';
import { Button, ErrorNotice, LazyDetails } from '../../parts/controls.tsx';
import { pretty } from '../../parts/format.ts';
import { requestAsOperator } from '../../session.ts';

interface Props {
  readonly eventId: string;
  readonly eventType: string;
}

/** What an operator can do with a published event: see its payload, and publish it again, which changes nothing. */
export function EventActions({ eventId, eventType }: Props) {
  const actions = useMemo(createActionState, []);
  const count = useSignal(0);
  const path = `/console/events/${encodeURIComponent(eventId)}`;
  const republish = () =>
    actions.run('republish', async () => {
      await requestAsOperator(`${path}/republish`, { method: 'POST', body: {} });
      count.value += 1;
    });
  return (
    <div class="actions">
      <LazyDetails summary="Payload" label={`Payload of ${eventType}`} load={() => payloadOf(path)} />
      <Button
        isQuiet
        isDisabled={actions.isPending('republish')}
        label={`Publish again: ${eventType}`}
        onPress={() => void republish()}
      >
        Publish again
      </Button>
      <span class="small" role="status">
        {count.value > 0 && 'Published again: consumers that have applied it ignore it.'}
      </span>
      <ErrorNotice message={actions.errorOf('republish')} />
    </div>
  );
}

async function payloadOf(path: string) {
  const { body } = await requestAsOperator<{ body: string }>(path);
  return <pre tabIndex={0}>{pretty(body)}</pre>;
}
