import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  choiceOption,
  exitCodes,
  parseFolder,
  type RunFlags,
  runOptions,
} from './command-options.ts';
import type { OverrideAddRequest } from './commands/override-add.ts';
import type { ListedRule } from './commands/override-list.ts';
import { formatDiagnostic, plural } from './report.ts';
import { addOptions, recipeSummary, runWithProgress } from './run-command.ts';
import type { World } from './world.ts';

const parseText =
  (what: string) =>
  (text: string): string => {
    if (text !== '') return text;
    throw new InvalidArgumentError(`It must name ${what}.`);
  };

/** Each time the option stands there it adds one. */
const repeated = (flags: string, description: string, what: string): Option =>
  new Option(flags, `${description}; may be repeated (default: none)`).argParser(
    (text: string, before: readonly string[] | undefined): readonly string[] => [
      ...(before ?? []),
      parseText(what)(text),
    ],
  );

const one = (flags: string, description: string, what: string): Option =>
  new Option(flags, `${description} (default: none)`).argParser(parseText(what));

const outputOption = (): Option =>
  new Option(
    '-o, --output <dir>',
    'folder of the recipe (default: nix/lock2nix under the current folder)',
  ).argParser(parseFolder);

interface AddFlags extends RunFlags {
  readonly why?: string;
  readonly patch?: readonly string[];
  readonly git?: string;
  readonly rev?: string;
  readonly library?: readonly string[];
  readonly tool?: readonly string[];
  readonly hardeningDisable?: readonly string[];
  readonly buildRequires?: readonly string[];
  readonly addDependency?: readonly string[];
  readonly prefer?: 'wheel' | 'sdist';
  readonly env?: readonly string[];
  readonly drop?: true;
  readonly fromLog?: string;
  readonly convert: boolean;
  readonly output?: string;
}

/** What is not given is not there. */
const given = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });

const addRequest = (name: string | undefined, flags: AddFlags): OverrideAddRequest => ({
  ...given('name', name),
  ...given('why', flags.why),
  ...given('patches', flags.patch),
  ...given('git', flags.git),
  ...given('rev', flags.rev),
  ...given('libraries', flags.library),
  ...given('tools', flags.tool),
  ...given('hardeningDisable', flags.hardeningDisable),
  ...given('buildRequires', flags.buildRequires),
  ...given('addDependencies', flags.addDependency),
  ...given('prefer', flags.prefer),
  ...given('env', flags.env),
  ...given('drop', flags.drop),
  ...given('fromLog', flags.fromLog),
  ...given('output', flags.output),
  ...given('cacheDir', flags.cacheDir),
  convert: flags.convert,
  offline: flags.offline === true,
});

const runAdd = async (name: string | undefined, flags: AddFlags, world: World): Promise<void> => {
  const { overrideAdd } = await import('./commands/override-add.ts');
  const { quiet, progress } = flags;
  const result = await runWithProgress({ progress, ...(quiet && { quiet }) }, world, (context) =>
    overrideAdd(addRequest(name, flags), context),
  );
  const { file, added, advice, recipe } = result;
  world.stdout.write(added.join('\n'));
  if (quiet === true) return;
  for (const { name: about, text } of advice) {
    const message = about === undefined ? text : `${about}: ${text}`;
    world.stderr.write(
      formatDiagnostic({ severity: 'note', code: 'build-advice', message }, world),
    );
  }
  world.stderr.write(
    added.length === 0
      ? `${file}: nothing new is learnt from the log\n`
      : `${file}: ${plural(added.length, 'rule')} added\n`,
  );
  if (recipe !== undefined) world.stderr.write(recipeSummary(recipe));
};

