export type Row = { readonly what: string; readonly measured: string; readonly aim: string };
