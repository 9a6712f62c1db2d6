import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress, publicLookup } from './public-address.ts';

export interface FetchOptions {
  /** Addresses of this machine and network are allowed too: the operator said so. */
  readonly allowPrivate: boolean;
  /** What the server called the copy we have. */
  readonly etag?: string;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

export type Fetched =
  | { readonly changed: false }
  | { readonly changed: true; readonly text: string; readonly etag: string | undefined };

/** The feed could not be had; the message says why and holds no part of the address. */
export class FetchError extends Error {}

const MAX_BYTES = 5_000_000;
const TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 3;

/** Reads a calendar from an address: http or https only, limited in size and time, to public addresses only. */
export async function fetchFeed(address: string, options: FetchOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  let url = parseUrl(address);
  for (let redirects = 0; ; redirects++) {
    const answer = await once(url, options, signal);
    if (answer.location === undefined) return answer.fetched;
    if (redirects >= MAX_REDIRECTS) throw new FetchError(`more than ${MAX_REDIRECTS} redirects`);
    url = parseUrl(answer.location, url);
  }
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new FetchError('neither http nor https');
  return url;
}

type Answer =
  | { readonly location: string; readonly fetched?: never }
  | { readonly location?: never; readonly fetched: Fetched };

function once(
  url: URL,
  { allowPrivate, etag, maxBytes = MAX_BYTES }: FetchOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) && !isPublicAddress(host))
    throw new FetchError('the address is not on the public Internet');
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) => {
      if (error instanceof FetchError) return reject(error);
      if (signal.aborted) return reject(new FetchError('no answer in time'));
      if (/not on the public Internet/.test(error.message))
        return reject(new FetchError('the address is not on the public Internet'));
      reject(new FetchError(`no connection (${error.code ?? 'failed'})`));
    };
    const headers = {
      accept: 'text/calendar, text/plain;q=0.5',
      'accept-encoding': 'identity',
      'user-agent': 'Uptower calendar import',
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
    };
    const sent = request(
      url,
      { headers, signal, agent: false, ...(allowPrivate ? {} : { lookup: publicLookup }) },
      (response) => {
        const { statusCode = 0 } = response;
        const { location } = response.headers;
        if ([301, 302, 303, 307, 308].includes(statusCode) && location) {
          response.resume();
          return resolve({ location });
        }
        if (statusCode === 304 && etag !== undefined) {
          response.resume();
          return resolve({ fetched: { changed: false } });
        }
        if (statusCode !== 200) {
          response.destroy();
          return reject(new FetchError(`the server answers ${statusCode}`));
        }
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > maxBytes) {
            reject(new FetchError(`larger than ${maxBytes} bytes`));
            sent.destroy();
          } else parts.push(part);
        });
        response.on('error', fail);
        response.on('end', () => {
          if (!response.complete) return reject(new FetchError('the answer broke off'));
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ fetched: { changed: true, text, etag: response.headers.etag } });
        });
      },
    );
    sent.on('error', fail);
    sent.end();
  });
}
