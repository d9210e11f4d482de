/** Limits of the milliseconds from one frame to the next: as smooth as the screen, and 15 frames a second. */
const FRAME_MS = { least: 16, most: 66 } as const;
/** Milliseconds that each animation adds: those of one action stay smooth, and a stream of dots costs little. */
const MS_PER_ANIMATION = 3;

/** Animations of a picture, which all move in the same frames: a frame costs the browser a paint, however many parts move in it. */
export interface Frames {
  /** Calls `start` in the next frame. */
  atNext(start: () => void): void;
  /** Plays an animation that has just been created, from its beginning to its end. */
  play(animation: Animation): Animation;
}

/** Creates the clock of the frames, which runs only while something moves. */
export function createFrames(): Frames {
  const playing = new Map<Animation, { readonly from: number; readonly duration: number }>();
  let starts: (() => void)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const showFrame = () => {
    timer = undefined;
    const now = performance.now();
    const due = starts;
    starts = [];
    for (const start of due) start();
    for (const [animation, { from, duration }] of playing) {
      if (now - from < duration) animation.currentTime = now - from;
      else {
        playing.delete(animation);
        animation.finish();
      }
    }
    if (playing.size > 0) scheduleFrame();
  };
  const scheduleFrame = () => {
    const ms = Math.min(FRAME_MS.most, Math.max(FRAME_MS.least, playing.size * MS_PER_ANIMATION));
    timer ??= setTimeout(showFrame, ms);
  };
  return {
    atNext(start) {
      starts.push(start);
      scheduleFrame();
    },
    play(animation) {
      animation.pause();
      const duration = Number(animation.effect?.getComputedTiming().endTime ?? 0);
      playing.set(animation, { from: performance.now(), duration });
      scheduleFrame();
      return animation;
    },
  };
}
