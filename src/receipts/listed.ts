// What a receipt of ours lists of a dossier that its row does not: the procedure's name, the files, and whether the due date is provisional. To be
// given receipts from the store, whose octets are ours and never change.
import { childrenNamed, elementAt } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import type { ListedInReceipt } from './agency-notices.ts';

export function readListed(receipt: Buffer): ListedInReceipt {
  const document = parse(receipt);
  const text = (...path: string[]): string => {
    const element = elementAt(document.root, path);
    return element === undefined ? '' : textOf(document, element);
  };
  const files = elementAt(document.root, ['BIENNHAN', 'TEPS']);
  return {
    procedureName: text('XACNHAN_GDICH', 'TTGDICH', 'TEN_GDICH'),
    files: (files === undefined ? [] : childrenNamed(files, 'TEP')).map((file) => {
      const name = elementAt(file, ['TEN']);
      return name === undefined ? '' : textOf(document, name);
    }),
    provisional: text('BIENNHAN', 'HAN_TRA', 'TAM_TINH') === 'CO',
  };
}