const addAdd = (parent: Command, world: World): Command =>
  addOptions(
    parent
      .command('add')
      .summary('append a rule to overrides.toml, or those that a log proposes')
      .description(
        `Appends a rule for the package NAME to the overrides.toml of the current folder, and converts
again; what is in the file stays as it is. With --from-log, the rules that the log of a failed build
proposes; NAME then says whose log it is where the log does not. Prints what was appended.`,
      )
      .argument('[NAME]'),
    [
      one('--why <text>', 'the reason, printed into the recipe', 'a reason'),
      repeated(
        '--library <attribute>',
        'attribute of nixpkgs for native.libraries',
        'an attribute',
      ),
      repeated('--tool <attribute>', 'attribute of nixpkgs for native.tools', 'an attribute'),
      repeated('--hardening-disable <flag>', 'hardening flag of nixpkgs to leave out', 'a flag'),
      repeated('--build-requires <requirement>', 'what it is built with besides', 'a requirement'),
      repeated(
        '--add-dependency <requirement>',
        'what it needs at run time besides',
        'a requirement',
      ),
      choiceOption(
        '--prefer <kind>',
        ['wheel', 'sdist'],
        'wheel or sdist: what to take where there are both (default: none)',
      ),
      repeated('--env <variable>', 'variable of the build, NAME=VALUE', 'a variable'),
      repeated(
        '--patch <patch>',
        'file, which is copied into patches/, or URL, whose hash is computed',
        'a patch',
      ),
      one('--git <url>', 'repository that it is taken from; its hash is computed', 'a repository'),
      new Option('--rev <rev>', 'commit, tag or branch of --git (default: HEAD)').argParser(
        parseText('a commit'),
      ),
      new Option('--drop', 'leaves the package out (default: it stays)'),
      one('--from-log <file>', 'log of a failed build, - for stdin', 'a file'),
      new Option('--no-convert', 'do not convert again (default: where there is a recipe)'),
      outputOption(),
      ...runOptions(),
    ],
  )
    .addHelpText(
      'after',
      `
Example:
  lock2nix override add psycopg2 --tool libpq.pg_config --library libpq --why "it is linked with libpq"

${exitCodes}`,
    )
    .action((name: string | undefined, flags: AddFlags) => runAdd(name, flags, world));

interface LookFlags {
  readonly output?: string;
}

const states: Readonly<Record<ListedRule['state'], string>> = {
  acts: 'acts',
  idle: 'does nothing',
  unknown: '',
};

const listLine = ({ place, kind, about, why, state }: ListedRule): string =>
  `${place}: ${[kind, about, states[state]].filter((part) => part !== '').join(' ')}${why === undefined ? '' : ` (${why})`}\n`;

const runList = async ({ output }: LookFlags, world: World): Promise<void> => {
  const { overrideList } = await import('./commands/override-list.ts');
  const { rules } = overrideList(given('output', output), world.cwd);
  world.stdout.write(rules.map(listLine).join(''));
};

const runCheck = async ({ output }: LookFlags, world: World): Promise<void> => {
  const { overrideCheck } = await import('./commands/override-list.ts');
  const { file, rules, diagnostics } = await overrideCheck(given('output', output), world.cwd);
  for (const diagnostic of diagnostics) world.stderr.write(formatDiagnostic(diagnostic, world));
  const idle = rules.filter(({ state }) => state === 'idle').length;
  const note = idle === 0 ? '' : `, ${idle} of them without effect`;
  world.stderr.write(`${file}: ${plural(rules.length, 'rule')}${note}\n`);
};

const runExplain = async (name: string, { output }: LookFlags, world: World): Promise<void> => {
  const { overrideExplain } = await import('./commands/override-list.ts');
  const lines = overrideExplain(name, given('output', output), world.cwd);
  world.stdout.write(lines.map((line) => `${line}\n`).join(''));
};

/** Adds `override` with its commands. */
export const addOverride = (program: Command, world: World): void => {
  const parent = program
    .command('override')
    .summary('write, list, check and explain the rules of overrides.toml')
    .description(
      'Writes and explains the rules of the overrides.toml in the current folder. Each command has its own --help.',
    )
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Example:
  lock2nix override add umemcache --hardening-disable format

${exitCodes}`,
    );
  addAdd(parent, world);
  const look = (name: string, summary: string, description: string, example: string): Command =>
    parent
      .command(name)
      .summary(summary)
      .description(description)
      .addOption(outputOption())
      .addHelpText('after', `\nExample:\n  ${example}\n\n${exitCodes}`);
  look(
    'list',
    'list the rules, and whether they act',
    'Lists the rules of the overrides.toml in the current folder, each with its line, and whether it acts on the recipe that is there.',
    'lock2nix override list',
  ).action((flags: LookFlags) => runList(flags, world));
  look(
    'check',
    'read the file, and tell which rules do nothing',
    'Reads the overrides.toml in the current folder as convert does, and tells which of its rules do nothing in the recipe that is there.',
    'lock2nix override check',
  ).action((flags: LookFlags) => runCheck(flags, world));
  look(
    'explain',
    'tell which rules act on a package, and why',
    'Tells from the record which rules act on the package NAME, with what they change and why.',
    'lock2nix override explain umemcache',
  )
    .argument('<NAME>')
    .action((name: string, flags: LookFlags) => runExplain(name, flags, world));
};
