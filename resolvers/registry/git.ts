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
import type { GitRefRequest, GitRequest } from './types.ts';
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

const defaultProtocols: readonly string[] = ['https', 'http', 'ssh', 'git'];

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
/** Whether a text is a full commit id. */
export const isCommit = (text: string): boolean => commitPattern.test(text);

const schemePattern = /^(?<scheme>[a-z]+):\/\/[^\s\p{Cc}-][^\s\p{Cc}]*$/u;
/** `user@host:path`, which means ssh. */
const scpPattern = /^[\w.]+[\w.-]*@[\w.]+[\w.-]*:[^\s\p{Cc}:-][^\s\p{Cc}]*$/u;

type Failed = (why: string, hint?: string) => Lock2nixError;

/** Makes the errors of what is done with a repository; `what` opens them. */
const failing =
  (url: string, what: (shown: string) => string, usualHint: string): Failed =>
  (why, hint = usualHint) => {
    const parsed = tryParseHttpUrl(url);
    const shown = quoted(parsed === undefined ? redactText(url) : shownUrl(parsed));
    return new Lock2nixError('GIT_FAILED', `${what(shown)}: ${why}`, { hint });
  };

const schemeOf = (url: string): string | undefined =>
  scpPattern.test(url) ? 'ssh' : schemePattern.exec(url)?.groups?.['scheme'];

/** Refuses what git could take for an option, a command or a file of this machine. */
const checkUrl = (url: string, protocols: readonly string[], failed: Failed): void => {
  const scheme = schemeOf(url);
  if (scheme === undefined || !protocols.includes(scheme)) {
    throw failed('the URL is none that is fetched', `use one of: ${protocols.join(', ')}`);
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
  readonly stdout: string;
}

/** More than any answer that is read; a server decides how long it is. */
const longestAnswer = 4 * 2 ** 20;

const runGit = (
  args: readonly string[],
  cwd: string,
  { env, timeout }: { env: NodeJS.ProcessEnv; timeout: number },
): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    // The timer of spawn's own `timeout` goes on when there is no git, and the process with it.
    const timer = setTimeout(() => child.kill(), timeout);
    const end = (run: Run): void => {
      clearTimeout(timer);
      resolve(run);
    };
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > longestAnswer) child.kill();
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-8192);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      end({ code: error.code === 'ENOENT' ? 'missing' : 'killed', stderr: error.message, stdout }),
    );
    child.once('close', (code) => end({ code: code ?? 'killed', stderr, stdout }));
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

interface Git {
  /** Runs a command in `folder`. */
  readonly tryRun: (...args: string[]) => Promise<Run>;
  /** As `tryRun`; gives what it prints. Throws `GIT_FAILED`. */
  readonly run: (...args: string[]) => Promise<string>;
  readonly folder: string;
  /** The URL without credentials. */
  readonly url: string;
}

