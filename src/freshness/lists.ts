// Which lists are to be had at all: for every authority in the material those that the operator names, else those that certificates name which
// the authority verifiably signed. What was learnt is kept, so that after a restart lists are fresh before the first dossier asks.
import type { Certificate } from '../trust/certificate.ts';
import { authoritiesOf, authorityKey, issuerOf, newestList } from './authorities.ts';
import { isInForce } from './fetched-list.ts';
import { reasonOf } from './hosts.ts';
import { createListJob } from './list-job.ts';
import type { ListJob, ListSettings } from './list-job.ts';
import { keepLocations, readLocations } from './list-files.ts';

export interface AuthorityStatus {
  readonly authority: string;
  readonly nextUpdate: Date | undefined;
  readonly isCurrent: boolean;
  /** Lists that are fetched for it. */
  readonly lists: number;
  readonly failures: number;
  readonly problem: string | undefined;
}

export interface Lists {
  readonly jobs: () => readonly ListJob[];
  /** Follows a change of material or sources; then learns from the material's own certificates. */
  follow(): void;
  /** Remembers where a certificate says that its issuer's list is. Only for one that the authority verifiably signed. */
  learn(certificate: Certificate, authority: Certificate): void;
  /** The jobs that can bring a list about this certificate. */
  about(certificate: Certificate, authority: Certificate): readonly ListJob[];
  status(): readonly AuthorityStatus[];
}

interface Known {
  readonly certificates: readonly Certificate[];
  /** The latest learnt is the last. */
  learnt: readonly (readonly string[])[];
  jobs: readonly ListJob[];
}

const MOST_LISTS = 16;
const MOST_PLACES = 4;

export async function createLists(settings: ListSettings): Promise<Lists> {
  const { trust, sources, now } = settings;
  const remembered = await readLocations(settings.folder);
  let known = new Map<string, Known>();
  let keeping = Promise.resolve();

  /** The operator's word replaces the certificates': who has a mirror wants nobody else asked. */
  const groupsOf = ({ certificates, learnt }: Known): readonly (readonly string[])[] => {
    const listed = certificates.flatMap((certificate) => sources().of(certificate)?.lists ?? []);
    return listed.length > 0 ? [...new Set(listed)].map((url) => [url]) : learnt;
  };
  /** Jobs that stay keep their state. */
  const arrange = (authority: Known): void => {
    authority.jobs = groupsOf(authority).map((urls) => authority.jobs.find((job) => sameUrls(job.urls, urls)) ?? createListJob(authority.certificates, urls, settings));
  };
  const isCurrent = (certificates: readonly Certificate[]): boolean => isInForce(newestList(certificates, trust()), now());

  const lists: Lists = {
    jobs: () => [...known.values()].flatMap(({ jobs }) => jobs),
    follow: () => {
      const certificates = authoritiesOf(trust());
      const before = known;
      const keys = new Set(certificates.map(authorityKey));
      known = new Map([...keys].map((key) => {
        const own = certificates.filter((certificate) => authorityKey(certificate) === key);
        const old = before.get(key);
        const isSame = old !== undefined && old.certificates.length === own.length && own.every((certificate) => old.certificates.includes(certificate));
        return [key, isSame ? old : { certificates: own, learnt: old?.learnt ?? remembered.get(key)?.slice(-MOST_LISTS) ?? [], jobs: [] }];
      }));
      for (const authority of known.values()) arrange(authority);
      for (const certificate of certificates) {
        const issuer = issuerOf(certificate, trust());
        if (issuer !== undefined) lists.learn(certificate, issuer);
      }
    },
    learn: (certificate, authority) => {
      const issuer = known.get(authorityKey(authority));
      const urls = certificate.crlDistributionPoints.slice(0, MOST_PLACES);
      if (issuer === undefined || urls.length === 0 || issuer.learnt.some((group) => sameUrls(group, urls))) return;
      issuer.learnt = [...issuer.learnt, urls].slice(-MOST_LISTS);
      arrange(issuer);
      keeping = keeping
        .then(() => keepLocations(settings.folder, new Map([...known].filter(([, { learnt }]) => learnt.length > 0).map(([key, { learnt }]) => [key, learnt]))))
        .catch((error: unknown) => { settings.log('places of revocation lists not kept', { folder: settings.folder, reason: reasonOf(error) }); });
    },
    about: (certificate, authority) => {
      const jobs = known.get(authorityKey(authority))?.jobs ?? [];
      const named = certificate.crlDistributionPoints;
      const own = jobs.filter(({ urls }) => named.some((url) => urls.includes(url)));
      return own.length > 0 ? own : jobs;
    },
    status: () => [...known.values()].map(({ certificates, jobs }) => ({
      authority: certificates[0]?.subject ?? '', nextUpdate: newestList(certificates, trust())?.nextUpdate, isCurrent: isCurrent(certificates), lists: jobs.length,
      failures: Math.max(0, ...jobs.map(({ failures }) => failures)), problem: jobs.find(({ problem }) => problem !== undefined)?.problem,
    })),
  };
  return lists;
}

function sameUrls(a: readonly string[], b: readonly string[]): boolean {
  return a.join(' ') === b.join(' ');
}
