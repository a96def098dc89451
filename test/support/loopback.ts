import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** What a scripted server says to one request; a function may say it in its own way. */
export type Script =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      /** Milliseconds before the answer. */
      readonly delay?: number;
    }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface Loopback {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** What was asked, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

const answer = (script: Script, request: IncomingMessage, response: ServerResponse): void => {
  if (typeof script === 'function') {
    script(request, response);
    return;
  }
  const { status = 200, headers = {}, body = '', delay = 0 } = script;
  setTimeout(() => response.writeHead(status, headers).end(body), delay).unref();
};

/**
 * A server on this machine that answers by script: for each path its answers in order, the last one
 * for ever; 404 for paths that it does not know.
 */
export const startLoopback = async (
  scripts: Readonly<Record<string, Script | readonly Script[]>>,
): Promise<Loopback> => {
  const requests: Loopback['requests'] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    const script = scripts[path];
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    const list: readonly Script[] =
      script === undefined ? [] : Array.isArray(script) ? script : [script];
    answer(list[Math.min(count, list.length - 1)] ?? { status: 404 }, request, response);
  });
  // As a proxy it is whatever host it is asked for.
  server.on('connect', (_request, client, head) => {
    const self = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      self.write(head);
      self.pipe(client);
      client.pipe(self);
    });
    for (const [one, other] of [
      [self, client],
      [client, self],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
