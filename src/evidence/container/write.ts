// Files → an ASiC-E container (ETSI EN 319 162-1 §4.4): `mimetype` first, stored and without extra field, so that its type stands at a fixed place; then the
// others by name. All are stored as they are, with the same time, so that the same files give the same octets whoever writes them, wherever.
import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';

export const CONTAINER_TYPE = 'application/vnd.etsi.asic-e+zip';
export const TYPE_FILE = 'mimetype';
export const SIGNATURE_FILE = 'META-INF/signatures.xml';
export const MANIFEST_FILE = 'META-INF/manifest.xml';

/** The first instant that ZIP can write, in the zone of whoever writes: ZIP knows no zones. */
const WRITTEN_AT = new Date(1980, 0, 1);

/** `files` without `mimetype`, which is added. */
export function writeContainer(files: ReadonlyMap<string, Buffer>): Buffer {
  const entries: Zippable = { [TYPE_FILE]: Buffer.from(CONTAINER_TYPE) };
  for (const name of [...files.keys()].filter((each) => each !== TYPE_FILE).sort()) entries[name] = files.get(name) ?? Buffer.alloc(0);
  const { buffer, byteOffset, byteLength } = zipSync(entries, { level: 0, mtime: WRITTEN_AT, os: 0 });
  return Buffer.from(buffer, byteOffset, byteLength);
}

const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['xml', 'text/xml'], ['html', 'text/html'], ['pdf', 'application/pdf'], ['json', 'application/json'], ['txt', 'text/plain'], ['cer', 'application/pkix-cert'],
  ['crl', 'application/pkix-crl'], ['ors', 'application/ocsp-response'], ['tst', 'application/vnd.etsi.timestamp-token'],
]);

/** By the ending of the name. */
export function mediaTypeOf(name: string): string {
  return mediaTypes.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'text/plain';
}

/** META-INF/manifest.xml (OASIS OpenDocument 1.2 part 3 §3): what is inside, and of which type. */
export function manifestOf(names: readonly string[]): Buffer {
  const entry = (name: string, type: string): string => `  <manifest:file-entry manifest:full-path="${name}" manifest:media-type="${type}"/>\n`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">\n` +
      `${entry('/', CONTAINER_TYPE)}${[...names].sort().map((name) => entry(name, mediaTypeOf(name))).join('')}</manifest:manifest>\n`,
  );
}
