import { exportBlocklist, importBlocklist } from '#contract/blocklist.ts';
import { exportContactsCsv, exportContactsVcard, importContacts } from '#contract/contacts.ts';
import { importSpamList } from '#contract/spam-lists.ts';
import type { FilesFacts } from './dialogs/files.ts';
import { isAdmin, me } from './session.ts';
import { t } from './words.ts';

const csvFiles = '.csv,.txt,text/csv';

export function contactFiles(): FilesFacts {
  return {
    heading: t('files.contacts'),
    text: t('files.contacts.text'),
    accept: `.vcf,.vcard,text/vcard,${csvFiles}`,
    endpoint: importContacts,
    hasOwner: isAdmin() && me()?.person?.id !== undefined,
    exports: [
      { text: t('files.vcard'), endpoint: exportContactsVcard },
      { text: t('files.csv'), endpoint: exportContactsCsv },
    ],
  };
}

export function blocklistFiles(): FilesFacts {
  return {
    heading: t('files.blocklist'),
    text: t('files.blocklist.text'),
    accept: csvFiles,
    endpoint: importBlocklist,
    exports: [{ text: t('files.csv'), endpoint: exportBlocklist }],
  };
}

export function spamListFile({ id, name }: { readonly id: string; readonly name: string }): FilesFacts {
  return {
    heading: t('files.spam', { name }),
    text: t('files.spam.text'),
    accept: `${csvFiles},.json`,
    endpoint: importSpamList,
    params: { id },
    exports: [],
  };
}
