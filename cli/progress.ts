import type { World } from './world.ts';

/** A line that says what is going on, while it goes on. */
export interface Progress {
  say(text: string): void;
  end(): void;
}

const silent: Progress = { say: () => {}, end: () => {} };

/** A spinner on a terminal; nothing in pipes, in CI, or when it is not wanted. */
export const startProgress = async (wanted: boolean, world: World): Promise<Progress> => {
  const { env, stderr } = world;
  if (!wanted || stderr.isTTY !== true || env['CI'] || env['TERM'] === 'dumb') return silent;
  const { default: yoctoSpinner } = await import('yocto-spinner');
  const spinner = yoctoSpinner().start();
  return {
    say: (text) => {
      spinner.text = text;
    },
    end: () => {
      spinner.stop();
    },
  };
};
