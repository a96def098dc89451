import { Command, Option } from 'commander';
import { Lock2nixError } from '../graph/errors.ts';
import type { ConvertResult } from './commands/convert.ts';
import { startProgress } from './progress.ts';
import { formatDiagnostic } from './report.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

const exitCodes = `Exit codes:
  0   done
  1   the answer is no: the lock is damaged or contradicts itself, a hash differs, a source is refused
  2   wrong usage: a bad option, an input that is not there, a foreign file in the output folder
  3   a registry could not be reached or answers rubbish, or the cache lacks what --offline needs
  70  a bug of lock2nix`;

/** `a,b` and repeated options alike. */
const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(collect);

interface ConvertFlags {
  readonly output?: string;
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
  readonly prefer: 'wheel' | 'sdist';
  readonly strict?: true;
  readonly offline?: true;
  readonly cacheDir?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly progress: boolean;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The one line that says what came of it. */
const summary = ({
  output,
  packages,
  python,
  systems,
  written,
  removed,
}: ConvertResult): string => {
  const changes = [
    ...(written.length === 0 ? [] : [`${plural(written.length, 'file')} written`]),
    ...(removed.length === 0 ? [] : [`${plural(removed.length, 'file')} removed`]),
  ];
  const outcome = changes.length === 0 ? 'unchanged' : changes.join(', ');
  return `${output}: ${plural(packages, 'package')} for Python ${python} on ${plural(systems.length, 'system')}, ${outcome}\n`;
};

const runConvert = async (
  inputs: readonly string[],
  flags: ConvertFlags,
  world: World,
): Promise<void> => {
  const [input, ...others] = inputs;
  if (others.length > 0) {
    throw new Lock2nixError(
      'USAGE',
      `\`convert\` takes one input, and was given ${inputs.length}`,
      {
        hint: 'convert each lock on its own, with `-o DIR` for each',
      },
    );
  }
  const progress = await startProgress(flags.progress && flags.quiet !== true, world);
  const { convert } = await import('./commands/convert.ts');
  const { output, python, systems, cacheDir } = flags;
  const result = await convert(
    {
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(python === undefined ? {} : { python }),
      ...(systems === undefined ? {} : { systems }),
      ...(cacheDir === undefined ? {} : { cacheDir }),
      extras: flags.extras ?? [],
      groups: flags.groups ?? [],
      prefer: flags.prefer,
      strict: flags.strict === true,
      offline: flags.offline === true,
    },
    { world, say: progress.say },
  ).finally(() => progress.end());
  for (const diagnostic of result.diagnostics) {
    if (flags.quiet !== true || diagnostic.severity === 'warning') {
      world.stderr.write(formatDiagnostic(diagnostic, world));
    }
  }
  if (flags.quiet !== true) world.stderr.write(summary(result));
  if (flags.json === true) world.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
};

const addConvert = (program: Command, world: World): void => {
  program
    .command('convert')
    .summary('turn a lockfile into a pinned Nix recipe')
    .description(
      `Turns a lockfile into a pinned Nix recipe: every version as locked, every artifact by hash.

INPUT is a lockfile (poetry.lock) or a folder that has one; without it, the current folder.`,
    )
    .argument('[INPUT...]')
    .addOption(
      new Option(
        '-o, --output <dir>',
        "folder of the recipe (default: nix/lock2nix under the input's folder)",
      ),
    )
    .addOption(
      new Option(
        '--python <version>',
        'such as 3.12 or 3.12.1 (default: the newest that the lock allows)',
      ),
    )
    .addOption(
      listOption(
        '--systems <systems>',
        'comma-separated; -musl behind a Linux one means musl (default: x86_64 and aarch64, linux and darwin)',
      ),
    )
    .addOption(listOption('--extras <extras>', 'comma-separated extras, or :all: (default: none)'))
    .addOption(
      listOption(
        '--groups <groups>',
        'comma-separated groups besides main, or :all: (default: none)',
      ),
    )
    .addOption(
      new Option('--prefer <kind>', 'what to take when a release has both')
        .choices(['wheel', 'sdist'])
        .default('wheel', 'wheel'),
    )
    .addOption(
      new Option('--strict', 'a gap in the lock is an error (default: it is filled and reported)'),
    )
    .addOption(
      new Option('--offline', 'use the cache alone (default: ask registries for what it lacks)'),
    )
    .addOption(
      new Option(
        '--cache-dir <dir>',
        "folder of the cache (default: lock2nix in the user's cache folder)",
      ),
    )
    .addOption(
      new Option('--json', 'print the result as JSON on stdout (default: print nothing there)'),
    )
    .addOption(
      new Option('--quiet', 'print errors and warnings only (default: notes and a summary too)'),
    )
    .addOption(new Option('--no-progress', 'no progress line (default: one, on a terminal)'))
    .addHelpText(
      'after',
      `
Example:
  convert poetry.lock --python 3.12 --extras metrics
  nix-build nix/lock2nix -A app

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: ConvertFlags) => runConvert(inputs, flags, world));
};

/** The command line: all commands with their options. Ends by throwing, never by exiting. */
export const createProgram = (world: World): Command => {
  const program = new Command('lock2nix');
  const configure = (command: Command): Command =>
    command
      .exitOverride()
      .helpOption('-h, --help', 'print this help')
      .configureHelp({ helpWidth: 100 })
      .version(`lock2nix ${version}`, '-V, --version', 'print the version')
      .configureOutput({
        writeOut: (text) => world.stdout.write(text),
        writeErr: (text) => world.stderr.write(text),
        // It is thrown as well, and told by `main`.
        outputError: () => {},
      });
  configure(program)
    .description("Turns other ecosystems' dependency graphs into pinned Nix recipes.")
    .helpCommand(false)
    .addHelpText('after', `\nExample:\n  lock2nix convert poetry.lock\n\n${exitCodes}`);
  addConvert(program, world);
  for (const command of program.commands) configure(command);
  return program;
};