/** Gives git a folder of its own for a while, and nothing of the user but `PATH`, proxies and ssh agent. */
const withGit = async <Value>(
  url: string,
  { options, failed }: { readonly options: GitOptions; readonly failed: Failed },
  use: (git: Git) => Promise<Value>,
): Promise<Value> => {
  const { env, protocols = defaultProtocols, timeout = 600_000 } = options;
  checkUrl(url, protocols, failed);
  const web = tryParseHttpUrl(url);
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
    const tryRun = (...args: string[]): Promise<Run> =>
      runGit(args, checkout, { env: gitEnv, timeout });
    const run = async (...args: string[]): Promise<string> => {
      const { code, stderr, stdout } = await tryRun(...args);
      if (code === 0) return stdout;
      if (code === 'missing') throw failed('`git` is not there', 'install git');
      throw failed(code === 'killed' ? 'git took too long' : lastLine(stderr));
    };
    return await use({ tryRun, run, folder: checkout, url: web?.href ?? url });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

/**
 * Checks out one commit as `fetchgit` does and gives the tree. Only the user's `PATH`, proxies and
 * ssh agent are used: no configuration, hooks, filters (Git LFS), prompts or other transports.
 * Throws `GIT_FAILED`.
 */
export const checkoutGit = async (source: GitRequest, options: GitOptions): Promise<FileTree> => {
  const failed = failing(
    source.url,
    (shown) => `cannot check out ${quoted(source.rev)} of ${shown}`,
    'check that the repository still has the commit and that you may read it',
  );
  checkUrl(source.url, options.protocols ?? defaultProtocols, failed);
  if (!isCommit(source.rev)) {
    throw failed('the revision is no full commit id', 'lock the package again');
  }
  return withGit(source.url, { options, failed }, async ({ run, tryRun, folder, url }) => {
    const format = source.rev.length === 64 ? ['--object-format=sha256'] : [];
    await run('init', '--quiet', '--template=', ...format);
    await run('remote', 'add', 'origin', url);
    const shallow = await tryRun(
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=1',
      'origin',
      source.rev,
    );
    if (shallow.code !== 0) {
      // The server gives nothing but branches and tags.
      await run('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*');
    }
    await run('checkout', '--quiet', '--detach', source.rev);
    if (source.submodules ?? true) {
      const update = ['submodule', '--quiet', 'update', '--init', '--recursive', '--checkout'];
      const few = await tryRun(...update, '--depth=1');
      if (few.code !== 0) {
        // A shallow clone without the commit would not be fetched again in full.
        await run('submodule', '--quiet', 'deinit', '--all', '--force');
        await rm(join(folder, '.git', 'modules'), { recursive: true, force: true });
        await run(...update);
      }
    }
    return readTree(folder, { bytes: options.maxBytes ?? 2 ** 30 });
  });
};

/** A name that git takes for a branch or a tag, and for nothing else (`git check-ref-format`). */
const isRef = (ref: string): boolean =>
  ref.length <= 255 && !/[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock$|^@$/u.test(ref);

const remoteLine = /^(?<commit>[0-9a-f]{40}(?:[0-9a-f]{24})?)\t(?<name>\S+)$/;

/** The commits of the names that a remote lists; an annotated tag's own commit is under `NAME^{}`. */
const parseRemote = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const { name, commit } = remoteLine.exec(line)?.groups ?? {};
      return name === undefined || commit === undefined ? [] : [[name, commit] as const];
    }),
  );

/**
 * The full id of the commit that a branch, a tag, `HEAD`, a full ref (`refs/…`) or the beginning of a
 * commit id names; as in pip a branch goes before a tag. A full id is given back unasked. Throws
 * `GIT_FAILED`.
 */
export const findCommit = async (
  { url, ref }: GitRefRequest,
  options: GitOptions,
): Promise<string> => {
  if (isCommit(ref)) return ref;
  const failed = failing(
    url,
    (shown) => `cannot find the commit of ${quoted(ref)} in ${shown}`,
    'check the name of the branch or tag, and that you may read the repository',
  );
  if (!isRef(ref)) throw failed('it is no name of a branch or tag');
  return withGit(url, { options, failed }, async ({ run, tryRun, url: remote }) => {
    const names = [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
    if (ref === 'HEAD' || ref.startsWith('refs/')) names.unshift(`${ref}^{}`, ref);
    const found = parseRemote(await run('ls-remote', '--quiet', '--', remote, ...names));
    const commit = names.map((name) => found.get(name)).find((id) => id !== undefined);
    if (commit !== undefined) return commit;
    if (!/^[0-9a-f]{4,63}$/.test(ref)) throw failed('it has no such branch or tag');
    // The beginning of an id is known only to who has all commits; their files are not needed.
    await run('init', '--quiet', '--template=');
    await run('remote', 'add', 'origin', remote);
    const heads = '+refs/heads/*:refs/remotes/origin/*';
    await run('fetch', '--quiet', '--tags', '--filter=tree:0', 'origin', heads);
    const parsed = await tryRun('rev-parse', '--quiet', '--verify', `${ref}^{commit}`);
    const id = parsed.stdout.trim();
    if (parsed.code === 0 && isCommit(id)) return id;
    throw failed('it has no such branch, tag or commit, or several commits that begin so');
  });
};
