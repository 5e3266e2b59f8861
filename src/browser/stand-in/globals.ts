// What the bundle finds where Node has globals.
export { Buffer } from './buffer.ts';
