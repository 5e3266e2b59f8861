// The call that answers with the description of all calls.
import { openApiDocument } from '../openapi.ts';
import { readQuery } from '../published/query.ts';
import { negotiate, octetsOf, sendOctets } from '../published/send.ts';
import type { Operation } from './operation.ts';

const headers = ['ETag', 'Vary', 'Cache-Control', 'Ivan-Rule-Set'];

/** `operations` is asked for when the first caller comes: the list holds this operation itself. */
export function descriptionOperation(operations: () => readonly Operation[]): Operation {
  const summary = { vi: 'Mô tả giao diện này (OpenAPI 3.1)', en: 'The description of this interface (OpenAPI 3.1)' };
  return {
    id: 'interfaceDescription', method: 'GET', path: '/v1/openapi.json', group: 'standard', summary, parameters: [],
    answers: [
      { status: 200, ...summary, media: { 'application/json': { type: 'object', properties: { openapi: { const: '3.1.1' } }, required: ['openapi', 'info', 'paths'] } }, headers },
      { status: 304, vi: 'Không đổi', en: 'Not changed', media: {}, headers },
    ],
    problems: ['QUERY_NAME', 'NOT_ACCEPTABLE'],
    handler: ({ standard }) => {
      const octets = octetsOf('application/json', Buffer.from(`${JSON.stringify(openApiDocument(operations()))}\n`));
      return (request, response) => {
        negotiate(request, response, ['application/json']);
        readQuery(request, []);
        sendOctets(request, response, octets, standard.digest);
      };
    },
  };
}
