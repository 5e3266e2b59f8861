// The interface, call by call, from the list of operations that the router and the OpenAPI description are made of.
import { problemTexts } from '../../errors/problems.ts';
import type { AnswerDescription, Operation } from '../../http/operations/operation.ts';
import type { JsonSchema } from '../../http/operations/shapes.ts';
import { groupTexts, shapes } from '../../http/openapi.ts';
import { both, codes, html, table } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Page } from '../layout.ts';
import type { Material } from '../material.ts';

export function apiPage({ operations }: Material): Page {
  const groups = [...new Set(operations.map(({ group }) => group))];
  return {
    path: 'api.html', vi: 'Giao diện', en: 'Interface',
    body: html`<p><a href="openapi.json">openapi.json</a> (OpenAPI 3.1) · ${both('HTTPS, TLS 1.2 trở lên.', 'HTTPS, TLS 1.2 or newer.')}</p>
<p>${both('XML: thành viên JSON là phần tử cùng tên; danh sách gồm các phần tử item; thành viên có tên không hợp lệ trong XML là phần tử member có thuộc tính name.', 'XML: a JSON member is an element of its name; a list holds item elements; a member whose name XML does not allow is a member element with the attribute name.')}</p>
${groups.map((group) => html`<h2>${both(groupTexts[group].vi, groupTexts[group].en)}</h2>
${table([['Lời gọi', 'Call'], ['Để làm gì', 'What for']], operations.filter((operation) => operation.group === group).map((operation) => [html`<a href="#${operation.id}"><code>${operation.method} ${operation.path}</code></a>`, both(operation.summary.vi, operation.summary.en)]))}`)}
${operations.map(operationSection)}
<h2>${both('Nội dung JSON', 'JSON bodies')}</h2>
${Object.entries(shapes).map(([name, schema]) => shapeSection(name, schema))}`,
  };
}

function operationSection(operation: Operation): Html {
  const { id, method, path, summary, description, parameters, answers, problems } = operation;
  return html`<section id="${id}"><h3><code>${method} ${path}</code></h3>
<p>${both(summary.vi, summary.en)}</p>
${description === undefined ? '' : html`<p>${both(description.vi, description.en)}</p>`}
${table(
    [['Tham số', 'Parameter'], ['Ở', 'In'], ['Ý nghĩa', 'Meaning'], ['Dạng', 'Form']],
    parameters.map((parameter) => [html`<code>${parameter.name}</code>${parameter.in === 'path' || parameter.required === true ? ' ●' : ''}`, parameter.in, both(parameter.vi, parameter.en), typeOf(parameter.schema)]),
  )}
${table([['HTTP', ''], ['Ý nghĩa', 'Meaning'], ['Nội dung', 'Body']], [...answers.map(answerRow), ...problems.map((code) => [problemTexts[code].status, html`<a href="problems.html#${code}">${code}</a>`, 'application/problem+json'])])}</section>
`;
}

function answerRow({ status, vi, en, media }: AnswerDescription): readonly Content[] {
  return [status, both(vi, en), Object.entries(media).map(([type, schema]) => html`<div>${type} ${typeOf(schema)}</div>`)];
}

function shapeSection(name: string, schema: JsonSchema): Html {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  return html`<section id="shape-${name}"><h3>${name}</h3>
${table([['Thành viên', 'Member'], ['Kiểu', 'Type']], Object.entries(membersOf(schema)).map(([member, type]) => [html`<code>${member}</code>${required.has(member) ? ' ●' : ''}`, typeOf(type)]))}</section>
`;
}

function membersOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function typeOf(schema: JsonSchema): Content {
  const { $ref: target, type, enum: values, pattern, items, anyOf, const: only } = schema;
  if (typeof target === 'string') return html`<a href="#shape-${target.split('/').at(-1) ?? ''}">${target.split('/').at(-1) ?? ''}</a>`;
  if (Array.isArray(anyOf)) return (anyOf as readonly JsonSchema[]).map((option, index) => html`${index === 0 ? '' : ' | '}${typeOf(option)}`);
  if (typeof only === 'string') return codes([only]);
  if (typeof items === 'object' && items !== null) return html`[ ${typeOf(items as JsonSchema)} ]`;
  if (Array.isArray(values)) return values.length > 12 ? String(type) : codes(values as readonly string[]);
  if (Object.keys(membersOf(schema)).length > 0) return html`{ ${Object.entries(membersOf(schema)).map(([name, member], index) => html`${index === 0 ? '' : ', '}${name}: ${typeOf(member)}`)} }`;
  return typeof pattern === 'string' ? codes([pattern]) : typeof type === 'string' ? type : '';
}
