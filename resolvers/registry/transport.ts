import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { proxyFor } from './proxy.ts';

/** One GET, no redirects followed, nothing retried, nothing thrown for a status. */
export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded when the server compressed it; otherwise asked for and taken byte for byte. */
  readonly decompress: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** To be read to its end, or left by a `break`, which closes the connection. */
  readonly body: AsyncIterable<Buffer>;
}

/** Connections of one run. Loads got and the proxy agents only when they are first needed. */
export interface Transport {
  send(exchange: Exchange): Promise<Reply>;
  close(): void;
}

export interface TransportOptions {
  readonly concurrency: number;
  /** Milliseconds of silence, and of connecting, after which a request is given up. */
  readonly timeout: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** A whole answer may take this many times the silence that is allowed. */
const wholeAnswer = 60;

const createAgents = async (options: TransportOptions, proxy: URL | undefined): Promise<Agents> => {
  const settings = {
    keepAlive: true,
    maxSockets: options.concurrency,
    maxFreeSockets: options.concurrency,
  };
  if (proxy !== undefined) {
    const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
    return {
      http: new HttpProxyAgent({ ...settings, proxy, timeout: options.timeout }),
      https: new HttpsProxyAgent({ ...settings, proxy, timeout: options.timeout }),
    };
  }
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  return { http: new http.Agent(settings), https: new https.Agent(settings) };
};

/** A transport over got with connections kept alive. */
export const createTransport = (options: TransportOptions): Transport => {
  const pools = new Map<string, Promise<Agents>>();
  const agentsFor = (url: URL): Promise<Agents> => {
    const proxy = proxyFor(url, options.env);
    const key = proxy?.href ?? '';
    const pool = pools.get(key) ?? createAgents(options, proxy);
    pools.set(key, pool);
    return pool;
  };

  return {
    async send({ url, headers, decompress }) {
      const [{ got }, agent] = await Promise.all([import('got'), agentsFor(url)]);
      const { timeout } = options;
      const stream = got.stream(url, {
        agent,
        headers: decompress ? headers : { ...headers, 'accept-encoding': 'identity' },
        decompress,
        followRedirect: false,
        throwHttpErrors: false,
        strictContentLength: true,
        retry: { limit: 0 },
        timeout: {
          lookup: timeout,
          connect: timeout,
          secureConnect: timeout,
          socket: timeout,
          response: timeout,
          request: timeout * wholeAnswer,
        },
      });
      // An error between the headers and the first read has its listener only later.
      stream.on('error', () => {});
      const reply = await new Promise<Pick<Reply, 'status' | 'headers'>>((resolve, reject) => {
        stream.once('error', reject);
        stream.once('response', (response: Pick<Reply, 'headers'> & { statusCode: number }) =>
          resolve({ status: response.statusCode, headers: response.headers }),
        );
      });
      return { ...reply, body: stream };
    },
    close() {
      for (const pool of pools.values()) {
        void pool.then(
          (agents) => {
            agents.http.destroy();
            agents.https.destroy();
          },
          () => {},
        );
      }
      pools.clear();
    },
  };
};
