import { spawn } from 'node:child_process';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lock2nixError } from '../../graph/errors.ts';
import type { FileTree } from '../../standards/nar.ts';
import { quoted } from '../../standards/quoted.ts';
import type { GitRequest } from './types.ts';
import { redactText, shownUrl, tryParseHttpUrl } from './url.ts';

export interface GitOptions {
  /** Where `PATH`, proxies, certificates and the ssh agent are taken from; nothing else is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An `Authorization` header for a URL of the remote's host. */
  readonly authorization?: (url: URL) => string | undefined;
  /** Transports that may be used, also by submodules; `https`, `http`, `ssh` and `git`. */
  readonly protocols?: readonly string[];
  /** Milliseconds for one command; ten minutes. */
  readonly timeout?: number;
  /** A checkout with more bytes is refused; a gibibyte. */
  readonly maxBytes?: number;
}

/** What of the caller's environment git may see. */
const passed = [
  'PATH',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
    name,
    name.toUpperCase(),
  ]),
];

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const schemePattern = /^(?<scheme>[a-z]+):\/\/[^\s\p{Cc}-][^\s\p{Cc}]*$/u;
/** `user@host:path`, which means ssh. */
const scpPattern = /^[\w.]+[\w.-]*@[\w.]+[\w.-]*:[^\s\p{Cc}:-][^\s\p{Cc}]*$/u;

const failed = (source: GitRequest, why: string, hint?: string): Lock2nixError => {
  const url = tryParseHttpUrl(source.url);
  const shown = quoted(url === undefined ? redactText(source.url) : shownUrl(url));
  return new Lock2nixError(
    'GIT_FAILED',
    `cannot check out ${quoted(source.rev)} of ${shown}: ${why}`,
    {
      hint: hint ?? 'check that the repository still has the commit and that you may read it',
    },
  );
};

const schemeOf = (url: string): string | undefined =>
  scpPattern.test(url) ? 'ssh' : schemePattern.exec(url)?.groups?.['scheme'];

/** Refuses what git could take for an option, a command or a file of this machine. */
const checkSource = (source: GitRequest, protocols: readonly string[]): void => {
  const scheme = schemeOf(source.url);
  if (scheme === undefined || !protocols.includes(scheme)) {
    throw failed(source, 'the URL is none that is fetched', `use one of: ${protocols.join(', ')}`);
  }
  if (!commitPattern.test(source.rev)) {
    throw failed(source, 'the revision is no full commit id', 'lock the package again');
  }
};

/** The only configuration that git reads: nothing that runs a program or changes what is checked out. */
const formatConfig = (origin: string | undefined, authorization: string | undefined): string => {
  const lines = [
    '[core]',
    '\thooksPath = /dev/null',
    '\tattributesFile = /dev/null',
    '\tfsmonitor = false',
    '\tautocrlf = false',
    '\tsymlinks = true',
    '[init]',
    '\ttemplateDir =',
    '\tdefaultBranch = main',
    '[credential]',
    '\thelper =',
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[advice]',
    '\tdetachedHead = false',
  ];
  if (origin !== undefined && authorization !== undefined) {
    // A redirect would take the header along to wherever it leads.
    lines.push(
      `[http "${origin}/"]`,
      `\textraHeader = Authorization: ${authorization}`,
      '\tfollowRedirects = false',
    );
  }
  return `${lines.join('\n')}\n`;
};

/** The last complaint of git, else its last line. */
const lastLine = (stderr: string): string => {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const complaint = lines.findLast((line) => /^(?:fatal|error): /.test(line));
  return quoted(redactText(complaint ?? lines.at(-1) ?? 'no message'));
};

interface Run {
  readonly code: number | 'missing' | 'killed';
  readonly stderr: string;
}

const runGit = (
  args: readonly string[],
  cwd: string,
  { env, timeout }: { env: NodeJS.ProcessEnv; timeout: number },
): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    // The timer of spawn's own `timeout` goes on when there is no git, and the process with it.
    const timer = setTimeout(() => child.kill(), timeout);
    const end = (run: Run): void => {
      clearTimeout(timer);
      resolve(run);
    };
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-8192);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      end({ code: error.code === 'ENOENT' ? 'missing' : 'killed', stderr: error.message }),
    );
    child.once('close', (code) => end({ code: code ?? 'killed', stderr }));
  });

/** A folder of the disk as a tree, without anything named `.git`, as `fetchgit` leaves it. */
const readTree = async (path: string, budget: { bytes: number }): Promise<FileTree> => {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return { kind: 'symlink', target: await readlink(path) };
  if (status.isFile()) {
    budget.bytes -= status.size;
    if (budget.bytes < 0) throw new Lock2nixError('ARCHIVE_INVALID', 'the checkout is too big');
    const executable = (status.mode & 0o100) !== 0;
    return { kind: 'file', executable, contents: await readFile(path) };
  }
  const entries = new Map<string, FileTree>();
  for (const name of await readdir(path)) {
    if (name !== '.git') entries.set(name, await readTree(join(path, name), budget));
  }
  return { kind: 'directory', entries };
};

/**
 * Checks out one commit as `fetchgit` does and gives the tree. Only the user's `PATH`, proxies and
 * ssh agent are used: no configuration, hooks, filters (Git LFS), prompts or other transports.
 * Throws `GIT_FAILED`.
 */
export const checkoutGit = async (source: GitRequest, options: GitOptions): Promise<FileTree> => {
  const { env, protocols = ['https', 'http', 'ssh', 'git'], timeout = 600_000 } = options;
  checkSource(source, protocols);
  const web = tryParseHttpUrl(source.url);
  const authorization = web && options.authorization?.(web);
  if (web !== undefined) {
    web.username = '';
    web.password = '';
    web.hash = '';
  }
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-git-'));
  try {
    const config = join(folder, '.gitconfig');
    const checkout = join(folder, 'checkout');
    await mkdir(checkout);
    await writeFile(config, formatConfig(web?.origin, authorization), { mode: 0o600 });
    const gitEnv: NodeJS.ProcessEnv = {
      ...Object.fromEntries(passed.map((name) => [name, env[name]])),
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: config,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: protocols.join(':'),
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    };
    const tryGit = (...args: string[]): Promise<Run> =>
      runGit(args, checkout, { env: gitEnv, timeout });
    const git = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await tryGit(...args);
      if (code === 0) return;
      if (code === 'missing') throw failed(source, '`git` is not there', 'install git');
      throw failed(source, code === 'killed' ? 'git took too long' : lastLine(stderr));
    };

    const format = source.rev.length === 64 ? ['--object-format=sha256'] : [];
    await git('init', '--quiet', '--template=', ...format);
    await git('remote', 'add', 'origin', web?.href ?? source.url);
    const shallow = await tryGit(
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=1',
      'origin',
      source.rev,
    );
    if (shallow.code !== 0) {
      // The server gives nothing but branches and tags.
      await git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*');
    }
    await git('checkout', '--quiet', '--detach', source.rev);
    if (source.submodules ?? true) {
      const update = ['submodule', '--quiet', 'update', '--init', '--recursive', '--checkout'];
      const few = await tryGit(...update, '--depth=1');
      if (few.code !== 0) {
        // A shallow clone without the commit would not be fetched again in full.
        await git('submodule', '--quiet', 'deinit', '--all', '--force');
        await rm(join(checkout, '.git', 'modules'), { recursive: true, force: true });
        await git(...update);
      }
    }
    return await readTree(checkout, { bytes: options.maxBytes ?? 2 ** 30 });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};
