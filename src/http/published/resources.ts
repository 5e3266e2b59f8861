// The handlers of the published standard. What a resource is, is for `standard/publication/`; here it is found by path and query, written once
// in each media type and kept: the number of different answers is that of the standard's entries and dates, whatever is asked.
import type { RequestHandler } from 'express';

import { BoundedMap } from '../../bounded-map.ts';
import { Problem, shorten } from '../../errors/outcomes.ts';
import { inForceOn, stretchAround } from '../../standard/publication/in-force.ts';
import { dueDateMembers } from '../../standard/publication/publication.ts';
import type { Collection, CollectionName, Publication } from '../../standard/publication/publication.ts';
import { isMembers, jsonOctets, xmlOctets } from '../../standard/publication/value.ts';
import type { Members, Resource } from '../../standard/publication/value.ts';
import { codeOf, rowsOf } from '../../standard/publication/tables.ts';
import { parseInstant } from '../../standard/time.ts';
import type { Gateway } from '../app.ts';
import type { Parameter } from '../operations/operation.ts';
import { readQuery } from './query.ts';
import { negotiate, octetsOf, sendOctets } from './send.ts';
import type { Octets } from './send.ts';

const JSON_TYPE = 'application/json';
const XML_TYPE = 'application/xml';
const KEPT = 2_000;

/** A whole list, or one entry of it when the path has a `code`. */
export function publishedCollection(name: CollectionName, parameters: readonly Parameter[]) {
  return ({ publication, standard, now }: Gateway): RequestHandler => {
    const kept = new BoundedMap<string, Octets>(KEPT);
    const undated = collectionOf(publication, name);
    return (request, response) => {
      const type = negotiate(request, response, [JSON_TYPE, XML_TYPE]);
      const query = readQuery(request, parameters);
      const code = request.params['code'];
      const { underRuleSets } = undated;
      const ruleSet = underRuleSets === undefined ? undefined : standard.ruleSetAt(noonOr(query.get('at'), now)).id;
      const collection = (ruleSet === undefined ? undefined : underRuleSets?.get(ruleSet)) ?? undated;
      const wanted = code === undefined ? collection.whole : collection.entries.get(String(code))?.();
      const unknown = new Problem('ENTRY_UNKNOWN', { code: shorten(String(code)), list: `/v1/${name}` });
      if (wanted === undefined) throw unknown;
      const [day, province] = [query.get('at'), query.get('province')];
      if (province !== undefined) checkProvince(publication, province);
      const stretch = day === undefined ? undefined : stretchAround(wanted, day);
      const key = JSON.stringify([code, ruleSet, stretch?.from, stretch?.until, province, type]);
      const octets = kept.getOrCompute(key, () => {
        const value = day === undefined ? wanted : onDay(wanted, day);
        const missing = value === undefined || (code !== undefined && value[collection.entryName] === undefined);
        if (missing) throw unknown;
        return written({ name: code === undefined ? collection.name : collection.entryName, value: province === undefined ? value : inProvince(value, collection.name, province) }, type);
      });
      sendOctets(request, response, octets, publication.digest);
    };
  };
}

/** An XSD, or the sample that it accepts, octet for octet as in the package. */
export function publishedSchema(part: 'xsd' | 'sample', parameters: readonly Parameter[]) {
  return ({ publication }: Gateway): RequestHandler => {
    const files = new Map(publication.schemas.flatMap(({ form, version, [part]: octets }) => (octets === undefined ? [] : [[`${form}/${version}`, octetsOf(XML_TYPE, Buffer.from(octets))]])));
    return (request, response) => {
      negotiate(request, response, [XML_TYPE]);
      readQuery(request, parameters);
      const name = `${String(request.params['form'])}/${String(request.params['version'])}`;
      const octets = files.get(name);
      if (octets === undefined) throw new Problem('ENTRY_UNKNOWN', { code: shorten(name), list: '/v1/schemas' });
      sendOctets(request, response, octets, publication.digest);
    };
  };
}

/** When a time limit in working days ends. A day stands for the end of it, so it has no time to keep. */
export function dueDate(parameters: readonly Parameter[]) {
  return ({ standard }: Gateway): RequestHandler => (request, response) => {
    const type = negotiate(request, response, [JSON_TYPE, XML_TYPE]);
    const query = readQuery(request, parameters);
    const from = query.get('from') ?? '';
    const keeps = query.has('keepTimeOfDay') && query.get('keepTimeOfDay') !== 'false';
    const instant = parseInstant(from.includes('T') ? from : keeps ? '' : `${from}T00:00:00+07:00`);
    const workingDays = Number(query.get('workingDays'));
    if (instant === undefined) throw new Problem('QUERY_VALUE', { name: 'from', example: exampleOf(parameters, 'from') });
    if (workingDays > 1000) throw new Problem('QUERY_VALUE', { name: 'workingDays', example: exampleOf(parameters, 'workingDays') });
    sendOctets(request, response, written({ name: 'dueDate', value: dueDateMembers(standard, instant, workingDays, keeps) }, type), standard.digest);
  };
}

function noonOr(day: string | undefined, now: () => Date): Date {
  return day === undefined ? now() : parseInstant(`${day}T12:00:00+07:00`) ?? now();
}

function written(resource: Resource, type: typeof JSON_TYPE | typeof XML_TYPE): Octets {
  return octetsOf(type, type === JSON_TYPE ? jsonOctets(resource) : xmlOctets(resource));
}

/** What is in force, after the digest the stretch of days in which the answer is the same. */
function onDay(value: Members, day: string): Members | undefined {
  const { digest = '', ...members } = value;
  const { from, until } = stretchAround(value, day);
  // An entry that is not in force leaves nothing but itself out.
  const kept = Object.entries(members).flatMap(([name, member]) => {
    const current = isMembers(member) ? inForceOn(member, day) : inForceOn({ [name]: member }, day)?.[name];
    return current === undefined ? [] : [[name, current] as const];
  });
  return { digest, inForce: { ...(from === '' ? {} : { from }), ...(until === '' ? {} : { until }) }, ...Object.fromEntries(kept) };
}

function inProvince(value: Members, name: string, province: string): Members {
  return { ...value, [name]: rowsOf(value[name]).filter((row) => row['province'] === province) };
}

function checkProvince(publication: Publication, province: string): void {
  const { whole } = collectionOf(publication, 'provinces');
  if (!rowsOf(whole['provinces']).some((row) => codeOf(row) === province && !('until' in row))) throw new Problem('QUERY_VALUE', { name: 'province', example: '01 (/v1/provinces)' });
}

function collectionOf({ collections }: Publication, name: CollectionName): Collection {
  const collection = collections.get(name);
  if (collection === undefined) throw new Error(`nothing is published as ${name}`);
  return collection;
}

function exampleOf(parameters: readonly Parameter[], name: string): string {
  return parameters.find((parameter) => parameter.name === name)?.example ?? '';
}
