// What a contestant of the bench is to this program: opened once with the signer's certificate, given a document as it was received, it
// returns what verifies that document once, from its bytes. Whatever can be prepared without reading the document is prepared beforehand.

/** Throws, or gives false, when the document is not valid. */
export type Once = () => boolean | Promise<boolean>;

export interface Received {
  readonly bytes: Buffer;
  /** Where the bytes were read; beside it lies what the floor needs. */
  readonly path: string;
}

export interface Contestant {
  /** The versions of what does the work. */
  readonly version: string;
  readonly verifier: (received: Received) => Once;
}

/** PEM of the certificate that every document of the bench is signed with. */
export type Open = (certificatePem: string) => Contestant | Promise<Contestant>;
