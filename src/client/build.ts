// Building what a sender files: the labour list and the envelopes around signed files. The element names and their order are `standard/`'s.
export { writeEnvelope as buildEnvelope, writeFirstRegistration as buildFirstRegistration } from '../standard/write-envelope.ts';
export type { EnvelopeFacts, FileFacts, FirstRegistrationFacts, NewUnitFacts, UnitFacts } from '../standard/write-envelope.ts';
export { writeRegistration as buildRegistration } from '../standard/write-registration.ts';
export type { RegisteredCertificate, RegisteringUnit, RegistrationFacts } from '../standard/write-registration.ts';
export { writeLabourList as buildD02 } from '../standard/write-d02.ts';
export type { Employee, LabourListFacts } from '../standard/write-d02.ts';
