import type { Answer, Sent } from './world.ts';

/** What `fetch` takes for a request of a scenario. */
export function requestInit(method: string, { body, headers = {} }: Sent): RequestInit {
  if (body === undefined) return { method, headers };
  const type = { 'Content-Type': 'application/json', ...headers };
  return { method, headers: type, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the text itself.
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}
