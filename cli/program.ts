import { Command } from 'commander';
import { addCheck } from './check-command.ts';
import { exitCodes } from './command-options.ts';
import { addConvert } from './convert-command.ts';
import { addExplain } from './explain-command.ts';
import { addOverride } from './override-command.ts';
import { addResolve } from './resolve-command.ts';
import { addTry } from './try-command.ts';
import { addUpdate } from './update-command.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

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
  addTry(program, world);
  addCheck(program, world);
  addUpdate(program, world);
  addResolve(program, world);
  addExplain(program, world);
  addOverride(program, world);
  for (const command of program.commands) {
    configure(command);
    for (const inner of command.commands) configure(inner);
  }
  return program;
};
