// How answers about the log travel: text and octets, and how long they hold. A tile never changes, not
// even one that is not full: its width is in its name (C2SP tlog-tiles). Everything else is asked for again.
import type { Response } from 'express';

const FOR_EVER = 'public, max-age=31536000, immutable';

export function sendText(response: Response, text: string): void {
  send(response, 'text/plain; charset=utf-8', 'no-store', Buffer.from(text));
}

export function sendTile(response: Response, octets: Buffer): void {
  send(response, 'application/octet-stream', FOR_EVER, octets);
}

function send(response: Response, type: string, caching: string, body: Buffer): void {
  response.status(200).set({ 'Content-Type': type, 'Content-Length': String(body.length), 'Cache-Control': caching, 'X-Content-Type-Options': 'nosniff' }).end(body);
}
