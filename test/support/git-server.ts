import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Repositories over HTTP, as forges serve them. */
export interface GitServer {
  /** `http://127.0.0.1:PORT`; a repository in `FOLDER/NAME` is `URL/NAME`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The header of a CGI answer (RFC 3875, section 6) and what comes behind it. */
const splitAnswer = (answer: Buffer): { readonly head: string; readonly body: Buffer } => {
  const end = answer.indexOf('\r\n\r\n');
  return { head: answer.subarray(0, end).toString(), body: answer.subarray(end + 4) };
};

const send = (response: ServerResponse, answer: Buffer): void => {
  const { head, body } = splitAnswer(answer);
  const headers = head.split('\r\n').map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name, value.join(': ')];
  });
  const status = headers.find(([name]) => name === 'Status')?.[1].slice(0, 3) ?? '200';
  response.writeHead(Number(status), Object.fromEntries(headers)).end(body);
};

const serve = (folder: string, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    },
  });
  const answer: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => answer.push(part));
  child.on('close', () => send(response, Buffer.concat(answer)));
  request.pipe(child.stdin);
};

/** Serves the repositories in a folder on this machine, by git's own CGI program. */
export const serveRepositories = async (folder: string): Promise<GitServer> => {
  const server = createServer((request, response) => serve(folder, request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
