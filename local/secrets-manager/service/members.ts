/** Text; `max` and `min` count characters, or UTF-8 bytes where `bytes` is set. */
export interface TextMember {
  readonly kind: 'text';
  readonly min?: number;
  readonly max?: number;
  readonly bytes?: boolean;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  /** A secret's name, or, for `secretId`, an ARN whose name part is one. */
  readonly format?: 'name' | 'secretId';
  readonly required?: boolean;
}

/** A whole number. */
export interface IntegerMember {
  readonly kind: 'integer';
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** True or false. */
export interface FlagMember {
  readonly kind: 'flag';
  readonly required?: boolean;
}

/** Bytes, which travel as base64 and are handed on as canonical base64. */
export interface BlobMember {
  readonly kind: 'blob';
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** Several members of one kind. */
export interface ListMember {
  readonly kind: 'list';
  readonly of: Member;
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
}

/** A nested table of members. */
export interface StructureMember {
  readonly kind: 'structure';
  readonly members: Members;
  readonly required?: boolean;
}

/** What an operation accepts under one name. */
export type Member = TextMember | IntegerMember | FlagMember | BlobMember | ListMember | StructureMember;

/** An operation's table of members. A member that is not in the table is ignored, as the service does. */
export type Members = Readonly<Record<string, Member>>;

type ValueOf<M extends Member> = M extends TextMember | BlobMember
  ? string
  : M extends IntegerMember
    ? number
    : M extends FlagMember
      ? boolean
      : M extends { kind: 'list'; of: infer Of extends Member }
        ? readonly ValueOf<Of>[]
        : M extends { kind: 'structure'; members: infer Nested extends Members }
          ? InputOf<Nested>
          : never;

type RequiredKey<M extends Members> = { [K in keyof M]: M[K] extends { required: true } ? K : never }[keyof M];

/** The input that a table of members lets through. */
export type InputOf<M extends Members> = { readonly [K in RequiredKey<M>]: ValueOf<M[K]> } & {
  readonly [K in Exclude<keyof M, RequiredKey<M>>]?: ValueOf<M[K]> | undefined;
};

/** Members that several operations share. */
export const shared = {
  secretId: { kind: 'text', min: 1, max: 2048, format: 'secretId', required: true },
  token: { kind: 'text', min: 32, max: 64 },
  versionId: { kind: 'text', min: 32, max: 64 },
  stage: { kind: 'text', min: 1, max: 256 },
  text: { kind: 'text', min: 1, max: 65_536, bytes: true },
  binary: { kind: 'blob', min: 1, max: 65_536 },
  description: { kind: 'text', max: 2048 },
  kmsKeyId: { kind: 'text', max: 2048 },
  nextToken: { kind: 'text', min: 1, max: 4096 },
  flag: { kind: 'flag' },
  tags: {
    kind: 'list',
    max: 50,
    of: {
      kind: 'structure',
      members: {
        Key: { kind: 'text', min: 1, max: 128, required: true },
        Value: { kind: 'text', max: 256 },
      },
    },
  },
  filters: {
    kind: 'list',
    max: 10,
    of: {
      kind: 'structure',
      members: {
        Key: {
          kind: 'text',
          required: true,
          oneOf: ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'],
        },
        Values: { kind: 'list', min: 1, max: 10, required: true, of: { kind: 'text', min: 1, max: 512 } },
      },
    },
  },
} as const satisfies Members;
