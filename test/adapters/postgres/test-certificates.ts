import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a server's certificate says. */
export interface CertificateRequest {
  readonly dnsNames?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
  /** @defaultValue a year from now */
  readonly validUntil?: Date;
}

const day = 86_400_000;

/** An authority of a test's own: nothing to install, and no key in the repository. */
export class CertificateAuthority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #name: Buffer;
  /** What to trust, in PEM. */
  readonly certificate: string;

  constructor(commonName = `Rotor test authority ${randomBytes(4).toString('hex')}`) {
    this.#name = nameOf(commonName);
    const isAuthority = sequence(oid('551d13'), boolean(true), octets(sequence(boolean(true))));
    const validUntil = new Date(Date.now() + 365 * day);
    this.certificate = this.#issue({
      subject: this.#name,
      publicKey: this.#keys.publicKey,
      validUntil,
      extension: isAuthority,
    });
  }

  /** A certificate for a server. */
  issue({
    dnsNames = [],
    addresses = [],
    validUntil = new Date(Date.now() + 365 * day),
  }: CertificateRequest): Certificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const alternatives = [
      ...dnsNames.map((dnsName) => tlv(0x82, Buffer.from(dnsName))),
      ...addresses.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
    ];
    const extension = sequence(oid('551d11'), octets(sequence(...alternatives)));
    const certificate = this.#issue({ subject: nameOf('server'), publicKey, validUntil, extension });
    return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }

  #issue(content: { subject: Buffer; publicKey: KeyObject; validUntil: Date; extension: Buffer }): string {
    const { subject, publicKey, validUntil, extension } = content;
    const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
    const toSign = sequence(
      tlv(0xa0, integer(2)), // version 3
      integer(0x40, ...randomBytes(8)),
      algorithm,
      this.#name,
      sequence(time(new Date(Date.now() - 365 * day)), time(validUntil)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      tlv(0xa3, sequence(extension)),
    );
    const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', toSign, this.#keys.privateKey)]));
    const lines = sequence(toSign, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g);
    return ['-----BEGIN CERTIFICATE-----', ...(lines ?? []), '-----END CERTIFICATE-----', ''].join('\n');
  }
}

/** DER: type, length, value. */
function tlv(type: number, ...values: Buffer[]): Buffer {
  const value = Buffer.concat(values);
  const size = value.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([type, ...length]), value]);
}

const sequence = (...values: Buffer[]): Buffer => tlv(0x30, ...values);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (value: Buffer): Buffer => tlv(0x04, value);
const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));

/** The first byte is below 0x80, or it would be a negative number. */
const integer = (...bytes: number[]): Buffer => tlv(0x02, Buffer.from(bytes));

const nameOf = (commonName: string): Buffer =>
  sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(commonName)))));

/** GeneralizedTime would be wrong before 2050 (RFC 5280, 4.1.2.5). */
const time = (at: Date): Buffer => tlv(0x17, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
