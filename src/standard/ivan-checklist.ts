// What an applicant for an I-VAN contract is assessed by (NĐ 166/2016/NĐ-CP Điều 6; Kế hoạch 991/KH-BHXH, nhiệm vụ 12), as data: each item with its
// clause and both languages. An item is met, not met, or not answered yet; which of them stand in the way of a contract follows from the answers.
import { readFileSync } from 'node:fs';

import { packageFile } from '../paths.ts';
import { keyed, listOf, memberOf, parseJson, textOf } from './json.ts';
import type { JsonValue } from './json.ts';

export interface ChecklistItem {
  readonly code: string;
  /** False: asked and noted, but no contract fails for it. */
  readonly obligatory: boolean;
  readonly clause: string;
  readonly vi: string;
  readonly en: string;
}

export type Checklist = ReadonlyMap<string, ChecklistItem>;

/** @throws Error naming file and place when the table is damaged. */
export function loadChecklist(path: string = packageFile('src', 'standard', 'tables', 'ivan-checklist.json')): Checklist {
  const items = memberOf(parseJson(readFileSync(path), 'ivan-checklist.json'), 'items');
  return keyed(listOf(items, readItem), ({ code }) => code, items.at);
}

function readItem(row: JsonValue): ChecklistItem {
  const obligatory = memberOf(row, 'obligatory');
  if (typeof obligatory.value !== 'boolean') throw new Error(`${obligatory.at}: not true or false`);
  return { code: textOf(memberOf(row, 'code'), /^I\d+$/), obligatory: obligatory.value, clause: textOf(memberOf(row, 'clause')), vi: textOf(memberOf(row, 'vi')), en: textOf(memberOf(row, 'en')) };
}

/** Obligatory items that are not met, or not answered, in the order of the list. */
export function itemsInTheWay(checklist: Checklist, answers: ReadonlyMap<string, boolean>): readonly string[] {
  return [...checklist.values()].filter(({ code, obligatory }) => obligatory && answers.get(code) !== true).map(({ code }) => code);
}
