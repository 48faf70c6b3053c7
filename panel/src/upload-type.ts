/** What a file is sent as: browsers know some of these formats by other names, or not at all. */
export function uploadType(name: string): 'text/vcard' | 'text/csv' {
  return /\.(?:vcf|vcard)$/i.test(name) ? 'text/vcard' : 'text/csv';
}
