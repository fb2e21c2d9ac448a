/** Something that can be killed with -9 and started again on what it left. */
export interface Mortal {
  /** Resolves when it is gone; false where it had ended by itself before. */
  kill(): Promise<boolean>;
  /** Resolves when it can be used, which may need others that are away to come back first. */
  restart(): Promise<void>;
}
