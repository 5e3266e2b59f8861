// An auditor's line to the gateway: exports under `v1/auditor/`, with the client certificate that the auditors' file names. What comes is a container every
// file of which its signature covers; whose signature it is, is for whoever has trust material to say.
import { Refusal } from '../errors/outcomes.ts';
import { openContainer } from '../evidence/container/seal.ts';
import type { OpenContainer } from '../evidence/container/seal.ts';
import { CONTAINER_TYPE } from '../evidence/container/write.ts';
import { isOf, problemOf } from './answers.ts';
import { ClientError } from './errors.ts';
import { retryPolicy, withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { openTransport } from './transport.ts';
import type { TransportOptions } from './transport.ts';

export interface Export extends OpenContainer {
  readonly container: Buffer;
}

/** Every dossier signed with the certificate, split by proof of existence before the instant. @throws `ClientError` or `GatewayProblem`. */
export async function fetchCompromised(options: TransportOptions & RetryOptions, fingerprint: string, at: string): Promise<Export> {
  const transport = openTransport(options);
  try {
    const answer = await withRetries(retryPolicy(options), () => transport.exchange({ method: 'GET', path: `v1/auditor/compromised?${new URLSearchParams({ fingerprint, at }).toString()}` }));
    if (answer.status !== 200 || !isOf(answer, CONTAINER_TYPE)) throw problemOf(answer);
    try {
      return { container: answer.body, ...openContainer(answer.body) };
    } catch (error) {
      if (error instanceof Refusal) throw new ClientError('ANSWER_UNEXPECTED', answer.place, error.findings.map(({ code }) => code).join(', '), { cause: error });
      throw error;
    }
  } finally {
    transport.close();
  }
}
