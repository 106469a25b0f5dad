/**
 * Signed notes: a text that ends in a newline, a blank line, and lines `— name base64(hash ‖ signature)`.
 *
 * A key is written `name+hash+base64(algorithm ‖ key)`, where the hash is the first four bytes of
 * SHA-256 over name, newline, algorithm and key; the only algorithm is 1, Ed25519. A signature counts
 * if its name and hash are the key's; one that counts and does not verify spoils the note, those of
 * other keys are passed over.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/sumdb/note/note.go.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type KeyObject } from 'node:crypto';

const ed25519 = 1;
const keySize = 32;
const maxSignatures = 100;
/** DER of a PKCS#8 Ed25519 key up to its 32 bytes of seed (RFC 8410, section 7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** DER of a SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410, section 4). */
const spki = Buffer.from('302a300506032b6570032100', 'hex');

export interface Verifier {
  readonly name: string;
  readonly hash: string;
  readonly key: KeyObject;
}

/** Reads `name+hash+key`; the message of the error is upstream's. */
export function newVerifier(text: string): Verifier {
  const { name, hash, key } = splitKey(text, 'malformed verifier id');
  if (hash !== keyHash(name, key)) throw new Error('invalid verifier hash');
  if (key[0] !== ed25519) throw new Error('unknown verifier algorithm');
  if (key.length !== 1 + keySize) throw new Error('malformed verifier id');
  const der = Buffer.concat([spki, key.subarray(1)]);
  return { name, hash, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

export interface Signer {
  readonly name: string;
  readonly hash: string;
  readonly key: KeyObject;
  /** The verifier's text. */
  readonly verifier: string;
}

/** Reads `PRIVATE+KEY+name+hash+seed`. */
export function newSigner(text: string): Signer {
  const prefix = 'PRIVATE+KEY+';
  if (!text.startsWith(prefix)) throw new Error('malformed verifier id');
  const { name, hash, key } = splitKey(text.slice(prefix.length), 'malformed verifier id');
  if (key[0] !== ed25519) throw new Error('unknown verifier algorithm');
  if (key.length !== 1 + keySize) throw new Error('malformed verifier id');
  return signerOf(name, key.subarray(1), hash);
}

/** A signer whose key follows from a seed, for test servers. */
export function signerFromSeed(name: string, seed: Uint8Array): Signer {
  return signerOf(name, seed, undefined);
}

function signerOf(name: string, seed: Uint8Array, expected: string | undefined): Signer {
  const der = Buffer.concat([pkcs8, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const exported = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const bytes = Buffer.concat([Buffer.from([ed25519]), exported.subarray(-keySize)]);
  const hash = keyHash(name, bytes);
  if (expected !== undefined && expected !== hash) throw new Error('invalid verifier hash');
  return { name, hash, key, verifier: `${name}+${hash}+${bytes.toString('base64')}` };
}

interface KeyParts {
  readonly name: string;
  readonly hash: string;
  readonly key: Buffer;
}

function splitKey(text: string, complaint: string): KeyParts {
  const match = /^([^+]*)\+([0-9a-fA-F]{8})\+(.*)$/s.exec(text);
  const key = match === null ? undefined : decodeBase64(match[3]!);
  if (match === null || key === undefined || key.length === 0 || !isValidName(match[1]!)) {
    throw new Error(complaint);
  }
  return { name: match[1]!, hash: match[2]!.toLowerCase(), key };
}

function isValidName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s\u0085+]/u.test(name);
}

function keyHash(name: string, key: Uint8Array): string {
  return createHash('sha256').update(`${name}\n`).update(key).digest('hex').slice(0, 8);
}

/** Standard base64 with its padding, or undefined: Buffer's own decoder takes anything. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

const signaturePrefix = '\u2014 ';

/** The note's text if the verifier's key signed it; throws otherwise. */
export function openNote(message: Uint8Array, verifier: Verifier): string {
  const { text, lines } = splitNote(message);
  let verified = false;
  let count = 0;
  for (const line of lines) {
    const signature = parseSignature(line);
    if (++count > maxSignatures) throw malformed();
    if (signature.name !== verifier.name || signature.hash !== verifier.hash || verified) continue;
    if (!verify(null, Buffer.from(text), verifier.key, signature.bytes)) {
      throw new Error(`invalid signature for key ${verifier.name}+${verifier.hash}`);
    }
    verified = true;
  }
  if (!verified) throw new Error('note has no verifiable signatures');
  return text;
}

function splitNote(message: Uint8Array): { text: string; lines: string[] } {
  let whole: string;
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message);
  } catch {
    throw malformed();
  }
  for (let i = 0; i < whole.length; i++) {
    const code = whole.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) throw malformed();
  }
  const split = whole.lastIndexOf('\n\n');
  const signatures = whole.slice(split + 2);
  if (split < 0 || !signatures.endsWith('\n')) throw malformed();
  return { text: whole.slice(0, split + 1), lines: signatures.slice(0, -1).split('\n') };
}

interface Signature {
  readonly name: string;
  readonly hash: string;
  readonly bytes: Buffer;
}

function parseSignature(line: string): Signature {
  if (!line.startsWith(signaturePrefix)) throw malformed();
  const rest = line.slice(signaturePrefix.length);
  const space = rest.indexOf(' ');
  const name = space < 0 ? rest : rest.slice(0, space);
  const bytes = space < 0 ? undefined : decodeBase64(rest.slice(space + 1));
  if (bytes === undefined || bytes.length < 5 || !isValidName(name)) throw malformed();
  return { name, hash: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
}

function malformed(): Error {
  return new Error('malformed note');
}

/** The note with one signature. */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text), signer.key);
  const bytes = Buffer.concat([Buffer.from(signer.hash, 'hex'), signature]);
  return `${text}\n${signaturePrefix}${signer.name} ${bytes.toString('base64')}\n`;
}
