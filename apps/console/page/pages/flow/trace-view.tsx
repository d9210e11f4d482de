import { useEffect } from 'preact/hooks';
import type { TraceDetail } from '../../../server/protocol.ts';
import { coalesce } from '../../actions.ts';
import { Problem, request } from '../../api.ts';
import { about, onStep } from '../../live.ts';
import { linkTo } from '../../parts/address.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { capitalized, counted, dayAndTime, duration } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import { queries, useRead } from '../../query.ts';
import { bodyOfTrace } from '../../sent-bodies.ts';
import { isOperator } from '../../session.ts';
import { curlOf, rootRequestOf } from './curl.ts';
import { EventActions } from './event-actions.tsx';
import { prefersReducedMotion } from './picture.tsx';
import { playback, playTrace, stopPlayback } from './playback.ts';
import { statusTexts } from './trace-list.tsx';
import { rowsOf, traceAsJson, type TraceRow } from './trace-rows.ts';

/** Attempts to read a trace that is unknown, and the pause between them: its first step may be under way. */
const ATTEMPTS = 5;
const PAUSE_MS = 300;

async function readTrace(traceId: string): Promise<TraceDetail> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await request<TraceDetail>(`/console/traces/${encodeURIComponent(traceId)}`)).body;
    } catch (error) {
      if (!isUnknown(error) || attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Problem && error.status === 404;
}

/** A trace by its id, read again with each of its steps. What was read once stays, also when the server no longer keeps it. */
function useTrace(traceId: string) {
  const key = ['trace', traceId];
  useEffect(() => {
    const refresh = coalesce(async () => queries.invalidateQueries({ queryKey: key }), 100);
    return onStep((step) => {
      if ((step.traceId ?? ('eventId' in step ? step.eventId : undefined)) === traceId) refresh();
    });
  }, [traceId]);
  return useRead(key, async () => {
    const trace = await readTrace(traceId);
    // A trace that was dropped begins anew with its next step.
    const former = queries.getQueryData<TraceDetail>(key);
    return former && former.stepCount > trace.stepCount ? former : trace;
  });
}

/** A trace as a tree: each event below what caused it, with its times. */
export function Trace({ traceId }: { readonly traceId: string }) {
  const { data, error } = useTrace(traceId);
  if (!data) {
    if (isUnknown(error))
      return (
        <>
          <p class="quiet">
            Nothing of this trace is kept. The latest traces are kept, and those with failures for longer.{' '}
            <a href={linkTo('flow', 'traces')}>All traces</a>
          </p>
          <p>
            <code>{traceId}</code>
          </p>
        </>
      );
    return error ? <ErrorNotice message={error.message} /> : <p class="quiet">Loading …</p>;
  }
  const { name, startedAt, durationMs, status, errors, omittedSteps } = data;
  return (
    <>
      <p class="summary">
        <strong>{name}</strong>
        <br />
        {dayAndTime(startedAt)} · {duration(durationMs)} from first to last step ·{' '}
        <span class={`outcome ${status}`}>{statusTexts[status]}</span>
        {errors > 0 && ` · ${counted(errors, 'error')}`}
      </p>
      {isUnknown(error) && (
        <p class="notice">The system no longer keeps this trace. It stays here while this page is open.</p>
      )}
      <Tree trace={data} />
      {omittedSteps > 0 && <p class="small">{counted(omittedSteps, 'further step')} not kept.</p>}
      <TraceTools trace={data} />
    </>
  );
}

function Tree({ trace }: { readonly trace: TraceDetail }) {
  const rows = rowsOf(trace, running.value);
  return (
    <ol class="list tree" aria-label="What happened, each step below its cause">
      {rows.map((row) => (
        <Row key={row.node.id} row={row} durationMs={trace.durationMs} />
      ))}
    </ol>
  );
}

function Row({ row, durationMs }: { readonly row: TraceRow; readonly durationMs: number }) {
  const { node, depth, title, detail, startMs, endMs, marks } = row;
  const deadLetters = deadLetterQueueOf(row);
  const isPlayed = playback.value?.nodeId === node.id;
  const percent = (ms: number) => (durationMs === 0 ? 0 : Math.min(100, (ms / durationMs) * 100));
  return (
    <li
      class={`${node.kind} ${accentOf(node.service)} ${node.status} ${isPlayed ? 'played' : ''}`}
      style={{ '--depth': Math.min(depth, 8) }}
      aria-level={depth + 1}
    >
      <span class="what">
        <span class="type">{title}</span> <span class="small">{detail}</span>
      </span>
      <span class="number small after">+{duration(startMs)}</span>
      <span class="time" aria-hidden="true">
        <span class="bar" style={{ left: `${percent(startMs)}%`, width: `${percent(endMs - startMs)}%` }} />
        {marks.map(({ kind, atMs }, index) => (
          <span key={index} class={`tick ${kind}`} style={{ left: `${percent(atMs)}%` }} />
        ))}
      </span>
      {deadLetters !== undefined && (
        <a class="small" href={linkTo('dead-letters', deadLetters)}>
          {node.kind === 'event' ? 'Its parking queue' : 'Its dead-letter queue'}
        </a>
      )}
      {node.kind === 'event' &&
        node.eventId !== undefined &&
        deadLetters === undefined &&
        isOperator.value && <EventActions eventId={node.eventId} eventType={title} />}
    </li>
  );
}

/** Queue with the message of a row that has failed for good. */
function deadLetterQueueOf({ node: { status, queue, kind, service } }: TraceRow): string | undefined {
  if (status !== 'deadLettered') return undefined;
  const { queues, relays } = running.value;
  if (queue !== undefined) return queues[queue].deadLetterQueue;
  return kind === 'event' ? relays[service]?.parkingQueue : undefined;
}

/** Lets the events of a trace travel through the picture again, one step at a time. */
function PlayButton({ trace }: { readonly trace: TraceDetail }) {
  useEffect(() => stopPlayback, [trace.id]);
  const isPlaying = playback.value?.traceId === trace.id;
  return (
    <Button isQuiet onPress={() => (isPlaying ? stopPlayback() : playTrace(trace))}>
      {isPlaying ? 'Stop' : 'Play'}
    </Button>
  );
}

const TRACE_ID = /^[0-9a-f]{32}$/;

/** What can be done with a trace: copy it, repeat its request, open it elsewhere. */
function TraceTools({ trace }: { readonly trace: TraceDetail }) {
  const root = rootRequestOf(trace);
  const gateway = about.value?.urls.gateway ?? location.origin;
  const { id, services } = trace;
  // A message without a trace has the id of its event instead.
  const backend = TRACE_ID.test(id) ? about.value?.traceUrl?.replaceAll('{traceId}', id) : undefined;
  return (
    <div class="row tools">
      {!prefersReducedMotion.value && <PlayButton trace={trace} />}
      <CopyButton text={() => traceAsJson(trace)}>Copy as JSON</CopyButton>
      {root && <CopyButton text={() => curlOf(root, gateway, bodyOfTrace(id))}>Copy as curl</CopyButton>}
      <CopyButton text={() => location.href}>Copy link</CopyButton>
      {backend !== undefined && (
        <a href={backend} target="_blank" rel="noreferrer">
          Open at the tracing backend
        </a>
      )}
      <span class="small">
        {services.map(capitalized).join(', ')} · <code>{id.slice(0, 16)}</code>
      </span>
    </div>
  );
}
