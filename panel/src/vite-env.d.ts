/** Built as a program of its own; its address. */
declare module '*?worker&url' {
  const address: string;
  export default address;
}
interface ImportMetaEnv {
  readonly DEV: boolean;
}
interface ImportMeta {
  readonly env: ImportMetaEnv;
}
