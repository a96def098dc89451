import type { World } from './world.ts';

/** A line that says what is going on, while it goes on. */
export interface Progress {
  say(text: string): void;
  end(): void;
}

const silent: Progress = { say: () => {}, end: () => {} };

/** Whether a progress line has a place: on a terminal that can move its cursor, and not in CI. */
export const showsProgress = ({ env, stderr }: World): boolean =>
  stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';

/** A spinner where it has a place and is wanted; otherwise nothing. */
export const startProgress = async (wanted: boolean, world: World): Promise<Progress> => {
  if (!wanted || !showsProgress(world)) return silent;
  const { default: yoctoSpinner } = await import('yocto-spinner');
  const spinner = yoctoSpinner({ handleSignals: false }).start();
  const stop = (): void => {
    spinner.stop();
  };
  // An interrupt ends the process at once, and must give the cursor back.
  process.once('exit', stop);
  return {
    say: (text) => {
      spinner.text = text;
    },
    end: () => {
      process.off('exit', stop);
      stop();
    },
  };
};
