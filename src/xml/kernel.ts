// Starts a WebAssembly kernel from the base64 in which it is committed. What a kernel does, and with which source its octets are proven, its user
// says: `skip.ts`, `lane.ts`, `empty.ts`.

/** The part of the global that is used; the compiler's library for Node does not have it. */
declare const WebAssembly: {
  readonly Module: new (code: Buffer) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What every kernel gives: its memory, and one function under its own name. */
export type Kernel<Functions> = Functions & { readonly memory: { readonly buffer: ArrayBuffer } };

export function startKernel<Functions>(code: string): Kernel<Functions> {
  return new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(code, 'base64'))).exports as Kernel<Functions>;
}
