/** One call of a rotation: the how manieth of its attempt, counted from the first. */
export interface CallAt {
  readonly step: string;
  readonly at: number;
  /** The port and its member: `store.describe`. */
  readonly name: string;
}

/** The moments of a call; before and after its effect. */
export const moments = ['before', 'after'] as const;

/** Where a rotation stands when its worker is killed. */
export interface KillPoint extends CallAt {
  readonly moment: (typeof moments)[number];
}

/** Where rotations have to stand, by their ids: what a standing worker is told. */
export type Appointments = Readonly<Record<string, KillPoint>>;

/** What a standing worker tells. */
export type Notice =
  | { readonly kind: 'works' | 'knows' }
  | { readonly kind: 'calls'; readonly rotation: string; readonly call: CallAt }
  | { readonly kind: 'stands' | 'leaves'; readonly rotation: string };
