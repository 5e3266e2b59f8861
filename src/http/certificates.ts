// The gateway's own certificates, for receivers of what it signs: RFC 8555 §9.1.
import type { RequestHandler } from 'express';

export function sendPem(chain: string): RequestHandler {
  return (_request, response) => { response.status(200).set('Content-Type', 'application/pem-certificate-chain').set('Cache-Control', 'max-age=300').end(chain); };
}
