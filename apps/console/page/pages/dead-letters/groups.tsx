import type { DeadLetterGroup } from '../../../server/protocol.ts';
import { Button } from '../../parts/controls.tsx';
import { counted, dayAndTime } from '../../parts/format.ts';
import { DiscardForm } from './message-card.tsx';
import { actions, discard, redrive } from './requests.ts';
import { filterOf, linkToView } from './view.ts';

/** Groups of messages with the same queue, type and reason: what to do about each. */
export function Groups({ groups }: { readonly groups: readonly DeadLetterGroup[] }) {
  return (
    <ul class="list groups" aria-label="Reasons">
      {groups.map((group) => (
        <Group key={`${group.queue} ${group.eventType} ${group.reason}`} group={group} />
      ))}
    </ul>
  );
}

function Group({ group }: { readonly group: DeadLetterGroup }) {
  const { queue, eventType, reason, isAcceptable, count, oldestAt } = group;
  const isBusy = actions.isPending('redrive') || actions.isPending('discard');
  const messages = counted(count, 'message');
  const warning = `${messages} would be rejected again and return to this queue. Redrive anyway?`;
  return (
    <li class="panel">
      <p class="count">{count}</p>
      <div>
        <h3>
          <a href={linkToView({ queue, type: eventType, reason })}>
            {eventType ?? 'Messages of unknown type'}
          </a>
        </h3>
        <p class={isAcceptable ? 'good-ink' : 'bad-ink'}>{reason}</p>
        <p class="small">
          <code>{queue}</code>
          {oldestAt !== undefined && ` · oldest ${dayAndTime(oldestAt)}`}
        </p>
        <div class="row">
          <Button isQuiet isDisabled={isBusy} onPress={() => void redrive(queue, filterOf(group))}>
            Redrive {messages}
          </Button>
          {!isAcceptable && (
            <Button
              isQuiet
              isDisabled={isBusy}
              onPress={() =>
                void (confirm(warning) && redrive(queue, { ...filterOf(group), isForced: true }))
              }
            >
              Redrive {messages} anyway
            </Button>
          )}
        </div>
        <details>
          <summary>Discard {messages}</summary>
          <DiscardForm what={messages} onDiscard={(why) => discard(queue, filterOf(group), why)} />
        </details>
      </div>
    </li>
  );
}
