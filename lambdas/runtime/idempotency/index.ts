/** Recognising a request that was made before. */
export { canonicalJson, fingerprint } from './fingerprint.ts';
export { type Identity, idFrom } from './identity.ts';
